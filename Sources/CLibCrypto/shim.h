// OpenSSL's libcrypto 3 (Debian: libssl-dev), for SHA-256 of the input and the signatures of assertions.
#pragma once
#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
