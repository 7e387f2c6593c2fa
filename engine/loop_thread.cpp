#include "engine/loop_thread.hpp"

#include <boost/asio/post.hpp>

namespace hfpipe {

loop_thread::loop_thread() : thread_([this] { run(); }) {}

void loop_thread::run() {
  while (!loop_.stopped()) {
    try {
      loop_.run();
    } catch (...) {
      // A task's failure went to who awaits it. What gets here has no such owner, and must not end the process.
    }
  }
}

void loop_thread::finish() {
  if (!thread_.joinable()) return;
  asio::post(loop_, [this] { loop_.stop(); });
  thread_.join();
}

}  // namespace hfpipe
