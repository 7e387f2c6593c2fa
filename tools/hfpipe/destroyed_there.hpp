#pragma once

#include <boost/asio/post.hpp>
#include <memory>

#include "transports/task.hpp"

namespace hfpipe::cli {

/// Sends what a thread used back to it to be destroyed: its connections are that thread's.
/// The context behind `there` runs until that is done.
template <class T>
struct destroyed_there {
  asio::any_io_executor there;
  void operator()(T* used) const {
    asio::post(there, [owned = std::unique_ptr<T>(used)] {});
  }
};

}  // namespace hfpipe::cli
