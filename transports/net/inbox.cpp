#include "transports/net/inbox.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hfpipe::net {

io_result inbox::take(std::span<std::byte> room) {
  if (begin_ == end_) {
    const io_result came = fill();
    if (came.status != io_status::moved) return came;
  }
  const std::size_t count = std::min(room.size(), end_ - begin_);
  std::memcpy(room.data(), room_.get() + begin_, count);
  begin_ += count;
  return {io_status::moved, count};
}

void inbox::give_back_memory() {
  if (begin_ == end_) room_.reset();
}

io_result inbox::tell_break() const {
  errno = broken_;
  return {io_status::broken, 0};
}

io_result inbox::fill() {
  if (broken_ != 0) return tell_break();
  if (!room_) room_ = std::make_unique_for_overwrite<std::byte[]>(inbox_size);
  begin_ = end_ = 0;
  for (;;) {
    const ssize_t got = ::recv(fd_, room_.get(), inbox_size, 0);
    if (got > 0) {
      end_ = static_cast<std::size_t>(got);
      return {io_status::moved, end_};
    }
    if (got < 0 && errno == EINTR) continue;
    const int why = errno;
    room_.reset();
    if (got == 0) return {io_status::ended, 0};
    if (why == EAGAIN || why == EWOULDBLOCK) return {io_status::would_block, 0};
    broken_ = why;
    return tell_break();
  }
}

}  // namespace hfpipe::net
