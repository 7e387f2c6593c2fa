#include "tools/hfpipe/verify_summary.hpp"

#include <algorithm>

#include "tools/hfpipe/amount_text.hpp"
#include "tools/hfpipe/console.hpp"
#include "tools/hfpipe/result_summary.hpp"
#include "tools/hfpipe/row_list.hpp"

namespace hfpipe::cli {

namespace {

std::string headline(const verify_report& report) {
  const bool is_whole = report.result.absent_everywhere.empty();
  if (is_true_copy(report.result)) return is_whole ? "same" : "same, with objects that neither side has";
  return report.code == exit_code::different ? "different" : "not verified";
}

std::string short_or(const std::optional<git_oid>& id, const std::string& otherwise) {
  return id ? id->hex().substr(0, 12) : otherwise;
}

std::string values_of(const ref_row& row) {
  return "source " + short_or(row.new_id, "has none") + ", target " + short_or(row.old_id, "has none");
}

std::string refs_text(const verification_result& result) {
  const auto different = std::count_if(result.refs.begin(), result.refs.end(), differs);
  std::string text = counted(result.refs.size(), "ref") + " compared";
  if (different != 0) text += ", " + std::to_string(different) + " different";
  row_list rows("different");
  for (const ref_row& row : result.refs) {
    if (differs(row)) rows.add(clean_server_text(row.name.text()) + " (" + values_of(row) + ")");
  }
  row_list left_out("left out");
  for (const ref_row& row : result.refs) {
    if (row.action != ref_action::skip || differs(row)) continue;
    left_out.add(clean_server_text(row.name.text()), clean_server_text(row.reason));
  }
  return text + "\n" + rows.text() + left_out.text();
}

std::string objects_text(const verify_report& report) {
  const auto& result = report.result;
  if (result.objects == 0) return "none\n";
  std::string text = counted(result.objects, "object") + " (" + to_text(result.bytes) + "), " +
                     std::to_string(result.present) + " on the target";
  if (report.depth == verify_depth::bytes) text += ", " + std::to_string(result.proven) + " read back and right";
  row_list missing("missing"), wrong("wrong"), absent("on neither side");
  for (const blob_trouble& trouble : result.differing) {
    const std::string name = trouble.blob.oid.hex() + " (" + to_text(trouble.blob.size) + ")";
    if (trouble.why.code() == errc::object_missing) {
      missing.add(name);
    } else {
      wrong.add(name, in_one_line(trouble.why));
    }
  }
  for (const lfs_object& blob : result.absent_everywhere) {
    absent.add(blob.oid.hex() + " (" + to_text(blob.size) + ")");
  }
  return text + "\n" + missing.text() + wrong.text() + absent.text();
}

/// What makes the target a true copy again, as far as hfpipe can.
std::string advice(const verification_result& result) {
  const auto is_missing = [](const blob_trouble& trouble) { return trouble.why.code() == errc::object_missing; };
  const bool some_missing = std::any_of(result.differing.begin(), result.differing.end(), is_missing);
  const bool some_wrong = !std::all_of(result.differing.begin(), result.differing.end(), is_missing);
  const bool some_refs = std::any_of(result.refs.begin(), result.refs.end(), differs);
  std::string text;
  const bool some_surplus = std::any_of(result.refs.begin(), result.refs.end(),
                                        [](const ref_row& row) { return row.action == ref_action::delete_; });
  if (some_missing || some_refs) {
    text += std::string("  hfpipe copy") + (some_surplus ? " --mirror" : "") + (some_missing ? " --lfs all" : "") +
            " makes the target like the source again\n";
  }
  if (some_wrong) text += "  objects that are wrong must be deleted on the target before a copy can send them again\n";
  return text;
}

}  // namespace

std::string summary_of(const verify_report& report) {
  const auto& result = report.result;
  const std::string first = headline(report);
  std::string text = first + "  " + report.source + "\n";
  text += std::string(std::max<std::size_t>(first.size(), 2) - 2, ' ') + "to  " + report.target + "\n";
  if (!result.refs.empty() || !result.error) {
    text += "  refs     " + refs_text(result);
    text += "  objects  " + objects_text(report);
  }
  if (result.pack.fetches != 0) {
    text += "  history  " + to_text(result.pack.bytes) + ", " + counted(result.pack.objects, "Git object") + " read\n";
  }
  text += "  took     " + resources_text(report, result.retries) + "\n";
  return text + advice(result);
}

}  // namespace hfpipe::cli
