#include "engine/byte_budget.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace hfpipe {

struct byte_budget::waiter : std::enable_shared_from_this<waiter> {
  waiter(byte_count wanted, const asio::any_io_executor& where)
      : amount(wanted), executor(where), turn(where, asio::steady_timer::time_point::max()) {}

  const byte_count amount;
  const asio::any_io_executor executor;
  asio::steady_timer turn;  // touched where it waits, and nowhere else
  bool granted = false;     // guarded by the budget's lock; when it is set, this stands no longer in the queue
};

class byte_budget::place {
 public:
  /// Precondition: the budget's lock is held.
  place(byte_budget& in, waiter& who) : budget_(in), who_(who), at_(in.waiting_.insert(in.waiting_.end(), &who)) {}
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() {
    if (claimed_) return;
    const std::lock_guard held(budget_.lock_);
    if (who_.granted) {
      budget_.in_use_ -= who_.amount;
    } else {
      budget_.waiting_.erase(at_);
    }
    budget_.serve();  // the next one may fit where this one did not
  }

  /// Whether its turn has come: then the bytes are the caller's.
  bool claim() {
    const std::lock_guard held(budget_.lock_);
    claimed_ = who_.granted;
    return claimed_;
  }

 private:
  byte_budget& budget_;
  waiter& who_;
  queue::iterator at_;
  bool claimed_ = false;
};

task<lease> byte_budget::take(byte_count amount) {
  if (amount > total_)
    throw failed(failure(errc::budget_exceeded).detail(to_text(amount) + " of " + to_text(total_) + " in all"));
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const auto self = std::make_shared<waiter>(amount, here);
  std::optional<place> line;
  {
    const std::lock_guard held(lock_);
    if (waiting_.empty() && fits(amount)) {
      grant(amount);
      co_return lease(*this, amount);
    }
    line.emplace(*this, *self);
  }
  boost::system::error_code woken;
  co_await self->turn.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  // Cancelled in the moment it was served: the lease is handed out, and dies with the task.
  if (!line->claim()) throw failed(failure(errc::cancelled));
  co_return lease(*this, amount);
}

std::optional<lease> byte_budget::try_take(byte_count amount) {
  const std::lock_guard held(lock_);
  if (!waiting_.empty() || !fits(amount)) return std::nullopt;
  grant(amount);
  return lease(*this, amount);
}

bool byte_budget::somebody_waits() const {
  const std::lock_guard held(lock_);
  return !waiting_.empty();
}

byte_count byte_budget::in_use() const {
  const std::lock_guard held(lock_);
  return in_use_;
}

byte_count byte_budget::peak() const {
  const std::lock_guard held(lock_);
  return peak_;
}

void byte_budget::give_back(byte_count amount) {
  const std::lock_guard held(lock_);
  in_use_ -= amount;
  serve();
}

void byte_budget::grant(byte_count amount) {
  in_use_ += amount;
  peak_ = std::max(peak_, in_use_);
}

void byte_budget::serve() {
  while (!waiting_.empty() && fits(waiting_.front()->amount)) {
    waiter& next = *waiting_.front();
    waiting_.pop_front();
    grant(next.amount);
    next.granted = true;
    // It may be gone before its loop comes to this, and must not be kept alive beyond that loop.
    asio::post(next.executor, [there = next.weak_from_this()] {
      if (const auto woken = there.lock()) woken->turn.cancel();
    });
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
