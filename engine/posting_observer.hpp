#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>

#include "engine/events.hpp"

namespace hfpipe {

/// A display draws ten times a second.
inline constexpr duration between_progress = std::chrono::milliseconds(50);

/// Takes one relay's events on its thread and tells them on the engine's, in order. Of blob_progress it keeps only the
/// last that was not yet told, and takes one in `between`: so what waits is a handful of events, however slow the
/// engine's thread is.
class posting_observer final : public observer {
 public:
  /// `to` must outlive this, and is told on `home` only.
  posting_observer(asio::any_io_executor home, observer& to, duration between = between_progress);
  /// Tells what still waits; nothing is told later. To be destroyed on `home`, when the relay has ended.
  ~posting_observer() override;
  posting_observer(const posting_observer&) = delete;
  posting_observer& operator=(const posting_observer&) = delete;

  void on(const any_event& happened) noexcept override;

 private:
  class mailbox;

  asio::any_io_executor home_;
  duration between_;
  std::shared_ptr<mailbox> box_;
  std::chrono::steady_clock::time_point next_progress_;  // touched by the relay's thread alone
};

}  // namespace hfpipe
