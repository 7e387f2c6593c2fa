#include "tools/hfpipe/result_summary.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "tools/hfpipe/amount_text.hpp"
#include "tools/hfpipe/console.hpp"
#include "tools/hfpipe/duration_text.hpp"
#include "tools/hfpipe/row_list.hpp"

namespace hfpipe::cli {

namespace {

bool did_move(const ref_row& row) {
  return row.status == ref_status::ok && row.action != ref_action::up_to_date && row.action != ref_action::skip;
}

/// Neither this run nor another has anything to do for it.
bool is_settled(const ref_row& row) {
  return row.action == ref_action::up_to_date || row.action == ref_action::skip;
}

bool nothing_moved(const transfer_result& result) {
  return std::none_of(result.refs.begin(), result.refs.end(), did_move) && result.lfs.sent == 0;
}

std::uint64_t objects_to_send(const transfer_result& result) {
  const auto& lfs = result.lfs;
  return lfs.objects - std::min(lfs.objects, lfs.present + lfs.missing.size());
}

std::string headline(const run_report& report) {
  const auto& result = report.result;
  const bool refs_moved = std::any_of(result.refs.begin(), result.refs.end(), did_move);
  if (report.mode == run_mode::dry_run) {
    const bool something =
        std::any_of(result.refs.begin(), result.refs.end(), is_to_move) || objects_to_send(result) != 0;
    if (result.error) return something ? "would copy partly" : "would not copy";
    return something ? "would copy" : "nothing to do";
  }
  if (result.error) return refs_moved ? "partly copied" : "not copied";
  return nothing_moved(result) ? "nothing to do" : "copied";
}

/// `2 created, 1 updated, 5 up to date`: what is zero is left out.
std::string refs_text(const run_report& report) {
  const bool planned = report.mode == run_mode::dry_run;
  const auto number_of = [&](ref_action action, ref_status status) {
    return std::count_if(report.result.refs.begin(), report.result.refs.end(),
                         [&](const ref_row& row) { return row.action == action && row.status == status; });
  };
  const auto number_with = [&](ref_status status) {
    return std::count_if(report.result.refs.begin(), report.result.refs.end(),
                         [&](const ref_row& row) { return row.status == status; });
  };
  const auto moved = planned ? ref_status::planned : ref_status::ok;
  const std::vector<std::pair<std::ptrdiff_t, std::string_view>> counts{
      {number_of(ref_action::create, moved), planned ? "to create" : "created"},
      {number_of(ref_action::update, moved), planned ? "to update" : "updated"},
      {number_of(ref_action::delete_, moved), planned ? "to delete" : "deleted"},
      {std::count_if(report.result.refs.begin(), report.result.refs.end(),
                     [](const ref_row& row) { return row.action == ref_action::up_to_date; }),
       "up to date"},
      {number_with(ref_status::skipped), "skipped"},
      {number_with(ref_status::rejected), "rejected"},
      {number_with(ref_status::failed), "not reached"},
  };
  std::string text;
  for (const auto& [count, words] : counts) {
    if (count != 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(words);
  }
  return text.empty() ? "none" : text;
}

std::string objects_text(const run_report& report) {
  const auto& lfs = report.result.lfs;
  if (lfs.objects == 0) return "none";
  const auto amount = [](std::uint64_t count, byte_count bytes, std::string_view word) {
    return std::to_string(count) + " " + std::string(word) + " (" + to_text(bytes) + ")";
  };
  const auto to_send = objects_to_send(report.result);
  byte_count missing_bytes;
  for (const auto& trouble : lfs.missing) missing_bytes += trouble.blob.size;
  const auto bytes_to_send = lfs.bytes - std::min(lfs.bytes, lfs.present_bytes + missing_bytes);
  std::string text = report.mode == run_mode::dry_run ? amount(to_send, bytes_to_send, "to send")
                                                      : amount(lfs.sent, lfs.sent_bytes, "sent");
  if (lfs.present != 0) text += ", " + amount(lfs.present, lfs.present_bytes, "there already");
  if (!lfs.missing.empty()) text += ", " + std::to_string(lfs.missing.size()) + " missing at the source";
  if (!lfs.failed.empty()) text += ", " + std::to_string(lfs.failed.size()) + " failed";
  // A run that was stopped leaves some that nobody looked at.
  byte_count settled = lfs.sent_bytes + lfs.present_bytes + missing_bytes;
  for (const auto& trouble : lfs.failed) settled += trouble.blob.size;
  const std::uint64_t known = lfs.sent + lfs.present + lfs.missing.size() + lfs.failed.size();
  if (report.result.error && report.mode == run_mode::copy && known < lfs.objects) {
    text += ", " + amount(lfs.objects - known, lfs.bytes - std::min(lfs.bytes, settled), "not reached");
  }
  return text;
}

/// Of all that the run moved.
std::string pace_text(const run_report& report) {
  const auto moved = report.result.lfs.sent_bytes + report.result.pack.bytes;
  const double seconds = in_seconds(report.wall);
  if (moved.value() == 0 || seconds <= 0 || report.mode == run_mode::dry_run) return "";
  return ", " + rate_text(static_cast<double>(moved.value()) / seconds) + " on average";
}

std::string short_or_none(const std::optional<git_oid>& id) {
  return id ? id->hex().substr(0, 12) : "none";
}

/// What a dry run would do, ref by ref.
std::string planned_rows(const run_report& report) {
  if (report.mode == run_mode::copy) return "";
  std::array<row_list, 3> lists{row_list("create"), row_list("update"), row_list("delete")};
  for (const ref_row& row : report.result.refs) {
    if (!is_to_move(row)) continue;
    lists.at(static_cast<std::size_t>(row.action))
        .add(clean_server_text(row.name.text()) + "  " + short_or_none(row.old_id) + " -> " +
             short_or_none(row.new_id));
  }
  return lists[0].text() + lists[1].text() + lists[2].text();
}

/// Refs that are not as planned, gathered by the target's words.
std::string trouble_rows(const std::vector<ref_row>& rows) {
  std::string text;
  for (const auto status : {ref_status::rejected, ref_status::failed, ref_status::skipped}) {
    row_list gathered{std::string(to_text(status))};
    for (const ref_row& row : rows) {
      if (row.status != status || row.reason.empty()) continue;
      gathered.add(clean_server_text(row.name.text()), clean_server_text(row.reason));
    }
    text += gathered.text();
  }
  return text;
}

std::string object_rows(const lfs_totals& lfs) {
  row_list failed_rows("failed"), missing("missing");
  for (const auto& trouble : lfs.failed) failed_rows.add(trouble.blob.oid.hex(), in_one_line(trouble.why));
  for (const auto& trouble : lfs.missing) {
    missing.add(trouble.blob.oid.hex() + " (" + to_text(trouble.blob.size) + ")");
  }
  return failed_rows.text() + missing.text();
}

/// That refs are right says nothing of objects that an earlier push left behind.
std::string unchecked_text(const run_report& report) {
  const auto& result = report.result;
  const bool looked = result.error || report.lfs != lfs_mode::new_objects || result.refs.empty();
  if (looked || !std::all_of(result.refs.begin(), result.refs.end(), is_settled)) return "";
  return "not checked, as no ref moves (--lfs all sends what is missing, hfpipe verify only looks)";
}

std::string host_text(const host_work& host) {
  std::string text;
  if (host.would_create) text += "  target   to be created, " + host.visibility + "\n";
  if (host.created) {
    text += "  target   " + (*host.created ? "created, " + host.visibility : std::string("was there already")) + "\n";
  }
  if (host.default_branch.empty()) return text;
  text += "  default  " + clean_server_text(host.default_branch);
  if (!host.other_default_branch.empty()) text += " (was " + clean_server_text(host.other_default_branch) + ")";
  return text + "\n";
}

}  // namespace

std::string resources_text(const run_figures& figures, std::uint64_t retries, const std::string& pace) {
  std::string text = spoken_text(figures.wall) + pace + ", " + to_text(figures.peak_rss) + " of memory at most";
  if (retries != 0) text += ", retried " + counted(retries, "time");
  return text;
}

result_words words_of(const run_report& report) {
  const auto& result = report.result;
  result_words words{.headline = headline(report), .refs = {}, .objects = {}, .details = {}};
  words.details = host_text(report.host) + trouble_rows(result.refs) + object_rows(result.lfs);
  const bool planned = !result.refs.empty() || !result.error;  // else there is nothing to say of refs and objects
  if (!planned) return words;
  const std::string unchecked = unchecked_text(report);
  words.refs = refs_text(report);
  words.objects = unchecked.empty() ? objects_text(report) : "not checked";
  words.details = planned_rows(report) + words.details;
  return words;
}

std::string summary_of(const run_report& report) {
  const auto& result = report.result;
  const std::string first = headline(report);
  std::string text = first + "  " + report.source + "\n";
  text += std::string(first.size() - 2, ' ') + "to  " + report.target + "\n";
  text += host_text(report.host);
  const bool planned = !result.refs.empty() || !result.error;  // else there is nothing to say of refs and objects
  if (planned) text += "  refs     " + refs_text(report) + "\n" + planned_rows(report);
  text += trouble_rows(result.refs);
  const std::string unchecked = unchecked_text(report);
  if (planned) text += "  objects  " + (unchecked.empty() ? objects_text(report) : unchecked) + "\n";
  text += object_rows(result.lfs);
  if (result.pack.fetches != 0) {
    text += "  pack     " + to_text(result.pack.bytes) + ", " + counted(result.pack.objects, "Git object") + "\n";
  }
  text += "  took     " + resources_text(report, result.retries, pace_text(report)) + "\n";
  return text;
}

}  // namespace hfpipe::cli
