// libcurl 7.88 or later (Debian: libcurl4-openssl-dev). curl_easy_setopt and curl_easy_getinfo are variadic, which Swift
// cannot call: one inline function per type of argument, so that each option gets exactly the type it expects.
#pragma once
#include <curl/curl.h>
#include <signal.h>
#include <time.h>

static inline CURLcode pinglink_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

/// Makes the request a POST with these bytes, which libcurl copies; bytes may be NULL if there are none.
static inline CURLcode pinglink_curl_set_body(CURL *handle, const void *bytes, size_t count) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code ? code : curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes ? bytes : "");
}

/// libcurl copies the text; NULL takes the option back.
static inline CURLcode pinglink_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

/// For contexts and lists, which libcurl keeps as they are: they must outlive the transfer.
static inline CURLcode pinglink_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

/// For CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
static inline CURLcode pinglink_curl_set_write(CURL *handle, CURLoption option, curl_write_callback function) {
    return curl_easy_setopt(handle, option, function);
}

static inline CURLcode pinglink_curl_set_prerequest(CURL *handle, curl_prereq_callback function) {
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, function);
}

/// Called for each new TLS connection, to the server and to a proxy, with its SSL_CTX and the pointer of CURLOPT_SSL_CTX_DATA.
static inline CURLcode pinglink_curl_set_tls_context(CURL *handle, curl_ssl_ctx_callback function) {
    return curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, function);
}

static inline CURLcode pinglink_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode pinglink_curl_get_socket(CURL *handle, CURLINFO info, curl_socket_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

/// The text belongs to the handle or to libcurl.
static inline CURLcode pinglink_curl_get_string(CURL *handle, CURLINFO info, const char **value) {
    return curl_easy_getinfo(handle, info, value);
}

/// Starts libcurl (CURL_GLOBAL_DEFAULT is a macro made of macros, which Swift does not see). Once per process.
///
/// Handles are used with CURLOPT_NOSIGNAL, with which libcurl leaves SIGPIPE to the program: a peer that closes a
/// connection must not kill the process. A handler that the program has set itself stays.
static inline CURLcode pinglink_curl_start(void) {
    struct sigaction pipe_action;
    if (sigaction(SIGPIPE, NULL, &pipe_action) == 0 && pipe_action.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

/// What this libcurl speaks TLS with, such as "OpenSSL/3.0.15"; NULL if it does not.
static inline const char *pinglink_curl_tls_library(void) { return curl_version_info(CURLVERSION_NOW)->ssl_version; }

/// The wall clock, in seconds since 1970.
static inline long long pinglink_wall_clock(void) { return (long long)time(NULL); }
