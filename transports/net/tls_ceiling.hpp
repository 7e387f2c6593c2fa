#pragma once

#include "protocol/byte_count.hpp"
#include "transports/task.hpp"

namespace hfpipe::net {

/// What one thread can do at most for a byte that comes over TLS and leaves over TLS.
struct tls_ceiling {
  byte_count bytes;
  duration took{};  ///< decrypting, hashing and encrypting them; the other side's work is not in it
};

/// Decrypts AES-128-GCM records of 16 KiB, hashes what was in them by SHA-256 and encrypts it again, through OpenSSL as
/// connections do, for about `time`: in memory, without a socket. Gives way to others every few milliseconds.
task<tls_ceiling> measure_tls_ceiling(duration time);

}  // namespace hfpipe::net
