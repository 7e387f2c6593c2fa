#include "transports/net/outbox.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace hfpipe::net {

std::size_t outbox::append(std::span<const std::byte> part) {
  const auto taken = std::min(part.size(), outbox_size - end_);
  // A connection that only downloads sends heads, and never needs more than the first quarter.
  if (room_.size() < end_ + taken) room_.resize(end_ + taken <= outbox_size / 4 ? outbox_size / 4 : outbox_size);
  if (taken != 0) std::memcpy(room_.data() + end_, part.data(), taken);
  end_ += taken;
  return taken;
}

bool outbox::append_whole(std::span<const std::byte> part) {
  return part.size() <= outbox_size - end_ && append(part) == part.size();
}

void outbox::give_back_memory() {
  if (empty()) room_ = std::vector<std::byte>();  // `= {}` would keep what it holds
}

io_result outbox::flush(int fd, std::span<const std::byte> more) {
  while (true) {
    const auto own = end_ - begin_;
    if (own + more.size() == 0) return {io_status::moved, 0};
    std::array<iovec, 2> pieces{};
    std::size_t count = 0;
    if (own != 0) pieces.at(count++) = {room_.data() + begin_, own};
    // iovec has no const; sendmsg() does not write.
    if (!more.empty()) pieces.at(count++) = {const_cast<std::byte*>(more.data()), more.size()};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    const auto sent = ::sendmsg(fd, &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return {io_status::would_block, 0};
      return {io_status::broken, 0};
    }
    const auto left = static_cast<std::size_t>(sent);
    begin_ += std::min(left, own);
    if (begin_ != end_) continue;
    begin_ = end_ = 0;
    if (more.empty() || left > own) return {io_status::moved, left - std::min(left, own)};
  }
}

}  // namespace hfpipe::net
