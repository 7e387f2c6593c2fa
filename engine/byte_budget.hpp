#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include "protocol/byte_count.hpp"
#include "transports/task.hpp"

namespace hfpipe {

class byte_budget;

/// Bytes that are ours until it is destroyed, on whatever thread that is. The budget must outlive it.
class lease {
 public:
  lease() = default;
  lease(lease&& from) noexcept : budget_(from.budget_), amount_(from.amount_) { from.forget(); }
  lease& operator=(lease&& from) noexcept;
  ~lease() { give_back(); }

  byte_count amount() const { return amount_; }
  /// Gives back what is above `amount`. Precondition: amount <= this->amount().
  void shrink_to(byte_count amount);

 private:
  friend class byte_budget;
  lease(byte_budget& budget, byte_count amount) : budget_(&budget), amount_(amount) {}
  void give_back();
  void forget() {
    budget_ = nullptr;
    amount_ = byte_count();
  }

  byte_budget* budget_ = nullptr;
  byte_count amount_;
};

/// The memory of the whole run. Who needs bytes leases them first; who comes first is served first, so a large request
/// is never overtaken by small ones. All threads of a run share it: a lock inside is held for a moment each time that
/// bytes are taken or given back, never while they are used.
class byte_budget {
 public:
  explicit byte_budget(byte_count total) : total_(total) {}
  byte_budget(const byte_budget&) = delete;
  byte_budget& operator=(const byte_budget&) = delete;

  /// Waits for its turn and for `amount` to be free; goes on where it was called.
  /// Fails at once with errc::budget_exceeded when `amount` is above the total. Cancelled: it took nothing.
  task<lease> take(byte_count amount);
  /// Nothing when `amount` is not free now or somebody waits.
  std::optional<lease> try_take(byte_count amount);

  /// Whether anybody waits for bytes: who holds more than it must should give some back.
  bool somebody_waits() const;

  byte_count total() const { return total_; }
  byte_count in_use() const;
  /// The most that was ever in use.
  byte_count peak() const;

 private:
  friend class lease;
  /// One that waits: owned by its coroutine, on whose thread alone it is woken and destroyed.
  struct waiter;
  /// Its place in the queue; leaves with the coroutine.
  class place;
  using queue = std::list<waiter*>;

  void give_back(byte_count amount);

  // With the lock held:
  bool fits(byte_count amount) const { return amount <= total_ - in_use_; }
  void grant(byte_count amount);
  void serve();

  const byte_count total_;
  mutable std::mutex lock_;  // guards the rest
  byte_count in_use_;
  byte_count peak_;
  queue waiting_;
};

}  // namespace hfpipe
