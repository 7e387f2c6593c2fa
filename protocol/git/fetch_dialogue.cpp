#include "protocol/git/fetch_dialogue.hpp"

#include <algorithm>
#include <utility>

namespace hfpipe::git {

namespace {

failure broken_fetch_reply(std::string text) {
  return failure(errc::bad_fetch_reply).detail(std::move(text));
}

failure unexpected_fetch_line(std::string_view line) {
  return broken_fetch_reply("unexpected line '" + clean_server_text(line, 200) + "'");
}

std::string_view sideband_of(const capabilities& can) {
  for (const std::string_view kind : {"side-band-64k", "side-band"}) {
    if (can.has(kind)) return kind;
  }
  return {};
}

std::span<const git_oid> sent_haves(const fetch_terms& terms) {
  return terms.haves.first(std::min(terms.haves.size(), haves_limit));
}

std::string make_v2_request(const advertisement& server, const fetch_terms& terms) {
  std::string request = begin_v2_command("fetch", server.can);
  append_text_line(request, "no-progress");
  if (terms.ofs_delta) append_text_line(request, "ofs-delta");
  if (!terms.filter.empty() && offers_filter(server)) append_text_line(request, "filter " + std::string(terms.filter));
  if (terms.depth != 0 && offers_depth(server)) append_text_line(request, "deepen " + std::to_string(terms.depth));
  for (const auto& want : terms.wants) append_text_line(request, "want " + want.hex());
  for (const auto& have : sent_haves(terms)) append_text_line(request, "have " + have.hex());
  append_text_line(request, "done");
  append_flush(request);
  return request;
}

/// The capabilities of the first want. No multi_ack: with `done` in the request one answer to all haves is enough.
std::string v0_capabilities(const advertisement& server, const fetch_terms& terms) {
  std::string list;
  const auto add = [&list](std::string_view capability) { list.append(1, ' ').append(capability); };
  if (const auto sideband = sideband_of(server.can); !sideband.empty()) add(sideband);
  if (terms.ofs_delta && server.can.has("ofs-delta")) add("ofs-delta");
  if (server.can.has("no-progress")) add("no-progress");
  if (!terms.filter.empty() && offers_filter(server)) add("filter");
  if (server.can.has("object-format")) add("object-format=" + std::string(to_text(server.listing.format)));
  if (server.can.has("agent")) add(agent_capability);
  return list;
}

std::string make_v0_request(const advertisement& server, const fetch_terms& terms) {
  std::string request;
  std::string after_first_want = v0_capabilities(server, terms);
  for (const auto& want : terms.wants) {
    append_text_line(request, "want " + want.hex() + std::exchange(after_first_want, {}));
  }
  if (!terms.filter.empty() && offers_filter(server)) append_text_line(request, "filter " + std::string(terms.filter));
  append_flush(request);
  for (const auto& have : sent_haves(terms)) append_text_line(request, "have " + have.hex());
  append_text_line(request, "done");
  return request;
}

}  // namespace

bool offers_filter(const advertisement& server) {
  return server.version == protocol_version::v2 ? server.can.has_feature("fetch", "filter") : server.can.has("filter");
}

bool offers_depth(const advertisement& server) {
  return server.version == protocol_version::v2 && server.can.has_feature("fetch", "shallow");
}

std::string make_fetch_request(const advertisement& server, const fetch_terms& terms) {
  return server.version == protocol_version::v2 ? make_v2_request(server, terms) : make_v0_request(server, terms);
}

fetch_dialogue::fetch_dialogue(const advertisement& server, unsigned depth)
    : sideband_(server.version == protocol_version::v2 || !sideband_of(server.can).empty()),
      may_be_shallow_(depth != 0),
      state_(server.version == protocol_version::v2 ? state::section : state::have_answers) {}

outcome<fetch_dialogue::fed> fetch_dialogue::feed(std::span<const std::byte> input) {
  const std::size_t given = input.size();
  received_any_ = received_any_ || given > 0;
  while (!input.empty()) {
    if (state_ == state::raw) {
      pack_began_ = true;
      return fed{given, input};
    }
    const std::size_t before = input.size();
    const auto event = reader_.next(input);
    if (event.has_error()) return event.error();
    if (!*event) break;

    outcome<void> taken;
    if (const auto* piece = std::get_if<band_piece>(&**event)) {
      taken = take_band(*piece);
      if (taken.has_value() && piece->which == band::content && !piece->bytes.empty()) {
        return fed{given - input.size(), piece->bytes};
      }
    } else if (const auto* line = std::get_if<pkt_text>(&**event)) {
      if (!line->text.empty()) taken = take_line(line->text);  // 0004 means nothing
    } else {
      taken = take_mark(std::get<pkt_mark>(**event).kind);
    }
    if (taken.has_error()) return taken.error();
    talk_ += byte_count(before - input.size());
    if (talk_ > fetch_talk_limit) return failure(errc::limit_exceeded).detail("16 MiB of talk without a pack");
  }
  return fed{given, {}};
}

outcome<void> fetch_dialogue::finish() {
  if (!received_any_) return failure(errc::empty_reply);
  if (!fatal_.empty()) return refusal_of(fatal_);
  const bool closed = state_ == state::raw || (state_ == state::ended && reader_.at_boundary());
  if (closed && pack_began_) return {};
  const auto last_words = progress_.take();
  return failure(errc::pack_truncated).detail(last_words.empty() ? "" : "server said: " + last_words.back());
}

outcome<void> fetch_dialogue::take_line(std::string_view line) {
  switch (state_) {
    case state::section:
      return take_section(line);
    case state::skipped_section:
      return {};  // `done` was sent: neither ACKs nor wanted refs change what comes
    case state::have_answers:
      return take_have_answer(line);
    default:
      return unexpected_fetch_line(line);
  }
}

outcome<void> fetch_dialogue::take_section(std::string_view name) {
  if (name == "packfile") {
    state_ = state::pack;
    return {};
  }
  const bool tells_of_depth = name == "shallow-info";
  if (tells_of_depth && !may_be_shallow_) return failure(errc::shallow_source);
  if (!tells_of_depth && name != "acknowledgments" && name != "wanted-refs") return unexpected_fetch_line(name);
  state_ = state::skipped_section;
  return {};
}

outcome<void> fetch_dialogue::take_have_answer(std::string_view line) {
  if (line.starts_with("shallow ") || line.starts_with("unshallow ")) return failure(errc::shallow_source);
  if (line != "NAK" && !line.starts_with("ACK ")) return unexpected_fetch_line(line);
  if (!sideband_) state_ = state::raw;  // one answer, then the pack to the end of the body
  return {};
}

outcome<void> fetch_dialogue::take_mark(pkt_kind kind) {
  if (kind == pkt_kind::delim && state_ == state::skipped_section) {
    state_ = state::section;
    return {};
  }
  if (kind == pkt_kind::response_end && state_ == state::ended) return {};
  if (kind != pkt_kind::flush) return broken_fetch_reply("an unexpected mark");
  if (state_ != state::pack) return broken_fetch_reply("no pack in it");
  state_ = state::ended;
  return {};
}

outcome<void> fetch_dialogue::take_band(const band_piece& piece) {
  if (state_ == state::have_answers && sideband_) state_ = state::pack;
  if (state_ != state::pack) return broken_fetch_reply("pack data where none is due");
  switch (piece.which) {
    case band::content:
      pack_began_ = pack_began_ || !piece.bytes.empty();
      break;
    case band::progress:
      progress_.add(piece.bytes);
      break;
    case band::fatal: {
      const std::string_view words(reinterpret_cast<const char*>(piece.bytes.data()), piece.bytes.size());
      fatal_ += words.substr(0, server_text_limit - fatal_.size());
      if (piece.ends_packet) return refusal_of(fatal_);
    }
  }
  return {};
}

}  // namespace hfpipe::git
