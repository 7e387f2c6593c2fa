#pragma once

#include "tests/tools/hfpipe/every_event.hpp"
#include "tools/hfpipe/run_report.hpp"

namespace hfpipe::testing {

/// A verification that found nothing but a pointer whose object neither side has.
inline cli::verify_report same_report() {
  const auto one = git_oid::from_hex(std::string(40, '1')).value();
  cli::verify_report report;
  report.source = "https://huggingface.co/o/n";
  report.target = "https://h.example/g/n.git";
  report.wall = std::chrono::milliseconds(2500);
  report.peak_rss = byte_count(2048);
  auto& result = report.result;
  result.refs = {{ref_name::parse("refs/tags/v1").value(), ref_action::up_to_date, one, one, ref_status::ok, ""}};
  result.objects = 3;
  result.bytes = byte_count(300);
  result.present = 2;
  result.absent_everywhere = {blob('c', 100)};
  result.pack = {byte_count(4096), 12, 1};
  return report;
}

/// One with a difference of each kind.
inline cli::verify_report different_report() {
  const auto one = git_oid::from_hex(std::string(40, '1')).value();
  const auto two = git_oid::from_hex(std::string(40, '2')).value();
  cli::verify_report report = same_report();
  report.code = cli::exit_code::different;
  const auto add = [&](const char* name, ref_action action, std::optional<git_oid> old_id,
                       std::optional<git_oid> new_id) {
    report.result.refs.push_back({ref_name::parse(name).value(), action, old_id, new_id, ref_status::planned, ""});
  };
  add("refs/heads/dev", ref_action::create, std::nullopt, two);
  add("refs/heads/gone", ref_action::delete_, one, std::nullopt);
  add("refs/heads/main", ref_action::update, one, two);
  report.result.differing.push_back({blob('a', 100), failure(errc::object_missing).blame(side::target)});
  report.result.differing.push_back({blob('b', 100), failure(errc::digest_mismatch).detail("got 12")});
  return report;
}

}  // namespace hfpipe::testing
