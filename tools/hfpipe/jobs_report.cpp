#include "tools/hfpipe/jobs_report.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <ostream>

#include "tools/hfpipe/amount_text.hpp"
#include "tools/hfpipe/console.hpp"
#include "tools/hfpipe/duration_text.hpp"
#include "tools/hfpipe/json_members.hpp"
#include "tools/hfpipe/result_document.hpp"
#include "tools/hfpipe/result_summary.hpp"
#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

namespace {

namespace json = boost::json;

std::size_t failures_in(const jobs_result& result) {
  return static_cast<std::size_t>(
      std::count_if(result.codes.begin(), result.codes.end(), [](exit_code code) { return code != exit_code::done; }));
}

class jobs_document final : public jobs_writer {
 public:
  explicit jobs_document(std::ostream& out) : out_(out), all_(out) {
    all_.add("schema", 1);
    all_.key("jobs") << '[';
  }

  void add(const std::string& job, const run_report& report) override {
    out_ << (first_ ? "" : ",");
    first_ = false;
    write_job(out_, job, report);
    out_ << std::flush;
  }

  void finish(const jobs_report& all) override {
    out_ << ']';
    json::array unbegun;
    for (const auto& name : all.result.unbegun) unbegun.emplace_back(valid_utf8(name));
    all_.add("unbegun", unbegun);
    all_.add("done", all.result.codes.size() - failures_in(all.result));
    all_.add("failed", failures_in(all.result));
    add_verdict(all_, all, all.result.error);
    add_figures(all_, all);
    all_.close();
    out_ << '\n' << std::flush;
  }

 private:
  std::ostream& out_;
  json_members all_;
  bool first_ = true;
};

/// Everything below a row belongs to it.
std::string indented(const std::string& lines) {
  std::string text;
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = std::min(lines.find('\n', at), lines.size() - 1);
    text += "  " + lines.substr(at, end + 1 - at);
    at = end + 1;
  }
  return text;
}

class jobs_table final : public jobs_writer {
 public:
  explicit jobs_table(std::ostream& out) : out_(out) {}

  void add(const std::string& job, const run_report& report) override {
    const result_words words = words_of(report);
    std::string details = words.details;
    if (report.result.error) details = "  error    " + in_one_line(*report.result.error) + "\n" + details;
    rows_.push_back({{job, words.headline, words.refs, words.objects, spoken_text(report.wall)}, indented(details)});
  }

  void finish(const jobs_report& all) override {
    const auto failed = failures_in(all.result);
    const auto done = all.result.codes.size() - failed;
    std::string text = all.file + ": " + std::to_string(done) + " of " +
                       counted(all.result.codes.size() + all.result.unbegun.size(), "job") + " done";
    if (failed != 0) text += ", " + std::to_string(failed) + " failed";
    if (!all.result.unbegun.empty()) text += ", " + std::to_string(all.result.unbegun.size()) + " not begun";
    text += "\n";
    for (const auto& name : all.result.unbegun) rows_.push_back({{name, "not begun", "", "", ""}, ""});
    const auto widths = widths_of_columns();
    for (const row& each : rows_) {
      std::string line;
      for (std::size_t i = 0; i < each.cells.size(); ++i) {
        const std::string cell = clipped(each.cells[i], widths[i]);
        line += "  " + cell + std::string(widths[i] - columns_of(cell), ' ');
      }
      while (line.ends_with(' ')) line.pop_back();
      text += line + "\n" + each.details;
    }
    out_ << text << "  took     " + resources_text(all, 0) + "\n" << std::flush;
  }

 private:
  static constexpr std::size_t widest_name = 48;

  struct row {
    std::array<std::string, 5> cells;  ///< name, outcome, refs, objects, time
    std::string details;
  };

  std::array<std::size_t, 5> widths_of_columns() const {
    std::array<std::size_t, 5> widths{};
    for (const row& each : rows_) {
      for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], columns_of(each.cells[i]));
    }
    widths[0] = std::min(widths[0], widest_name);
    return widths;
  }

  std::ostream& out_;
  std::vector<row> rows_;
};

}  // namespace

exit_code exit_code_of(const jobs_result& result, const exit_context& context) {
  if (result.error) return exit_code_of(*result.error, context);
  exit_code gravest = exit_code::done;
  bool some_done = false;
  for (const exit_code code : result.codes) {
    some_done |= code == exit_code::done;
    gravest = graver(gravest, code);
  }
  const bool is_partial = some_done && gravest != exit_code::done && gravest != exit_code::temporary;
  // That one job's host was not there is no reason to believe that nothing was copied; wrong bytes are told anyhow.
  return is_partial && gravest != exit_code::corrupt ? exit_code::partial : gravest;
}

std::unique_ptr<jobs_writer> make_jobs_document(std::ostream& out) {
  return std::make_unique<jobs_document>(out);
}

std::unique_ptr<jobs_writer> make_jobs_table(std::ostream& out) {
  return std::make_unique<jobs_table>(out);
}

}  // namespace hfpipe::cli
