#include "protocol/git/push_dialogue.hpp"

#include <algorithm>
#include <utility>

#include "protocol/digest.hpp"

namespace hfpipe::git {

namespace {

failure broken_push_report(std::string text) {
  return failure(errc::bad_push_report).detail(std::move(text));
}

failure unexpected_report_line(std::string_view line) {
  return broken_push_report("unexpected line '" + clean_server_text(line, 200) + "'");
}

std::string push_capabilities(const capabilities& can, object_format format, atomicity mode) {
  std::string list;
  const auto add = [&list](std::string_view capability) { list.append(1, ' ').append(capability); };
  for (const std::string_view report : {"report-status-v2", "report-status"}) {
    if (!can.has(report)) continue;
    add(report);
    break;
  }
  if (can.has("side-band-64k")) add("side-band-64k");
  if (mode == atomicity::all_or_none && can.has("atomic")) add("atomic");
  if (can.has("object-format")) add("object-format=" + std::string(to_text(format)));
  if (can.has("agent")) add(agent_capability);
  return list;
}

}  // namespace

std::string make_push_commands(std::span<const ref_command> commands, const capabilities& can, atomicity mode) {
  std::string request;
  std::string after_first = '\0' + push_capabilities(can, commands.front().new_id.format(), mode);
  for (const auto& command : commands) {
    const std::string line = command.old_id.hex() + ' ' + command.new_id.hex() + ' ' + command.name.text();
    append_pkt_line(request, line + std::exchange(after_first, {}));
  }
  append_flush(request);
  return request;
}

std::vector<std::byte> empty_pack(object_format format) {
  constexpr std::string_view header("PACK\0\0\0\2\0\0\0\0", 12);  // version 2, no objects
  const auto header_bytes = std::as_bytes(std::span(header));
  std::vector<std::byte> pack(header_bytes.begin(), header_bytes.end());
  digest checksum = digest::of(format);
  checksum.update(pack);
  const auto trailer = checksum.finish();
  pack.insert(pack.end(), trailer.begin(), trailer.end());
  return pack;
}

outcome<void> push_report_reader::feed(std::span<const std::byte> piece) {
  received_ += byte_count(piece.size());
  if (received_ > size_limit) return failure(errc::limit_exceeded).detail("an answer of more than 64 MiB");
  return outer_.each(piece, [this](const pkt_event& event) { return take(event); });
}

outcome<push_report> push_report_reader::finish() {
  if (!fatal_.empty()) return refusal_of(fatal_);
  report_.remote_lines = remote_.take();
  if (ended_ && has_unpack_line_) return std::move(report_);
  if (!report_.remote_lines.empty()) return broken_push_report("server said: " + report_.remote_lines.back());
  return broken_push_report(received_ == byte_count(0) ? "it is empty" : "it ended early");
}

outcome<void> push_report_reader::take(const pkt_event& event) {
  if (const auto* piece = std::get_if<band_piece>(&event)) return take_band(*piece);
  const auto* mark = std::get_if<pkt_mark>(&event);
  if (mark != nullptr && mark->kind == pkt_kind::flush && ended_) return {};  // the outer flush around the report's
  return take_report_event(event);                                            // no sideband
}

outcome<void> push_report_reader::take_band(const band_piece& piece) {
  switch (piece.which) {
    case band::content:
      return feed_report(piece.bytes);
    case band::progress:
      remote_.add(piece.bytes);
      break;
    case band::fatal: {
      const std::string_view words(reinterpret_cast<const char*>(piece.bytes.data()), piece.bytes.size());
      fatal_ += words.substr(0, server_text_limit - fatal_.size());
      if (piece.ends_packet) return refusal_of(fatal_);
    }
  }
  return {};
}

outcome<void> push_report_reader::feed_report(std::span<const std::byte> piece) {
  return inner_.each(piece, [this](const pkt_event& event) { return take_report_event(event); });
}

outcome<void> push_report_reader::take_report_event(const pkt_event& event) {
  if (ended_) return broken_push_report("more after its end");
  if (const auto* line = std::get_if<pkt_text>(&event)) {
    return line->text.empty() ? outcome<void>() : take_line(line->text);  // 0004 means nothing
  }
  const auto* mark = std::get_if<pkt_mark>(&event);
  if (mark == nullptr || mark->kind != pkt_kind::flush) return broken_push_report("an unexpected packet");
  ended_ = true;
  return {};
}

outcome<void> push_report_reader::take_line(std::string_view line) {
  constexpr std::string_view unpack = "unpack ", ok = "ok ", ng = "ng ";
  if (line.starts_with(unpack) && !has_unpack_line_) {
    const auto words = line.substr(unpack.size());
    has_unpack_line_ = true;
    report_.unpacked = words == "ok";
    if (!report_.unpacked) report_.unpack_error = clean_server_text(words);
    return {};
  }
  if (!has_unpack_line_) return unexpected_report_line(line);
  if (line.starts_with(ok)) return take_verdict(line.substr(ok.size()), {}, true);
  if (line.starts_with(ng)) {
    const auto rest = line.substr(ng.size());
    const auto space = std::min(rest.find(' '), rest.size());
    return take_verdict(rest.substr(0, space), rest.substr(std::min(space + 1, rest.size())), false);
  }
  if (line.starts_with("option ")) return {};  // what a proc-receive hook renamed; the refs are read back anyway
  return unexpected_report_line(line);
}

outcome<void> push_report_reader::take_verdict(std::string_view name, std::string_view reason, bool accepted) {
  if (report_.verdicts.size() >= most_verdicts_) {
    return failure(errc::limit_exceeded).detail("verdicts on more refs than were pushed");
  }
  auto checked = ref_name::parse(name);
  if (checked.has_error()) return broken_push_report("ref " + checked.error().detail());
  report_.verdicts.push_back({std::move(*checked), accepted, clean_server_text(reason)});
  return {};
}

}  // namespace hfpipe::git
