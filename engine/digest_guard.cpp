#include "engine/digest_guard.hpp"

#include <algorithm>

namespace hfpipe {

task<std::span<const std::byte>> digest_guard::next() {
  if (broken_) throw failed(*broken_);
  try {
    co_return co_await checked_piece();
  } catch (const failed& thrown) {
    broken_ = thrown.why();
    throw;
  }
}

task<std::span<const std::byte>> digest_guard::checked_piece() {
  const std::span<const std::byte> piece = co_await from_.next();
  const byte_count left = blob_.size - seen_;
  if (piece.size() > left.value())
    throw failed(failure(errc::size_mismatch).detail("more than " + to_text(blob_.size)).blame(whose_));
  if (piece.empty() && left != byte_count()) {
    const std::string got = std::to_string(seen_.value()) + " of " + std::to_string(blob_.size.value()) + " bytes";
    throw failed(failure(errc::size_mismatch).detail("got " + got).blame(whose_));
  }
  hash_.update(piece);
  seen_ += byte_count(piece.size());
  // An empty blob is complete at its end; any other with the piece that brings the last byte.
  const bool completes = seen_ == blob_.size && (!piece.empty() || blob_.size == byte_count());
  if (completes) check_name();
  co_return piece;
}

void digest_guard::check_name() {
  const std::span<const std::byte> got = hash_.finish();
  if (std::ranges::equal(got, blob_.oid.raw())) return;
  const std::string words = "got " + to_hex(got).substr(0, 12) + ", expected " + blob_.oid.short_hex();
  throw failed(failure(errc::digest_mismatch).detail(words).blame(whose_));
}

}  // namespace hfpipe
