// OpenSSL's libcrypto 3 (Debian: libssl-dev), for SHA-256 of the input.
#pragma once
#include <openssl/evp.h>
