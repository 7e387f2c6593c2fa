#include "engine/byte_budget.hpp"

#include <algorithm>

namespace hfpipe {

struct byte_budget::waiter {
  waiter(byte_budget& from, byte_count wanted, const asio::any_io_executor& executor)
      : budget(from), amount(wanted), turn(executor, asio::steady_timer::time_point::max()) {
    place = budget.waiting_.insert(budget.waiting_.end(), this);
  }
  waiter(const waiter&) = delete;
  waiter& operator=(const waiter&) = delete;
  ~waiter() {
    if (given) return;
    budget.waiting_.erase(place);
    budget.serve();  // the next one may fit where this one did not
  }

  byte_budget& budget;
  byte_count amount;
  asio::steady_timer turn;
  queue::iterator place;
  std::optional<lease> given;  // when it is set, this stands no longer in the queue
};

task<lease> byte_budget::take(byte_count amount) {
  if (amount > total_)
    throw failed(failure(errc::budget_exceeded).detail(to_text(amount) + " of " + to_text(total_) + " in all"));
  if (waiting_.empty() && fits(amount)) co_return grant(amount);

  waiter self(*this, amount, co_await asio::this_coro::executor);
  boost::system::error_code woken;
  co_await self.turn.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  // Cancelled in the moment it was served: the lease is handed out, and dies with the task.
  if (!self.given) throw failed(failure(errc::cancelled));
  co_return std::move(*self.given);
}

std::optional<lease> byte_budget::try_take(byte_count amount) {
  if (!waiting_.empty() || !fits(amount)) return std::nullopt;
  return grant(amount);
}

lease byte_budget::grant(byte_count amount) {
  in_use_ += amount;
  peak_ = std::max(peak_, in_use_);
  return lease(*this, amount);
}

void byte_budget::give_back(byte_count amount) {
  in_use_ -= amount;
  serve();
}

void byte_budget::serve() {
  while (!waiting_.empty() && fits(waiting_.front()->amount)) {
    waiter& next = *waiting_.front();
    waiting_.pop_front();
    next.given = grant(next.amount);
    next.turn.cancel();
  }
}

lease& lease::operator=(lease&& from) noexcept {
  if (this != &from) {
    give_back();
    budget_ = from.budget_;
    amount_ = from.amount_;
    from.forget();
  }
  return *this;
}

void lease::shrink_to(byte_count amount) {
  const byte_count freed = amount_ - amount;
  amount_ = amount;
  if (budget_ != nullptr && freed != byte_count()) budget_->give_back(freed);
}

void lease::give_back() {
  if (budget_ != nullptr) budget_->give_back(amount_);
  forget();
}

}  // namespace hfpipe
