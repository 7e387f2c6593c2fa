#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "protocol/git/capabilities.hpp"
#include "protocol/git/pkt_reader.hpp"
#include "protocol/git/remote_text.hpp"
#include "protocol/ref_name.hpp"

namespace hfpipe::git {

/// One line of a push: move `name` from `old_id` to `new_id`. Zero old creates, zero new deletes.
struct ref_command {
  ref_name name;
  git_oid old_id;
  git_oid new_id;
  bool operator==(const ref_command&) const = default;
};

/// The target's verdict on one command.
struct ref_verdict {
  ref_name name;
  bool accepted = false;
  std::string reason;  ///< the server's words after `ng`, cleaned; empty when accepted
};

/// report-status, read. The verdicts come in the server's order and need not cover every command.
struct push_report {
  bool unpacked = false;
  std::string unpack_error;  ///< the server's words after `unpack`, cleaned; empty when unpacked
  std::vector<ref_verdict> verdicts;
  std::vector<std::string> remote_lines;  ///< sideband 2: what git shows as `remote: …`, cleaned, the last 100
};

enum class atomicity { each_ref_for_itself, all_or_none };

/// The body of a push up to where the pack begins: commands, capabilities, flush. Sends of the capabilities only what
/// the server advertised, `atomic` only for all_or_none. Precondition: `commands` is not empty.
std::string make_push_commands(std::span<const ref_command> commands, const capabilities& can, atomicity mode);

/// The pack without objects: what a push of refs to objects that the target has must carry.
std::vector<std::byte> empty_pack(object_format format);

/// Reads the answer to a push in whatever pieces it arrives, with sideband around the report or without.
class push_report_reader {
 public:
  /// A line for each ref, beside what hooks say: what ref_list_limit is for lists, this is for reports.
  static constexpr byte_count size_limit{64U << 20};
  static constexpr std::size_t remote_lines_limit = 100;
  /// What a report may say beyond one verdict a command: a proc-receive hook can name one ref several times.
  static constexpr std::size_t verdicts_slack = 100;

  /// A report with more verdicts than `most_verdicts` is refused: what is kept of it follows from what was asked.
  explicit push_report_reader(std::size_t most_verdicts) : most_verdicts_(most_verdicts) {}

  /// Fails with errc::remote_error (ERR or a fatal sideband), bad_pkt_line, bad_push_report, limit_exceeded. Failed, it
  /// may only be destroyed.
  outcome<void> feed(std::span<const std::byte> piece);

  /// The body has ended. Fails with errc::bad_push_report when no whole report came: whether refs moved is then
  /// unknown.
  outcome<push_report> finish();

 private:
  outcome<void> take(const pkt_event& event);
  outcome<void> take_band(const band_piece& piece);
  outcome<void> feed_report(std::span<const std::byte> piece);
  outcome<void> take_report_event(const pkt_event& event);
  outcome<void> take_line(std::string_view line);
  outcome<void> take_verdict(std::string_view name, std::string_view reason, bool accepted);

  std::size_t most_verdicts_;
  pkt_reader outer_;
  pkt_reader inner_;  ///< what band 1 carries: pkt-lines again, cut anywhere
  byte_count received_;
  bool has_unpack_line_ = false;
  bool ended_ = false;  ///< the report's own flush came
  remote_text remote_{remote_lines_limit};
  std::string fatal_;
  push_report report_;
};

}  // namespace hfpipe::git
