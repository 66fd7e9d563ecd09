// OpenSSL 3's libssl (Debian: libssl-dev), for the roots that connections trust.
#pragma once
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

/// Adds the certificates of a PEM text; other text in it does not matter. Whether all of them could be read.
static inline int pinglink_ssl_add_roots(X509_STORE *store, const void *text, int count) {
    BIO *input = BIO_new_mem_buf(text, count);
    if (!input) return 0;
    int added = 1;
    X509 *root;
    while (added && (root = PEM_read_bio_X509(input, NULL, NULL, NULL))) {
        added = X509_STORE_add_cert(store, root);
        X509_free(root);
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) added = 0;
    ERR_clear_error();
    BIO_free(input);
    return added;
}
