#include "engine/filling_source.hpp"

namespace hfpipe {

task<std::span<const std::byte>> filling_source::next() {
  using clock = std::chrono::steady_clock;
  const std::span<std::byte> room = buffer_.bytes();
  std::size_t filled = 0;
  clock::time_point release = clock::time_point::max();
  // The clock is read after each read only: a read that was cancelled for it could not be taken up again.
  while (!ended_ && filled < room.size() && clock::now() < release) {
    const std::size_t got = co_await blaming(side::source, from_.read_some(room.subspan(filled)));
    ended_ = got == 0;
    if (filled == 0) release = clock::now() + hold_;
    filled += got;
  }
  co_return std::span<const std::byte>(room.first(filled));
}

}  // namespace hfpipe
