#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "protocol/http/url.hpp"

namespace hfpipe {

/// Where a repository is: as the user named it, until listing its refs was redirected to where it moved. Copies speak
/// of the same repository, so that its LFS API is asked where its refs were found. Any thread may ask.
class repository_location {
 public:
  /// `named` is the repository's URL, with `.git` or without.
  repository_location(http::url named) : shared_(std::make_shared<state>(std::move(named))) {}

  http::url url() const {
    const std::lock_guard held(shared_->lock);
    return shared_->where;
  }

  void moved_to(http::url where) {
    const std::lock_guard held(shared_->lock);
    shared_->where = std::move(where);
  }

 private:
  struct state {
    explicit state(http::url named) : where(std::move(named)) {}
    std::mutex lock;
    http::url where;
  };
  std::shared_ptr<state> shared_;
};

}  // namespace hfpipe
