/* Usage: curl_loop URL BODY-FILE COUNT: the same POST, COUNT times on one connection, with nothing around it. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

static size_t discard(char *data, size_t size, size_t count, void *context) {
    (void)data;
    (void)context;
    return size * count;
}

int main(int argc, char **argv) {
    if (argc != 4) return 64;
    char body[4096];
    FILE *file = fopen(argv[2], "rb");
    if (!file) return 66;
    size_t length = fread(body, 1, sizeof body, file);
    fclose(file);

    CURL *handle = curl_easy_init();
    struct curl_slist *headers = NULL;
    headers = curl_slist_append(headers, "Content-Type: application/vnd.pingidentity.account.link+json");
    headers = curl_slist_append(headers, "Authorization: Bearer bench");
    curl_easy_setopt(handle, CURLOPT_URL, argv[1]);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, (long)length);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, discard);
    for (long left = atol(argv[3]); left > 0; left--) {
        long status = 0;
        if (curl_easy_perform(handle) != CURLE_OK) return 69;
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
        if (status != 200) return 1;
    }
    return 0;
}
