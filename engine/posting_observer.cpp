#include "engine/posting_observer.hpp"

#include <boost/asio/post.hpp>
#include <mutex>
#include <new>
#include <utility>

namespace hfpipe {

/// What both threads see.
class posting_observer::mailbox {
 public:
  explicit mailbox(observer& to) : to_(to) {}

  /// Whether somebody must be sent to empty it.
  bool put(const any_event& happened) {
    const std::lock_guard held(lock_);
    if (!waiting_.empty() && replaces(happened, waiting_.back())) {
      waiting_.back() = happened;
    } else {
      waiting_.push_back(happened);
    }
    return !std::exchange(called_for_, true);
  }

  void empty() {
    std::vector<any_event> told;
    {
      const std::lock_guard held(lock_);
      told.swap(waiting_);
      called_for_ = false;
    }
    for (const any_event& each : told) to_.on(each);
  }

 private:
  static bool replaces(const any_event& now, const any_event& before) {
    const auto* const newer = std::get_if<event::blob_progress>(&now);
    const auto* const older = std::get_if<event::blob_progress>(&before);
    return newer != nullptr && older != nullptr && newer->blob == older->blob;
  }

  observer& to_;  // touched only while something waits: what is posted late finds nothing
  std::mutex lock_;
  std::vector<any_event> waiting_;
  bool called_for_ = false;
};

posting_observer::posting_observer(asio::any_io_executor home, observer& to, duration between)
    : home_(std::move(home)), between_(between), box_(std::make_shared<mailbox>(to)) {}

posting_observer::~posting_observer() {
  box_->empty();
}

void posting_observer::on(const any_event& happened) noexcept {
  if (std::holds_alternative<event::blob_progress>(happened)) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_progress_) return;
    next_progress_ = now + between_;
  }
  try {
    if (box_->put(happened)) asio::post(home_, [box = box_] { box->empty(); });
  } catch (const std::bad_alloc&) {
    // A display that misses a line is the least of a run's troubles then.
  }
}

}  // namespace hfpipe
