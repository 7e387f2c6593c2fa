#pragma once

#include <list>
#include <optional>

#include "protocol/byte_count.hpp"
#include "transports/task.hpp"

namespace hfpipe {

class byte_budget;

/// Bytes that are ours until it is destroyed. The budget must outlive it.
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
/// is never overtaken by small ones. Nothing hands out references to its insides, so that it can be shared between
/// threads by a lock in here alone.
class byte_budget {
 public:
  explicit byte_budget(byte_count total) : total_(total) {}
  byte_budget(const byte_budget&) = delete;
  byte_budget& operator=(const byte_budget&) = delete;

  /// Waits for its turn and for `amount` to be free.
  /// Fails at once with errc::budget_exceeded when `amount` is above the total. Cancelled: it took nothing.
  task<lease> take(byte_count amount);
  /// Nothing when `amount` is not free now or somebody waits.
  std::optional<lease> try_take(byte_count amount);

  byte_count total() const { return total_; }
  byte_count in_use() const { return in_use_; }
  /// The most that was ever in use.
  byte_count peak() const { return peak_; }

 private:
  friend class lease;
  /// Stands in a coroutine's frame; leaves the queue with it.
  struct waiter;
  using queue = std::list<waiter*>;

  bool fits(byte_count amount) const { return amount <= total_ - in_use_; }
  lease grant(byte_count amount);
  void give_back(byte_count amount);
  void serve();

  byte_count total_;
  byte_count in_use_;
  byte_count peak_;
  queue waiting_;
};

}  // namespace hfpipe
