#include "protocol/git/pkt_reader.hpp"

#include <algorithm>

namespace hfpipe::git {

namespace {

constexpr std::size_t band_header = pkt_length_digits + 1;

bool is_band(std::byte first) {
  return first >= std::byte{1} && first <= std::byte{3};
}

outcome<std::optional<pkt_event>> event_of(const pkt_line& whole) {
  if (whole.kind != pkt_kind::data) return pkt_event(pkt_mark{whole.kind});
  if (!whole.payload.empty() && is_band(whole.payload.front())) {
    return pkt_event(band_piece{static_cast<band>(whole.payload.front()), whole.payload.subspan(1), true});
  }
  const auto text = text_of(whole.payload);
  if (const auto words = fatal_words_of(text)) return refusal_of(*words);
  return pkt_event(pkt_text{text});
}

}  // namespace

outcome<std::optional<pkt_event>> pkt_reader::next(std::span<const std::byte>& input) {
  if (held_is_done_) held_.clear();
  held_is_done_ = false;
  while (true) {
    if (band_left_ > 0) {
      if (input.empty()) return std::nullopt;
      return pkt_event(take_piece(input));
    }
    const bool direct = held_.empty();  // a packet that is whole in the input is not copied
    const std::span<const std::byte> ahead = direct ? input : std::span<const std::byte>(held_);
    const auto decoded = decode_pkt_line(ahead);
    if (decoded.has_error()) return decoded.error();
    if (const auto* whole = std::get_if<pkt_line>(&*decoded)) {
      if (direct) input = input.subspan(whole->size);
      held_is_done_ = !direct;
      return event_of(*whole);
    }
    const std::size_t missing = std::get<need_more>(*decoded).bytes;
    if (ahead.size() >= band_header && is_band(ahead[pkt_length_digits])) {
      band_ = static_cast<band>(ahead[pkt_length_digits]);
      band_left_ = ahead.size() + missing - band_header;
      if (direct) input = input.subspan(band_header);
      held_.clear();  // digits and band byte, no more: hold() stops there to look
      continue;
    }
    if (input.empty()) return std::nullopt;
    hold(input, direct ? pkt_length_digits : held_.size() == pkt_length_digits ? 1 : missing);
  }
}

band_piece pkt_reader::take_piece(std::span<const std::byte>& input) {
  const auto bytes = input.first(std::min(input.size(), band_left_));
  input = input.subspan(bytes.size());
  band_left_ -= bytes.size();
  return band_piece{band_, bytes, band_left_ == 0};
}

void pkt_reader::hold(std::span<const std::byte>& input, std::size_t most) {
  const auto taken = input.first(std::min(input.size(), most));
  held_.insert(held_.end(), taken.begin(), taken.end());
  input = input.subspan(taken.size());
}

}  // namespace hfpipe::git
