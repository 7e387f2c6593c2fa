#include "tools/hfpipe/verify_document.hpp"

#include <boost/json/object.hpp>
#include <ostream>

#include "tools/hfpipe/json_members.hpp"
#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

namespace {

namespace json = boost::json;

std::string hex_or_empty(const std::optional<git_oid>& id) {
  return id ? id->hex() : std::string();
}

json::object difference_json(const ref_row& row) {
  return {{"kind", "ref"},
          {"name", valid_utf8(row.name.text())},
          {"source", hex_or_empty(row.new_id)},
          {"target", hex_or_empty(row.old_id)}};
}

json::object difference_json(const blob_trouble& trouble) {
  const bool missing = trouble.why.code() == errc::object_missing;
  return {{"kind", "object"},
          {"name", trouble.blob.oid.hex()},
          {"source", std::to_string(trouble.blob.size.value())},
          {"target", missing ? std::string() : valid_utf8(trouble.why.what())}};
}

void write_lfs(std::ostream& out, const verification_result& result) {
  json_members all(out);
  all.add("objects", result.objects);
  all.add("bytes", result.bytes.value());
  all.add("present", result.present);
  all.add("proven", result.proven);
  all.add_rows("missing", result.absent_everywhere, [](const lfs_object& blob) {
    return json::object{{"oid", blob.oid.hex()}, {"size", blob.size.value()}};
  });
  all.close();
}

}  // namespace

void write_document(std::ostream& out, const verify_report& report) {
  const auto& result = report.result;
  json_members all(out);
  add_head(all, report, result.error);
  all.begin_rows("differences");
  for (const auto& row : result.refs) {
    if (differs(row)) all.add_row(difference_json(row));
  }
  for (const auto& trouble : result.differing) all.add_row(difference_json(trouble));
  all.end_rows();
  all.add_rows("refs", result.refs, ref_json);
  write_lfs(all.key("lfs"), result);
  all.add("pack", json::object{{"bytes", result.pack.bytes.value()},
                               {"objects", result.pack.objects},
                               {"fetches", result.pack.fetches}});
  all.add("retries", result.retries);
  add_figures(all, report, result.peak_buffer);
  all.close();
  out << '\n' << std::flush;
}

}  // namespace hfpipe::cli
