#include "tools/hfpipe/result_summary.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "tools/hfpipe/amount_text.hpp"
#include "tools/hfpipe/console.hpp"
#include "tools/hfpipe/duration_text.hpp"

namespace hfpipe::cli {

namespace {

std::string headline(const run_report& report) {
  if (report.mode == run_mode::dry_run) return report.result.error ? "not planned" : "would copy";
  return report.result.error ? "not copied" : "copied";
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
  const auto to_send = lfs.objects - std::min(lfs.objects, lfs.present + lfs.missing.size());
  byte_count missing_bytes;
  for (const auto& trouble : lfs.missing) missing_bytes += trouble.blob.size;
  const auto bytes_to_send = lfs.bytes - std::min(lfs.bytes, lfs.present_bytes + missing_bytes);
  std::string text = report.mode == run_mode::dry_run ? amount(to_send, bytes_to_send, "to send")
                                                      : amount(lfs.sent, lfs.sent_bytes, "sent");
  if (lfs.present != 0) text += ", " + amount(lfs.present, lfs.present_bytes, "there already");
  if (!lfs.missing.empty()) text += ", " + std::to_string(lfs.missing.size()) + " missing at the source";
  if (!lfs.failed.empty()) text += ", " + std::to_string(lfs.failed.size()) + " failed";
  return text;
}

std::string took_text(const run_report& report) {
  std::string text = spoken_text(report.wall);
  const auto moved = report.result.lfs.sent_bytes + report.result.pack.bytes;
  const double seconds = std::chrono::duration<double>(report.wall).count();
  if (moved.value() != 0 && seconds > 0 && report.mode == run_mode::copy) {
    text += ", " + rate_text(static_cast<double>(moved.value()) / seconds) + " on average";
  }
  text += ", " + to_text(report.peak_rss) + " of memory at most";
  if (report.result.retries != 0) text += ", retried " + counted(report.result.retries, "time");
  return text;
}

/// Adds a line for each of the first rows, and one for how many more there are.
template <class Rows, class Line>
void list(std::string& text, const Rows& rows, const Line& line_of) {
  std::size_t listed = 0, hidden = 0;
  for (const auto& row : rows) {
    const std::string line = line_of(row);
    if (line.empty()) continue;
    if (listed == most_listed_rows) {
      ++hidden;
      continue;
    }
    text += "    " + line + "\n";
    ++listed;
  }
  if (hidden != 0) text += "    and " + std::to_string(hidden) + " more (--format json lists all)\n";
}

std::string line_of_ref(const ref_row& row) {
  const bool worth_it =
      row.status == ref_status::rejected || row.status == ref_status::failed || row.status == ref_status::skipped;
  if (!worth_it || row.reason.empty()) return "";
  return std::string(to_text(row.status)) + " " + clean_server_text(row.name.text()) + ": " +
         clean_server_text(row.reason);
}

}  // namespace

std::string summary_of(const run_report& report) {
  const auto& result = report.result;
  std::string text = headline(report) + "  " + report.source + "\n";
  text += std::string(headline(report).size() - 2, ' ') + "to  " + report.target + "\n";
  const bool planned = !result.refs.empty() || !result.error;  // else there is nothing to say of refs and objects
  if (planned) text += "  refs     " + refs_text(report) + "\n";
  list(text, result.refs, line_of_ref);
  if (planned) text += "  objects  " + objects_text(report) + "\n";
  list(text, result.lfs.failed, [](const blob_trouble& trouble) {
    return "failed " + trouble.blob.oid.hex() + ": " + in_one_line(trouble.why);
  });
  list(text, result.lfs.missing, [](const blob_trouble& trouble) {
    return "missing " + trouble.blob.oid.hex() + " (" + to_text(trouble.blob.size) + ")";
  });
  if (result.pack.fetches != 0) {
    text += "  pack     " + to_text(result.pack.bytes) + ", " + counted(result.pack.objects, "Git object") + "\n";
  }
  text += "  took     " + took_text(report) + "\n";
  return text;
}

}  // namespace hfpipe::cli
