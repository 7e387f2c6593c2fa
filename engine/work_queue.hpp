#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "engine/wake_list.hpp"

namespace hfpipe {

/// What one task prepares and another one takes, in order, on one thread. Must outlive both.
/// It has no limit of its own: who puts waits first, until_below().
template <class T>
class work_queue {
 public:
  void put(T item) {
    items_.push_back(std::move(item));
    changed_.wake();
  }
  /// No more will come.
  void end() {
    ended_ = true;
    changed_.wake();
  }

  /// Waits until fewer than `count` are here. Cancelled, it throws errc::cancelled, as do the others.
  task<> until_below(std::size_t count) {
    while (items_.size() >= count) co_await changed_.wait();
  }
  /// The next one, as soon as there is one; nothing when none will come any more.
  task<std::optional<T>> take() {
    std::vector<T> next = co_await take_some(1);
    if (next.empty()) co_return std::nullopt;
    co_return std::move(next.front());
  }
  /// Those that are here, as soon as there is one, `most` at most; none when none will come any more.
  task<std::vector<T>> take_some(std::size_t most) {
    while (items_.empty() && !ended_) co_await changed_.wait();
    const auto end = items_.begin() + static_cast<std::ptrdiff_t>(std::min(most, items_.size()));
    std::vector<T> taken(std::move_iterator(items_.begin()), std::move_iterator(end));
    items_.erase(items_.begin(), end);
    changed_.wake();
    co_return taken;
  }

 private:
  std::deque<T> items_;
  bool ended_ = false;
  wake_list changed_;
};

}  // namespace hfpipe
