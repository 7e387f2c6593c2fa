#pragma once

#include <optional>
#include <string>

#include "protocol/platform/repository_facts.hpp"
#include "transports/task.hpp"

// What a host's own API can do with one repository, beside Git and LFS.

namespace hfpipe {

/// One repository, that may not exist yet. Fails with what the API answers; errc::forbidden where it has no such
/// call.
class repository_host {
 public:
  virtual ~repository_host() = default;
  /// Nothing when the host has no such repository, or none that the token may see.
  virtual task<std::optional<platform::repository_facts>> find() = 0;
  /// True: it is there now, empty as far as the host leaves it so. False: it was there already, as it is.
  /// Cancelled: it may have been created.
  virtual task<bool> create(platform::openness open) = 0;
  /// `branch` is the short name of a branch that is there.
  virtual task<> set_default_branch(std::string branch) = 0;
};

/// What setting a mirror up led to.
enum class mirror_setup {
  pulled,     ///< the repository was created, and all of it pulled
  configured  ///< the next update pulls from the source
};

/// One repository that can pull by itself.
class mirror_host {
 public:
  virtual ~mirror_host() = default;
  /// Makes the repository a mirror of `from`. Cancelled: it may have become one.
  virtual task<mirror_setup> set_up(platform::mirror_source from) = 0;
  virtual task<platform::mirror_state> state() = 0;
  /// Asks for an update; it runs whenever the host finds time.
  virtual task<> start_update() = 0;
};

}  // namespace hfpipe
