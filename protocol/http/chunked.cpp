#include "protocol/http/chunked.hpp"

#include <limits>
#include <string>

namespace hfpipe::http {
namespace {

failure bad_chunk(std::string what) {
  return failure(errc::bad_http_reply).detail("chunked body: " + std::move(what));
}

bool is_text(unsigned char c) {
  return c == '\t' || (c >= ' ' && c != 0x7f);
}

}  // namespace

outcome<std::size_t> chunked_decoder::take(std::span<const std::byte> received) {
  std::size_t taken = 0;
  while (taken < received.size() && due_ == 0 && now_ != state::ended) {
    const auto stepped = step(static_cast<unsigned char>(received[taken]));
    if (!stepped) return stepped.error();
    ++taken;
  }
  return taken;
}

outcome<void> chunked_decoder::step(unsigned char c) {
  const auto expect = [&](unsigned char wanted, state next) -> outcome<void> {
    if (c != wanted) return bad_chunk("a line does not end where it must");
    now_ = next;
    return {};
  };
  switch (now_) {
    case state::data_end_cr:
      return expect('\r', state::data_end_lf);
    case state::data_end_lf:
      size_ = 0;
      line_ = 0;
      return expect('\n', state::size_first);
    case state::size_first:
    case state::size:
      return size_digit(c);
    case state::extension:
      if (c == '\r') now_ = state::size_lf;
      if (c != '\r' && !is_text(c)) return bad_chunk("a control character in an extension");
      return counted(chunk_line_limit);
    case state::size_lf:
      if (size_ == 0) return line_ = 0, expect('\n', state::trailer_first);
      due_ = c == '\n' ? size_ : 0;
      return expect('\n', state::data_end_cr);
    case state::trailer_first:
      now_ = c == '\r' ? state::last_lf : state::trailer;
      if (c != '\r' && !is_text(c)) return bad_chunk("a control character in a trailer");
      return counted(trailer_limit);
    case state::trailer:
      if (c == '\r') now_ = state::trailer_lf;
      if (c != '\r' && !is_text(c)) return bad_chunk("a control character in a trailer");
      return counted(trailer_limit);
    case state::trailer_lf:
      return expect('\n', state::trailer_first);
    case state::last_lf:
      return expect('\n', state::ended);
    case state::ended:
      break;  // take() stops before
  }
  return {};
}

outcome<void> chunked_decoder::size_digit(unsigned char c) {
  std::uint64_t digit = 0;
  if (c >= '0' && c <= '9') {
    digit = c - std::uint64_t{'0'};
  } else if (c >= 'a' && c <= 'f') {
    digit = c - std::uint64_t{'a'} + 10;
  } else if (c >= 'A' && c <= 'F') {
    digit = c - std::uint64_t{'A'} + 10;
  } else if (now_ == state::size && (c == ';' || c == ' ' || c == '\t')) {
    // Some servers pad the size with spaces; they are read like an extension.
    now_ = state::extension;
    return counted(chunk_line_limit);
  } else if (now_ == state::size && c == '\r') {
    now_ = state::size_lf;
    return {};
  } else {
    return bad_chunk("a size that is not hexadecimal");
  }
  if (size_ > std::numeric_limits<std::uint64_t>::max() >> 4) return bad_chunk("a size beyond 64 bits");
  size_ = size_ << 4 | digit;
  now_ = state::size;
  return counted(chunk_line_limit);
}

outcome<void> chunked_decoder::counted(std::size_t limit) {
  if (++line_ > limit) return failure(errc::limit_exceeded).detail("chunked body: a line or trailer is too long");
  return {};
}

}  // namespace hfpipe::http
