#pragma once

#include "tests/tools/hfpipe/every_event.hpp"
#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::testing {

/// A report with something in every place.
inline cli::run_report full_report() {
  const auto one = git_oid::from_hex(std::string(40, '1')).value();
  const auto two = git_oid::from_hex(std::string(40, '2')).value();
  cli::run_report report;
  report.source = "https://huggingface.co/o/n";
  report.target = "https://h.example/g/n.git";
  report.code = cli::exit_code::partial;
  report.wall = std::chrono::milliseconds(2500);
  report.cpu_seconds = 0.125;
  report.peak_rss = byte_count(2048);
  auto& result = report.result;
  result.refs = {
      {ref_name::parse("refs/heads/main").value(), ref_action::update, one, two, ref_status::failed, "not reached"},
      {ref_name::parse("refs/tags/v1").value(), ref_action::create, std::nullopt, two, ref_status::ok, ""}};
  result.lfs = {9, byte_count(900), 2, byte_count(200), 5, byte_count(500), {}, {}};
  result.lfs.missing.push_back({blob('a', 100), failure(errc::object_missing)});
  result.lfs.failed.push_back({blob('b', 100), failure(errc::timed_out).detail("for 30 s")});
  result.pack = {byte_count(4096), 12, 1};
  result.retries = 3;
  result.peak_buffer = byte_count(1024);
  result.error = failure(errc::blobs_incomplete).blame(side::source).at("blobs").hint("look");
  return report;
}

}  // namespace hfpipe::testing
