#include "tools/forge/git_record.hpp"

#include <boost/json.hpp>

#include "tools/forge/signed_path.hpp"

namespace hfpipe::forge {

namespace json = boost::json;

namespace {

// `0014command=ls-refs\n` fits.
constexpr std::size_t start_size = 64;

std::string_view service_name(const visit& request) {
  if (request.to.service == service::info_refs) return query_value(request.to.query, "service");
  return request.to.service == service::upload_pack ? "git-upload-pack" : "git-receive-pack";
}

// `ls-refs` or `fetch`; empty below protocol v2 and for a compressed request.
std::string command_of(std::string_view request_start) {
  pkt_line_watch lines;
  constexpr std::string_view command = "command=";
  for (const auto& piece : lines.feed(std::as_bytes(std::span(request_start)))) {
    std::string_view line = request_start.substr(piece.offset, piece.size);
    if (line.ends_with('\n')) line.remove_suffix(1);
    return std::string(line.starts_with(command) ? line.substr(command.size()) : "");
  }
  return {};
}

std::optional<std::uint64_t> in_answer(std::optional<std::uint64_t> at, std::uint64_t first, std::uint64_t size,
                                       std::uint64_t answer_offset) {
  if (!at || *at < first || *at >= first + size) return std::nullopt;
  return answer_offset + (*at - first);
}

}  // namespace

bool git_record::sent_to_git(std::span<const std::byte> bytes) {
  if (request_start_.size() < start_size) {
    const auto part = bytes.first(std::min(bytes.size(), start_size - request_start_.size()));
    request_start_.append(reinterpret_cast<const char*>(part.data()), part.size());
  }
  if (request_.to.service != service::receive_pack || !commands_.feed(bytes)) return false;
  request_.site.log.add({{"event", "push_begin"}, {"repo", request_.to.repository}, {"refs", refs(false)}});
  return true;
}

void git_record::sent_to_client(std::span<const std::byte> bytes, tampering& out) {
  if (request_.to.service == service::receive_pack) return verdicts_.feed(bytes);
  if (request_.to.service != service::upload_pack) return;
  const std::uint64_t start = out.position();
  for (const auto& piece : answer_.feed(bytes)) {
    if (piece.size == 0) continue;
    const bool begins = piece.line_offset == 0;
    if (begins) in_pack_line_ = bytes[piece.offset] == std::byte{1};  // sideband 1
    if (!in_pack_line_) continue;
    const std::size_t band = begins ? 1 : 0;
    if (piece.size > band) place_faults(start + piece.offset + band, piece.size - band, out);
  }
}

void git_record::place_faults(std::uint64_t answer_offset, std::uint64_t pack_bytes, tampering& out) {
  // Taken no earlier: a listing of refs must not use up what is meant for a pack.
  if (pack_bytes_ == 0) {
    if (const auto fault = request_.take("pack_corrupt_byte")) in_pack_.flip_at = fault->at.value_or(0);
    if (const auto fault = request_.take("pack_cut")) in_pack_.cut_at = fault->at.value_or(0);
    if (const auto fault = request_.take("pack_early_end")) in_pack_.end_at = fault->at.value_or(0);
    in_pack_.take_pace(request_.site.faults, request_.subject());
    out.rate = in_pack_.rate;
  }
  const auto place = [&](std::optional<std::uint64_t> wanted, std::optional<std::uint64_t>& placed) {
    if (const auto at = in_answer(wanted, pack_bytes_, pack_bytes, answer_offset)) placed = at;
  };
  place(in_pack_.flip_at, out.flip_at);
  place(in_pack_.cut_at, out.cut_at);
  place(in_pack_.end_at, out.end_at);
  place(in_pack_.stall_at, out.stall_at);
  pack_bytes_ += pack_bytes;
}

json::array git_record::refs(bool with_results) const {
  const auto verdicts = verdicts_.read();
  json::array out;
  for (const pushed_ref& ref : commands_.refs()) {
    json::object line{{"ref", ref.name}, {"old", ref.old_id}, {"new", ref.new_id}};
    const auto verdict = verdicts.find(ref.name);
    if (with_results) line["result"] = verdict == verdicts.end() ? "unknown" : verdict->second;
    out.push_back(std::move(line));
  }
  return out;
}

void git_record::write(bool broken) {
  const exchange& with = request_.exchange;
  json::object line{{"event", "git"},
                    {"service", service_name(request_)},
                    {"repo", request_.to.repository},
                    {"phase", request_.to.service == service::info_refs ? "advertise" : "rpc"},
                    {"status", with.status()},
                    {"request_bytes", with.body_bytes()},
                    {"response_bytes", with.sent_bytes()},
                    {"broken", broken}};
  if (const auto protocol = with.header("Git-Protocol")) line["protocol"] = *protocol;
  if (const std::string command = command_of(request_start_); !command.empty()) line["command"] = command;
  if (request_.to.service == service::upload_pack) line["pack_bytes"] = pack_bytes_;
  if (!commands_.refs().empty()) line["refs"] = refs(true);
  request_.site.log.add(std::move(line));
}

}  // namespace hfpipe::forge
