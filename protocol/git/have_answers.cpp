#include "protocol/git/have_answers.hpp"

#include <algorithm>
#include <utility>

#include "protocol/git/fetch_dialogue.hpp"
#include "protocol/git/remote_text.hpp"

namespace hfpipe::git {

namespace {

failure unexpected(std::string_view line) {
  return failure(errc::bad_fetch_reply).detail("unexpected line '" + clean_server_text(line, 200) + "'");
}

void append_haves(std::string& to, std::span<const git_oid> haves) {
  for (const git_oid& have : haves.first(std::min(haves.size(), haves_limit))) {
    append_text_line(to, "have " + have.hex());
  }
}

}  // namespace

bool answers_haves(const advertisement& server) {
  return server.version == protocol_version::v2 || server.can.has("multi_ack_detailed");
}

std::string make_have_request(const advertisement& server, std::span<const git_oid> wants,
                              std::span<const git_oid> haves) {
  if (server.version == protocol_version::v2) {
    std::string request = begin_v2_command("fetch", server.can);
    // Else a server that knows enough sends the pack at once.
    if (server.can.has_feature("fetch", "wait-for-done")) append_text_line(request, "wait-for-done");
    for (const git_oid& want : wants) append_text_line(request, "want " + want.hex());
    append_haves(request, haves);
    append_flush(request);
    return request;
  }
  std::string capabilities = " multi_ack_detailed";
  if (server.can.has("object-format")) {
    capabilities += " object-format=" + std::string(to_text(server.listing.format));
  }
  if (server.can.has("agent")) capabilities += " " + std::string(agent_capability);
  std::string request;
  for (const git_oid& want : wants) append_text_line(request, "want " + want.hex() + std::exchange(capabilities, {}));
  append_flush(request);
  append_haves(request, haves);
  append_flush(request);
  return request;
}

outcome<void> have_answers::feed(std::span<const std::byte> input) {
  received_ += byte_count(input.size());
  if (received_ > fetch_talk_limit) return failure(errc::limit_exceeded).detail("16 MiB of answers to haves");
  while (!pack_follows_) {
    const auto event = reader_.next(input);
    if (event.has_error()) return event.error();
    if (!*event) return {};
    if (const auto* mark = std::get_if<pkt_mark>(&**event)) {
      pack_follows_ = mark->kind == pkt_kind::delim;
      continue;
    }
    const auto* line = std::get_if<pkt_text>(&**event);
    if (line == nullptr) return failure(errc::bad_fetch_reply).detail("pack data where an answer is due");
    if (line->text.empty()) continue;
    if (const auto taken = take_line(line->text); !taken) return taken;
  }
  return {};
}

outcome<void> have_answers::take_line(std::string_view line) {
  constexpr std::string_view ack = "ACK ";
  if (line == "acknowledgments" || line == "NAK") {
    answered_ = true;
    return {};
  }
  if (line == "ready") return {};
  if (!line.starts_with(ack)) return unexpected(line);
  answered_ = true;
  line.remove_prefix(ack.size());
  const auto id = git_oid::from_hex(line.substr(0, line.find(' ')));
  if (!id || id->raw().size() != raw_size(format_)) return unexpected(line);
  if (common_.size() == haves_limit) return failure(errc::limit_exceeded).detail("more answers than haves");
  common_.insert(*id);  // a server that is ready says so of one that it acknowledged before
  return {};
}

outcome<std::vector<git_oid>> have_answers::finish() {
  if (received_ == byte_count(0)) return failure(errc::empty_reply);
  if (!pack_follows_ && (!answered_ || !reader_.at_boundary())) {
    return failure(errc::bad_fetch_reply).detail("the answer to the haves was cut");
  }
  return std::vector<git_oid>(common_.begin(), common_.end());
}

}  // namespace hfpipe::git
