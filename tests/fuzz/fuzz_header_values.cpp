#include <string>

#include "protocol/http/reply.hpp"
#include "protocol/lfs/rfc3339.hpp"
#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"

// What stands in single headers and in error bodies. The first byte chooses which header the input is the value of:
// R Retry-After, L RateLimit, P RateLimit-Remaining: 0 with RateLimit-Reset, C Content-Range, T an action's expires_at;
// a digit: the body of a reply whose status begins with it.

using namespace hfpipe;

namespace {

/// 2026-11-28 11:00:00 UTC.
constexpr std::chrono::system_clock::time_point now{std::chrono::seconds(1'795'863'600)};

void check_wait(const std::string& name, std::string value) {
  http::reply_head head{429, {{"RateLimit-Remaining", "0"}}};
  head.headers.emplace_back(name, std::move(value));
  const auto wait = http::wait_asked_for(head, now);
  fuzz::reached(wait ? "wait" : "no_wait");
  fuzz::must(!wait || (wait->count() >= 0 && *wait <= std::chrono::hours(1)));
}

void check_range(std::string_view value) {
  const auto range = http::parse_content_range(value);
  if (!fuzz::accepted(range)) return;
  fuzz::must(range->first <= range->last);
  fuzz::must(!range->total || range->last.value() - range->first.value() < range->total->value());
}

void check_body(char first_digit, std::string_view body) {
  const http::reply_head head{(first_digit - '0') * 100 + static_cast<int>(body.size() % 30), {}};
  const auto why = http::failure_of(head, body, now);
  fuzz::reached(facts_of(why.code()).name);
  if (why.detail().find("server said: ") != std::string::npos) fuzz::reached("words");
  fuzz::must(why.detail().size() <= 4 * server_text_limit + 100);
  for (const char c : why.detail()) fuzz::must(static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view value(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0]) {
    case 'R':
      check_wait("Retry-After", std::string(value));
      break;
    case 'L':
      check_wait("RateLimit", std::string(value));
      break;
    case 'P':
      check_wait("RateLimit-Reset", std::string(value));
      break;
    case 'C':
      check_range(value);
      break;
    case 'T':
      fuzz::reached(lfs::parse_rfc3339(value) ? "time" : "no_time");
      break;
    default:
      if (data[0] >= '1' && data[0] <= '9') check_body(static_cast<char>(data[0]), value);
  }
  return 0;
}
