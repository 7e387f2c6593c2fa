#include "tools/hfpipe/json_members.hpp"

#include <array>
#include <cstdio>

#include "tools/hfpipe/failure_json.hpp"
#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

namespace json = boost::json;

namespace {

json::value hex_or_null(const std::optional<git_oid>& id) {
  return id ? json::value(id->hex()) : json::value(nullptr);
}

}  // namespace

std::ostream& json_members::key(std::string_view name) {
  out_ << (first_ ? "\"" : ",\"") << name << "\":";
  first_ = false;
  return out_;
}

void json_members::add_seconds(std::string_view name, double seconds) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.3f", seconds);
  key(name) << text.data();
}

void json_members::begin_rows(std::string_view name) {
  key(name) << '[';
  first_row_ = true;
}

void json_members::add_row(const json::object& row) {
  out_ << (first_row_ ? "" : ",") << json::serialize(row);
  first_row_ = false;
}

void add_head(json_members& all, const run_figures& figures, const std::optional<failure>& error) {
  all.add("schema", 1);
  add_verdict(all, figures, error);
  all.add("source", json::value(figures.source));
  all.add("target", json::value(figures.target));
}

void add_verdict(json_members& all, const run_figures& figures, const std::optional<failure>& error) {
  all.add("ok", figures.code == exit_code::done);
  all.add("exit_code", number(figures.code));
  all.add("error", error ? json::value(failure_json(*error)) : json::value(nullptr));
}

void add_figures(json_members& all, const run_figures& figures, std::optional<byte_count> peak_buffer) {
  all.add_seconds("wall_seconds", in_seconds(figures.wall));
  if (figures.is_alone) all.add_seconds("cpu_seconds", figures.cpu_seconds);
  if (peak_buffer) all.add("peak_buffer_bytes", peak_buffer->value());
  if (figures.is_alone) all.add("peak_rss_bytes", figures.peak_rss.value());
}

json::object ref_json(const ref_row& row) {
  return {{"ref", valid_utf8(row.name.text())}, {"action", to_text(row.action)}, {"old", hex_or_null(row.old_id)},
          {"new", hex_or_null(row.new_id)},     {"status", to_text(row.status)}, {"reason", valid_utf8(row.reason)}};
}

}  // namespace hfpipe::cli
