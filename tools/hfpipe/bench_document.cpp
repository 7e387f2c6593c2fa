#include "tools/hfpipe/bench_document.hpp"

#include <array>
#include <cstdio>
#include <ostream>

#include "tools/hfpipe/amount_text.hpp"
#include "tools/hfpipe/json_members.hpp"
#include "tools/hfpipe/result_summary.hpp"

namespace hfpipe::cli {

namespace {

namespace json = boost::json;

constexpr double million = 1e6;
constexpr double billion = 1e9;

double rate_of(const end_speed& speed) {
  const double took = in_seconds(speed.result.took);
  return took > 0 ? static_cast<double>(speed.result.bytes.value()) / took : 0;
}

double cpu_for_a_billion(const end_speed& speed) {
  const auto bytes = static_cast<double>(speed.result.bytes.value());
  return bytes > 0 ? speed.cpu_seconds * billion / bytes : 0;
}

std::string formatted(const char* format, double number) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

/// `412.3 MB/s`: what lines and disks are sold by.
std::string speed_text(double per_second) {
  return per_second < billion ? formatted("%.1f MB/s", per_second / million)
                              : formatted("%.2f GB/s", per_second / billion);
}

std::string wait_text(duration span) {
  return formatted("%.0f ms", in_seconds(span) * 1000);
}

// ---- for programs --------------------------------------------------------------------------------------------------

void write_local(std::ostream& out, const local_speed& local) {
  json_members all(out);
  all.add("bytes_per_second", static_cast<std::uint64_t>(local.one_thread));
  all.add("threads", local.threads);
  all.add("bytes_per_second_of_all_threads", static_cast<std::uint64_t>(local.all_threads));
  all.close();
}

void write_end(std::ostream& out, const end_speed& speed) {
  json_members all(out);
  all.add("bytes_per_second", static_cast<std::uint64_t>(rate_of(speed)));
  all.add("bytes", speed.result.bytes.value());
  all.add_seconds("seconds", in_seconds(speed.result.took));
  all.add("objects", speed.result.objects);
  all.add("requests", speed.requests);
  all.add_seconds("cpu_seconds", speed.cpu_seconds);
  all.add_seconds("cpu_seconds_per_gb", cpu_for_a_billion(speed));
  if (const auto& waits = speed.first_bytes) {
    json_members first(all.key("first_byte_seconds"));
    first.add_seconds("least", in_seconds(waits->least));
    first.add_seconds("median", in_seconds(waits->median));
    first.add_seconds("most", in_seconds(waits->most));
    first.close();
  } else {
    all.add("first_byte_seconds", nullptr);
  }
  all.add("retries", speed.result.retries);
  all.close();
}

void add_end(json_members& all, std::string_view name, const std::optional<end_speed>& speed) {
  if (!speed) return all.add(name, nullptr);
  write_end(all.key(name), *speed);
}

// ---- for people ----------------------------------------------------------------------------------------------------

std::string local_line(const local_speed& local) {
  std::string text = "  machine  " + speed_text(local.one_thread) + " on one thread";
  if (local.threads > 1) text += ", " + speed_text(local.all_threads) + " on " + std::to_string(local.threads);
  return text + ": TLS in, SHA-256, TLS out, in memory\n";
}

std::string end_lines(const std::string& name, const end_speed& speed, const std::string& where) {
  const auto& result = speed.result;
  std::string text = "  " + name + speed_text(rate_of(speed)) + ", " +
                     formatted("%.2f CPU s/GB", cpu_for_a_billion(speed)) + "  " + where + "\n           " +
                     to_text(result.bytes) + " in " + formatted("%.1f s", in_seconds(result.took)) + ", " +
                     counted(result.objects, "object") + " whole and proven, " + counted(speed.requests, "request");
  if (result.retries != 0) text += ", retried " + counted(result.retries, "time");
  text += "\n";
  if (const auto& waits = speed.first_bytes) {
    text += "           first byte after " + wait_text(waits->median) + " (" + wait_text(waits->least) + " to " +
            wait_text(waits->most) + ")\n";
  }
  return text;
}

}  // namespace

void write_document(std::ostream& out, const bench_report& report) {
  const bench_result& result = report.result;
  json_members all(out);
  add_head(all, report, result.error);
  if (result.local) {
    write_local(all.key("local"), *result.local);
  } else {
    all.add("local", nullptr);
  }
  add_end(all, "read", result.read);
  add_end(all, "write", result.written);
  add_figures(all, report);
  all.close();
  out << '\n' << std::flush;
}

std::string summary_of(const bench_report& report) {
  const bench_result& result = report.result;
  std::string text = result.error ? "not measured to the end\n" : "measured\n";
  if (result.local) text += local_line(*result.local);
  if (result.read) text += end_lines("read     ", *result.read, "from " + report.source);
  if (result.written) {
    text += end_lines("write    ", *result.written, "to " + report.target);
    text += "           what was stored stays there until that repository is deleted\n";
  }
  return text + "  took     " + resources_text(report, 0) + "\n";
}

}  // namespace hfpipe::cli
