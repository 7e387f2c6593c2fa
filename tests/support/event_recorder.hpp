#pragma once

#include <cstddef>
#include <vector>

#include "engine/events.hpp"

namespace hfpipe::testing {

/// Keeps every event.
class event_recorder final : public observer {
 public:
  void on(const any_event& happened) noexcept override { events.push_back(happened); }

  template <class Event>
  std::vector<Event> all() const {
    std::vector<Event> found;
    for (const any_event& each : events) {
      if (const auto* one = std::get_if<Event>(&each)) found.push_back(*one);
    }
    return found;
  }
  template <class Event>
  std::size_t count() const {
    return all<Event>().size();
  }

  std::vector<any_event> events;
};

}  // namespace hfpipe::testing
