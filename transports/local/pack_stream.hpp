#pragma once

#include <span>
#include <vector>

#include "protocol/deflater.hpp"
#include "protocol/digest.hpp"
#include "transports/local/libgit2.hpp"
#include "transports/local/memory_limits.hpp"
#include "transports/local/worker.hpp"

namespace hfpipe::local {

/// A pack, written as it is read: each object whole and without deltas, so that nothing but the object at hand is held,
/// and the same objects give the same pack. libgit2's own pack builder keeps deltas of the whole pack in memory.
class pack_stream {
 public:
  /// `from` must outlive it. Precondition: fewer than 2^32 objects.
  pack_stream(const repository& from, std::vector<::git_oid> objects, byte_count object_limit);

  /// Writes the next bytes into `room` (not empty) and says how many; 0 is the end of the pack.
  /// Fails with errc::pack_corrupt when an object cannot be read or is not what its name says, errc::file_failed,
  /// and with errc::budget_exceeded before it reads an object that would take more memory than the limit.
  std::size_t read(std::span<std::byte> room, const stop_flag& stop);

 private:
  void open_next();

  object_store store_;
  std::vector<::git_oid> objects_;
  std::size_t next_ = 0;
  stored_object open_;               // what is being deflated
  std::span<const std::byte> left_;  // of it
  std::vector<std::byte> due_;       // headers and the trailer: written before anything else
  bool closed_ = false;
  byte_count object_limit_;
  deflater packer_;
  digest sum_ = digest::of(object_format::sha1);
};

}  // namespace hfpipe::local
