#include "transports/net/reply_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hfpipe::net {
namespace {

/// Holds nearly every header block; chunk framing of small chunks is read in pieces of this size.
constexpr std::size_t buffer_size = 16 * 1024;

/// A server may send 103 and 100, each once or twice; an endless row of them would keep every clock of ours quiet.
constexpr std::size_t interim_limit = 32;

[[noreturn]] void lost(std::string what) {
  throw failed(failure(errc::connection_lost).detail(std::move(what)));
}

}  // namespace

io_result reply_reader::fill(connection& from) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (buffer_.empty()) buffer_.resize(buffer_size);
  if (end_ == buffer_.size() && begin_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    if (buffer_.size() >= header_block_limit) {
      throw failed(failure(errc::limit_exceeded).detail("the header block of the reply is larger than 64 KiB"));
    }
    buffer_.resize(2 * buffer_.size());
  }
  const auto got = from.read_now(std::span(buffer_).subspan(end_));
  end_ += got.bytes;
  begun_ = begun_ || got.bytes != 0;
  return got;
}

bool reply_reader::read_head(connection& from) {
  while (!received_) {
    const auto length = end_of_head(buffered(), looked_at_);
    looked_at_ = end_ - begin_;
    if (length == 0) {
      if (!may_be_reply(buffered())) throw failed(no_reply(buffered()));
      const auto got = fill(from);
      if (got.status == io_status::would_block) return false;
      if (got.status == io_status::ended)
        lost(begun_ ? "closed in the middle of the reply's headers" : "closed before a reply");
      if (got.status == io_status::broken) throw failed(from.why());
      continue;
    }
    auto parsed = parse_head(buffered().first(length)).value();
    begin_ += length;
    looked_at_ = 0;
    if (parsed.head.status == 101) throw failed(failure(errc::bad_http_reply).detail("switching protocols unasked"));
    if (parsed.head.status >= 200) {
      accept(std::move(parsed));
    } else if (++interim_ > interim_limit) {
      throw failed(failure(errc::limit_exceeded).detail("too many interim replies"));
    }
  }
  return true;
}

void reply_reader::accept(received_head head) {
  framing_ = http::framing_of(head.head, method_).value();
  received_ = std::move(head);
  if (buffer_.size() > buffer_size && end_ - begin_ <= buffer_size) {
    std::vector<std::byte> small(buffer_size);
    std::memcpy(small.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    buffer_ = std::move(small);
  }
  if (const auto* sized = std::get_if<http::sized_reply>(&framing_)) {
    left_ = sized->length;
    ended_ = left_ == byte_count(0);
  }
}

std::optional<std::size_t> reply_reader::read_body(connection& from, std::span<std::byte> room) {
  if (ended_) return 0;
  if (std::holds_alternative<http::sized_reply>(framing_)) return read_sized(from, room);
  if (std::holds_alternative<http::chunked_reply>(framing_)) return read_chunked(from, room);
  return read_until_close(from, room);
}

io_result reply_reader::read_data(connection& from, std::span<std::byte> room) {
  if (begin_ == end_) return from.read_now(room);
  const auto count = std::min(room.size(), end_ - begin_);
  std::memcpy(room.data(), buffer_.data() + begin_, count);
  begin_ += count;
  return {io_status::moved, count};
}

std::optional<std::size_t> reply_reader::read_sized(connection& from, std::span<std::byte> room) {
  const auto wanted = byte_count(room.size()) < left_ ? room.size() : left_.as_size();
  const auto got = read_data(from, room.first(wanted));
  if (got.status == io_status::would_block) return std::nullopt;
  if (got.status == io_status::broken) throw failed(from.why());
  if (got.status == io_status::ended) lost("closed before the end of the body, " + to_text(left_) + " short");
  left_ -= byte_count(got.bytes);
  ended_ = left_ == byte_count(0);
  return got.bytes;
}

std::optional<std::size_t> reply_reader::read_until_close(connection& from, std::span<std::byte> room) {
  const auto got = read_data(from, room);
  if (got.status == io_status::would_block) return std::nullopt;
  if (got.status == io_status::broken) throw failed(from.why());
  ended_ = got.status == io_status::ended;
  return got.bytes;
}

std::optional<std::size_t> reply_reader::read_chunked(connection& from, std::span<std::byte> room) {
  std::size_t filled = 0;
  // Framing is read even when the room is full, so that the end is seen with the last data where it is there already.
  while (!chunks_.ended() && (chunks_.due() == byte_count(0) || filled < room.size())) {
    const bool in_data = chunks_.due() != byte_count(0);
    io_result got{io_status::moved, 0};
    if (in_data) {
      const auto free = room.size() - filled;
      const auto wanted = byte_count(free) < chunks_.due() ? free : chunks_.due().as_size();
      got = read_data(from, room.subspan(filled, wanted));
      chunks_.passed(byte_count(got.bytes));
      filled += got.bytes;
    } else {
      if (begin_ == end_) got = fill(from);
      begin_ += chunks_.take(buffered()).value();
    }
    if (got.status == io_status::moved) continue;
    if (filled != 0) return filled;  // the next call meets what stopped us
    if (got.status == io_status::would_block) return std::nullopt;
    if (got.status == io_status::broken) throw failed(from.why());
    lost("closed before the last chunk");
  }
  ended_ = chunks_.ended();
  return filled;
}

bool reply_reader::leaves_open() const {
  return ended_ && received_ && received_->keeps_alive && begin_ == end_ &&
         !std::holds_alternative<http::reply_until_close>(framing_) &&
         !http::lists_token(head(), "Connection", "close");
}

}  // namespace hfpipe::net
