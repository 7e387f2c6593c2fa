#pragma once

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iosfwd>
#include <optional>
#include <ostream>
#include <string_view>

#include "engine/ref_plan.hpp"
#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::cli {

/// Writes one JSON object member by member, so that a million rows are never held as JSON. Call close() last.
class json_members {
 public:
  explicit json_members(std::ostream& out) : out_(out) { out_ << '{'; }

  /// The stream right behind the member's name, for what has more members of its own.
  std::ostream& key(std::string_view name);
  void add(std::string_view name, const boost::json::value& value) { key(name) << boost::json::serialize(value); }
  /// Milliseconds are as fine as anybody reads; Boost.JSON would write an exponent.
  void add_seconds(std::string_view name, double seconds);
  template <class Rows, class Convert>
  void add_rows(std::string_view name, const Rows& rows, const Convert& convert) {
    begin_rows(name);
    for (const auto& row : rows) add_row(convert(row));
    end_rows();
  }
  /// The same for rows from several places.
  void begin_rows(std::string_view name);
  void add_row(const boost::json::object& row);
  void end_rows() { out_ << ']'; }
  void close() { out_ << '}'; }

 private:
  std::ostream& out_;
  bool first_ = true;
  bool first_row_ = true;
};

/// `schema`, `ok`, `exit_code`, `error`, `source`, `target`: how every document begins.
void add_head(json_members& all, const run_figures& figures, const std::optional<failure>& error);
/// The part of it that says how it ended: `ok`, `exit_code`, `error`.
void add_verdict(json_members& all, const run_figures& figures, const std::optional<failure>& error);
/// What it took: how every document ends. `peak_buffer` is a run's own; without one it is left out.
void add_figures(json_members& all, const run_figures& figures, std::optional<byte_count> peak_buffer = {});

boost::json::object ref_json(const ref_row& row);

}  // namespace hfpipe::cli
