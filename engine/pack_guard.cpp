#include "engine/pack_guard.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace hfpipe {

namespace {

static_assert(git::pack_header::size <= 20, "the header is known before the first byte leaves the shortest tail");

failure of_source(failure why) {
  return std::move(why).blame(side::source);
}

}  // namespace

task<std::span<const std::byte>> pack_guard::next() {
  if (broken_) throw failed(*broken_);
  try {
    co_return co_await checked_piece();
  } catch (const failed& thrown) {
    broken_ = thrown.why();
    throw;
  }
}

task<std::span<const std::byte>> pack_guard::checked_piece() {
  while (!ended_) {
    if (head_size_ != 0) co_return std::span<const std::byte>(head_).first(std::exchange(head_size_, 0));
    if (!rest_.empty()) co_return std::exchange(rest_, {});
    const std::span<const std::byte> piece = co_await from_.next();
    if (piece.empty()) co_return last_piece();
    take(piece);
  }
  co_return std::span<const std::byte>();
}

//        tail_ (held back)      piece
//   [ head_: leaves first | ] [ rest_: leaves then |  ]
//                         \_______ the new tail _____/
void pack_guard::take(std::span<const std::byte> piece) {
  if (seen_ < byte_count(checksum_size_) && seen_ + byte_count(piece.size()) >= byte_count(git::pack_header::size)) {
    check_header(piece);
  }
  seen_ += byte_count(piece.size());
  const std::size_t here = tail_size_ + piece.size();
  const std::size_t leaving = here - std::min(here, checksum_size_);
  head_size_ = std::min(leaving, tail_size_);
  std::ranges::copy(std::span(tail_).first(head_size_), head_.begin());
  std::shift_left(tail_.begin(), tail_.end(), static_cast<std::ptrdiff_t>(head_size_));
  tail_size_ -= head_size_;
  rest_ = piece.first(leaving - head_size_);
  const auto kept = piece.subspan(rest_.size());
  std::ranges::copy(kept, std::span(tail_).subspan(tail_size_).begin());
  tail_size_ += kept.size();
  hash_.update(std::span(head_).first(head_size_));
  hash_.update(rest_);
}

/// Nothing has left yet: what came before `piece` is the tail.
void pack_guard::check_header(std::span<const std::byte> piece) {
  std::array<std::byte, git::pack_header::size> start{};
  const std::size_t before = std::min(tail_size_, start.size());
  std::ranges::copy(std::span(tail_).first(before), start.begin());
  std::ranges::copy(piece.first(start.size() - before), std::span(start).subspan(before).begin());
  const auto header = git::decode_pack_header(start);
  if (!header) throw failed(of_source(header.error()));
  objects_ = header->objects;
}

std::span<const std::byte> pack_guard::last_piece() {
  if (seen_.value() < git::pack_header::size + checksum_size_) {
    throw failed(of_source(failure(errc::pack_truncated).detail("after " + to_text(seen_))));
  }
  const auto checksum = std::span<const std::byte>(tail_).first(checksum_size_);
  if (!std::ranges::equal(checksum, hash_.finish())) {
    throw failed(of_source(failure(errc::pack_corrupt).detail("its checksum is wrong")));
  }
  ended_ = true;
  return checksum;
}

}  // namespace hfpipe
