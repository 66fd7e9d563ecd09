/* Usage: curl_loop URL BODY-FILE COUNT [THREADS]: the same POST, COUNT times, with nothing around it.
   Each thread has a connection of its own. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static const char *url;
static char body[4096];
static long length, posts_per_thread;

static size_t discard(char *data, size_t size, size_t count, void *context) {
    (void)data;
    (void)context;
    return size * count;
}

static void *post(void *context) {
    (void)context;
    CURL *handle = curl_easy_init();
    struct curl_slist *headers = NULL;
    headers = curl_slist_append(headers, "Content-Type: application/vnd.pingidentity.account.link+json");
    headers = curl_slist_append(headers, "Authorization: Bearer bench");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_URL, url);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, length);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, discard);
    for (long left = posts_per_thread; left > 0; left--) {
        long status = 0;
        if (curl_easy_perform(handle) != CURLE_OK) exit(69);
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
        if (status != 200) exit(1);
    }
    return NULL;
}

int main(int argc, char **argv) {
    if (argc < 4) return 64;
    url = argv[1];
    FILE *file = fopen(argv[2], "rb");
    if (!file) return 66;
    length = (long)fread(body, 1, sizeof body, file);
    fclose(file);
    long threads = argc > 4 ? atol(argv[4]) : 1;
    if (threads < 1 || threads > 256) return 64;
    posts_per_thread = atol(argv[3]) / threads;

    curl_global_init(CURL_GLOBAL_ALL);
    pthread_t started[256];
    for (long i = 0; i < threads; i++) pthread_create(&started[i], NULL, post, NULL);
    for (long i = 0; i < threads; i++) pthread_join(started[i], NULL);
    return 0;
}
