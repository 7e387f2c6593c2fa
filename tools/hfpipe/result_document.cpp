#include "tools/hfpipe/result_document.hpp"

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <ostream>
#include <string_view>

#include "tools/hfpipe/failure_json.hpp"
#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

namespace {

namespace json = boost::json;

/// Writes one object member by member.
class members {
 public:
  explicit members(std::ostream& out) : out_(out) { out_ << '{'; }

  std::ostream& key(std::string_view name) {
    out_ << (first_ ? "\"" : ",\"") << name << "\":";
    first_ = false;
    return out_;
  }
  void add(std::string_view name, const json::value& value) { key(name) << json::serialize(value); }
  /// Milliseconds are as fine as anybody reads; Boost.JSON would write an exponent.
  void add_seconds(std::string_view name, double seconds) {
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%.3f", seconds);
    key(name) << text.data();
  }
  template <class Rows, class Convert>
  void add_rows(std::string_view name, const Rows& rows, const Convert& convert) {
    key(name) << '[';
    bool first = true;
    for (const auto& row : rows) {
      out_ << (first ? "" : ",") << json::serialize(convert(row));
      first = false;
    }
    out_ << ']';
  }
  void close() { out_ << '}'; }

 private:
  std::ostream& out_;
  bool first_ = true;
};

json::value hex_or_null(const std::optional<git_oid>& id) {
  return id ? json::value(id->hex()) : json::value(nullptr);
}

json::object ref_json(const ref_row& row) {
  return {{"ref", valid_utf8(row.name.text())}, {"action", to_text(row.action)}, {"old", hex_or_null(row.old_id)},
          {"new", hex_or_null(row.new_id)},     {"status", to_text(row.status)}, {"reason", valid_utf8(row.reason)}};
}

json::object missing_json(const blob_trouble& trouble) {
  return {{"oid", trouble.blob.oid.hex()}, {"size", trouble.blob.size.value()}};
}

json::object failed_json(const blob_trouble& trouble) {
  auto row = missing_json(trouble);
  row["why"] = valid_utf8(trouble.why.what());
  return row;
}

void write_lfs(std::ostream& out, const lfs_totals& lfs) {
  members all(out);
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

}  // namespace

void write_document(std::ostream& out, const run_report& report) {
  const auto& result = report.result;
  members all(out);
  all.add("schema", 1);
  all.add("ok", report.code == exit_code::done);
  all.add("exit_code", number(report.code));
  all.add("error", result.error ? json::value(failure_json(*result.error)) : json::value(nullptr));
  all.add("source", json::value(report.source));
  all.add("target", json::value(report.target));
  all.add_rows("refs", result.refs, ref_json);
  write_lfs(all.key("lfs"), result.lfs);
  all.add("pack", json::object{{"bytes", result.pack.bytes.value()},
                               {"objects", result.pack.objects},
                               {"fetches", result.pack.fetches}});
  all.add("retries", result.retries);
  all.add_seconds("wall_seconds", std::chrono::duration<double>(report.wall).count());
  all.add_seconds("cpu_seconds", report.cpu_seconds);
  all.add("peak_buffer_bytes", result.peak_buffer.value());
  all.add("peak_rss_bytes", report.peak_rss.value());
  all.close();
  out << '\n' << std::flush;
}

}  // namespace hfpipe::cli
