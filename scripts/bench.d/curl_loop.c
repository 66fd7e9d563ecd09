/* Usage: curl_loop URL BODY-FILE TOKEN-FILE COUNT [THREADS [CA-FILE]]: the same POST, COUNT times, with nothing around it.
   Each thread has a connection of its own; with a CA-FILE it trusts that alone. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *url, *roots;
static char body[4096], authorization[4096] = "Authorization: Bearer ";
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
    headers = curl_slist_append(headers, authorization);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_URL, url);
    if (roots) curl_easy_setopt(handle, CURLOPT_CAINFO, roots);
    if (roots) curl_easy_setopt(handle, CURLOPT_CAPATH, NULL);
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

/* Returns the length of what was read. */
static long read_file(const char *path, char *text, size_t size) {
    FILE *file = fopen(path, "rb");
    if (!file) exit(66);
    long count = (long)fread(text, 1, size, file);
    fclose(file);
    return count;
}

int main(int argc, char **argv) {
    if (argc < 5) return 64;
    url = argv[1];
    length = read_file(argv[2], body, sizeof body);
    size_t prefix = strlen(authorization);
    read_file(argv[3], authorization + prefix, sizeof authorization - prefix - 1);
    long threads = argc > 5 ? atol(argv[5]) : 1;
    if (threads < 1 || threads > 256) return 64;
    posts_per_thread = atol(argv[4]) / threads;
    roots = argc > 6 ? argv[6] : NULL;

    curl_global_init(CURL_GLOBAL_ALL);
    pthread_t started[256];
    for (long i = 0; i < threads; i++) pthread_create(&started[i], NULL, post, NULL);
    for (long i = 0; i < threads; i++) pthread_join(started[i], NULL);
    return 0;
}
