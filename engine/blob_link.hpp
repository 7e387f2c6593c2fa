#pragma once

#include <memory>

#include "engine/link_age.hpp"
#include "engine/wake_list.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// Where one object can be read, for all streams that read it: when the link dies, the first who finds that out asks
/// for another, and the others go on with it.
class blob_link {
 public:
  /// `entry` was received at `received`. `from` must outlive this.
  blob_link(blob_source& from, lfs::batch_entry entry, moment received);

  const lfs_object& object() const { return entry_->object; }
  /// Counts the links; what a stream found dead is told by it.
  unsigned version() const { return version_; }
  bool is_old() const;

  /// Asks for a new link, unless that was done since `seen` was the version; waits for who is about to do that.
  /// Fails as blob_source::locate().
  task<> renew(unsigned seen);
  /// As blob_source::open(), by the link as it is now.
  task<std::unique_ptr<byte_source>> open(byte_count from, connection_use use, byte_count until);

 private:
  blob_source& from_;
  std::shared_ptr<const lfs::batch_entry> entry_;  ///< shared with who opens by it while it is replaced
  moment received_;
  unsigned version_ = 0;
  bool is_asking_ = false;
  wake_list answered_;
};

}  // namespace hfpipe
