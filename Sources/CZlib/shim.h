// zlib (Debian: zlib1g-dev). inflateInit2 is a macro, which Swift does not see.
#pragma once
#include <zlib.h>

/// Starts inflating a gzip stream: 15 bits of window, plus 16 for "gzip header and trailer, checksum verified".
static inline int pinglink_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
