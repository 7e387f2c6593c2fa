#include "tools/hfpipe/result_document.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <ostream>

#include "tools/hfpipe/json_members.hpp"
#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

namespace {

namespace json = boost::json;

json::object missing_json(const blob_trouble& trouble) {
  return {{"oid", trouble.blob.oid.hex()}, {"size", trouble.blob.size.value()}};
}

json::object failed_json(const blob_trouble& trouble) {
  auto row = missing_json(trouble);
  row["why"] = valid_utf8(trouble.why.what());
  return row;
}

void write_lfs(std::ostream& out, const lfs_totals& lfs) {
  json_members all(out);
  all.add("objects", lfs.objects);
  all.add("bytes", lfs.bytes.value());
  all.add("present", lfs.present);
  all.add("present_bytes", lfs.present_bytes.value());
  all.add("sent", lfs.sent);
  all.add("sent_bytes", lfs.sent_bytes.value());
  all.add_rows("missing", lfs.missing, missing_json);
  all.add_rows("failed", lfs.failed, failed_json);
  all.close();
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(valid_utf8(text));
}

json::object host_json(const host_work& host) {
  return {{"created", host.created ? json::value(*host.created) : json::value(nullptr)},
          {"would_create", host.would_create},
          {"visibility", text_or_null(host.visibility)},
          {"default_branch", text_or_null(host.default_branch)},
          {"default_branch_before", text_or_null(host.other_default_branch)}};
}

void write_rest(json_members& all, const run_report& report) {
  const auto& result = report.result;
  add_head(all, report, result.error);
  all.add_rows("refs", result.refs, ref_json);
  write_lfs(all.key("lfs"), result.lfs);
  all.add("pack", json::object{{"bytes", result.pack.bytes.value()},
                               {"objects", result.pack.objects},
                               {"fetches", result.pack.fetches}});
  const host_work& host = report.host;
  if (host.created || host.would_create || !host.default_branch.empty()) all.add("repository", host_json(host));
  json::array remote;
  for (const auto& line : report.remote_lines) remote.emplace_back(valid_utf8(line));
  all.add("remote", remote);
  all.add("retries", result.retries);
  add_figures(all, report, result.peak_buffer);
  all.close();
}

}  // namespace

void write_document(std::ostream& out, const run_report& report) {
  json_members all(out);
  write_rest(all, report);
  out << '\n' << std::flush;
}

void write_job(std::ostream& out, const std::string& name, const run_report& report) {
  json_members all(out);
  all.add("name", json::value(valid_utf8(name)));
  write_rest(all, report);
}

}  // namespace hfpipe::cli
