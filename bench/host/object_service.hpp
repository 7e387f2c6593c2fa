#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "bench/host/catalogue.hpp"
#include "bench/host/pace.hpp"
#include "tools/forge/exchange.hpp"
#include "tools/forge/route.hpp"

namespace hfpipe::bench {

/// What happened since the start; written by every connection.
struct counts {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> batches{0};
  std::atomic<std::uint64_t> downloads{0};
  std::atomic<std::uint64_t> downloaded_bytes{0};
  std::atomic<std::uint64_t> uploads{0};
  std::atomic<std::uint64_t> uploaded_bytes{0};

  std::string as_json() const;
};

/// An LFS host that does as little as can be done: downloads are views of a pattern, uploads are read and forgotten,
/// and whatever a client offers is missing here.
struct object_service {
  catalogue objects;
  std::uint64_t connection_rate = 0;   ///< bytes a second; 0: no limit
  std::chrono::milliseconds delay{0};  ///< before the answer to a batch, a download or an upload
  bool checks_uploads = false;         ///< hashes what arrives, and refuses what is not what its name says
  bool secure = false;
  counts seen;

  void serve_batch(forge::exchange& with, const forge::route& to);
  void serve_download(forge::exchange& with, const forge::route& to, pace& connection);
  void serve_upload(forge::exchange& with, const forge::route& to, pace& connection);
};

}  // namespace hfpipe::bench
