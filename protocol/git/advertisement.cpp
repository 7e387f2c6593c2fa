#include "protocol/git/advertisement.hpp"

#include <utility>

#include "protocol/git/ref_line.hpp"

namespace hfpipe::git {

namespace {

constexpr std::string_view banner_mark = "# service=";

failure broken_advertisement(std::string text) {
  return failure(errc::bad_advertisement).detail(std::move(text));
}

failure unexpected_ref_line(std::string_view line) {
  return broken_advertisement("unexpected line '" + clean_server_text(line, 200) + "'");
}

failure not_smart() {
  return failure(errc::not_a_git_host).detail("the answer is not a smart HTTP advertisement");
}

/// A dumb repository's list and a page can pass for a pkt-line's length, but not for a line of an advertisement.
bool looks_like_ref_line(std::string_view line) {
  const auto space = line.find(' ');
  return space != std::string_view::npos && git_oid::from_hex(line.substr(0, space)).has_value();
}

}  // namespace

std::string_view to_text(service which) {
  return which == service::upload_pack ? "git-upload-pack" : "git-receive-pack";
}

outcome<void> advertisement_parser::feed(std::span<const std::byte> piece) {
  received_ += byte_count(piece.size());
  if (received_ > ref_list_limit) return failure(errc::limit_exceeded).detail("a list of refs of more than 64 MiB");
  const auto read = reader_.each(piece, [this](const pkt_event& event) { return take(event); });
  const bool never_began = state_ == state::start && read.has_error() && read.error().code() == errc::bad_pkt_line;
  if (never_began) return not_smart();
  return read;
}

outcome<advertisement> advertisement_parser::finish() {
  if (received_ == byte_count(0)) return failure(errc::empty_reply);
  if (state_ == state::start) return not_smart();
  if (state_ != state::ended || !reader_.at_boundary()) {
    return failure(errc::connection_lost).detail("the list of refs ended early");
  }
  auto sorted = sorted_listing(std::move(result_.listing));
  if (sorted.has_error()) return sorted.error();
  result_.listing = std::move(*sorted);
  for (const auto symref : result_.can.values("symref")) {
    constexpr std::string_view head = "HEAD:";
    if (symref.starts_with(head)) take_default_branch(result_.listing, symref.substr(head.size()));
  }
  return std::move(result_);
}

outcome<void> advertisement_parser::take(const pkt_event& event) {
  if (const auto* line = std::get_if<pkt_text>(&event)) {
    return line->text.empty() ? outcome<void>() : take_line(line->text);  // 0004 means nothing
  }
  if (const auto* mark = std::get_if<pkt_mark>(&event)) return take_mark(mark->kind);
  return state_ == state::start ? not_smart() : broken_advertisement("sideband data");
}

outcome<void> advertisement_parser::take_line(std::string_view line) {
  switch (state_) {
    case state::start:
      if (line.starts_with(banner_mark)) {
        if (line.substr(banner_mark.size()) != to_text(asked_)) return unexpected_ref_line(line);
        state_ = state::banner;
        return {};
      }
      if (!line.starts_with("version ") && !looks_like_ref_line(line)) return not_smart();
      [[fallthrough]];  // the banner is missing, which http-backend does on purpose
    case state::version:
      if (line == "version 1") {
        result_.version = protocol_version::v1;
        state_ = state::first_ref;
        return {};
      }
      if (line == "version 2" && asked_ == service::upload_pack) {
        result_.version = protocol_version::v2;
        state_ = state::abilities;
        return {};
      }
      return take_first_ref(line);
    case state::first_ref:
      return take_first_ref(line);
    case state::refs:
      return take_ref_line(line);
    case state::abilities:
      return result_.can.add(line);
    case state::banner:
    case state::ended:
      break;
  }
  return unexpected_ref_line(line);
}

outcome<void> advertisement_parser::take_mark(pkt_kind kind) {
  if (kind != pkt_kind::flush || state_ == state::ended) return broken_advertisement("an unexpected mark");
  if (state_ == state::banner) {
    state_ = state::version;
    return {};
  }
  state_ = state::ended;
  return settle_format();
}

outcome<void> advertisement_parser::take_first_ref(std::string_view line) {
  state_ = state::refs;
  const auto end = line.find('\0');
  if (end != std::string_view::npos) {
    const auto added = result_.can.add_list(line.substr(end + 1));
    if (added.has_error()) return added.error();
  }
  const auto settled = settle_format();
  if (settled.has_error()) return settled.error();
  return take_ref_line(line.substr(0, end));
}

outcome<void> advertisement_parser::take_ref_line(std::string_view line) {
  if (line.starts_with("shallow ")) {
    result_.is_shallow = true;
    return {};
  }
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return unexpected_ref_line(line);
  return take_ref(result_.listing, line.substr(0, space), line.substr(space + 1));
}

outcome<void> advertisement_parser::settle_format() {
  const auto format = result_.can.format();
  if (format.has_error()) return format.error();
  result_.listing.format = *format;
  return {};
}

}  // namespace hfpipe::git
