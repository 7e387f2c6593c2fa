#include "protocol/git/ls_refs.hpp"

#include <algorithm>
#include <utility>

#include "protocol/git/ref_line.hpp"

namespace hfpipe::git {

namespace {

failure broken_ref_list(std::string text) {
  return failure(errc::bad_advertisement).detail(std::move(text));
}

/// Cuts the first word off `rest`.
std::string_view cut_word(std::string_view& rest) {
  const auto space = std::min(rest.find(' '), rest.size());
  const auto word = rest.substr(0, space);
  rest.remove_prefix(std::min(space + 1, rest.size()));
  return word;
}

}  // namespace

std::string make_ls_refs_request(const capabilities& can, ls_refs_scope scope) {
  std::string request = begin_v2_command("ls-refs", can);
  append_text_line(request, "symrefs");
  if (can.has_feature("ls-refs", "unborn")) append_text_line(request, "unborn");
  append_text_line(request, "ref-prefix HEAD");  // HEAD, too, is sent only if a prefix matches it
  if (scope == ls_refs_scope::all_refs) append_text_line(request, "ref-prefix refs/");
  append_flush(request);
  return request;
}

outcome<void> ls_refs_parser::feed(std::span<const std::byte> piece) {
  received_ += byte_count(piece.size());
  if (received_ > ref_list_limit) return failure(errc::limit_exceeded).detail("a list of refs of more than 64 MiB");
  return reader_.each(piece, [this](const pkt_event& event) { return take(event); });
}

outcome<ref_listing> ls_refs_parser::finish() {
  if (received_ == byte_count(0)) return failure(errc::empty_reply);
  if (!ended_ || !reader_.at_boundary()) return failure(errc::connection_lost).detail("the list of refs ended early");
  return sorted_listing(std::move(listing_));
}

outcome<void> ls_refs_parser::take(const pkt_event& event) {
  if (ended_) return broken_ref_list("more after the closing flush");
  if (const auto* line = std::get_if<pkt_text>(&event)) {
    return line->text.empty() ? outcome<void>() : take_line(line->text);  // 0004 means nothing
  }
  const auto* mark = std::get_if<pkt_mark>(&event);
  if (mark == nullptr || mark->kind != pkt_kind::flush) return broken_ref_list("an unexpected packet");
  ended_ = true;
  return {};
}

outcome<void> ls_refs_parser::take_line(std::string_view line) {
  const auto id = cut_word(line);
  const auto name = cut_word(line);
  if (name == "HEAD") {
    constexpr std::string_view mark = "symref-target:";
    while (!line.empty()) {
      const auto attribute = cut_word(line);
      if (attribute.starts_with(mark)) take_default_branch(listing_, attribute.substr(mark.size()));
    }
  }
  if (id == "unborn") return {};  // a branch without a commit is no ref yet
  if (name.empty()) return broken_ref_list("unexpected line '" + clean_server_text(id, 200) + "'");
  return take_ref(listing_, id, name);
}

}  // namespace hfpipe::git
