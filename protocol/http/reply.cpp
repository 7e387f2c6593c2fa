#include "protocol/http/reply.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>

#include "protocol/http/url.hpp"

namespace hfpipe::http {

namespace {

namespace json = boost::json;
using std::chrono::seconds;

/// Longer waits are a person's decision, not a program's.
constexpr seconds longest_wait = std::chrono::hours(1);

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What stands before `mark`; `text` keeps what stands behind it (nothing, when there is no mark).
std::string_view cut(std::string_view& text, char mark) {
  const std::size_t at = std::min(text.find(mark), text.size());
  const std::string_view before = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return before;
}

/// All of `text`, digits only.
template <class T>
std::optional<T> whole_number(std::string_view text) {
  T number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty() || text.front() == '-') return {};
  return number;
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`: the one form that RFC 9110 lets servers send today.
std::optional<std::chrono::sys_seconds> http_date(std::string_view text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(25) != " GMT" || text[19] != ':' || text[22] != ':') return {};
  const auto day = whole_number<unsigned>(text.substr(5, 2));
  const std::size_t month = months.find(text.substr(8, 3));
  const auto year = whole_number<int>(text.substr(12, 4));
  const auto hour = whole_number<int>(text.substr(17, 2));
  const auto minute = whole_number<int>(text.substr(20, 2));
  const auto second = whole_number<int>(text.substr(23, 2));
  if (!day || month == months.npos || month % 3 != 0 || !year || !hour || !minute || !second) return {};
  const std::chrono::year_month_day date(
      std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(month / 3 + 1)), std::chrono::day(*day));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return {};
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(*second);
}

std::optional<seconds> retry_after(std::string_view value, std::chrono::system_clock::time_point now) {
  value = trimmed(value);
  if (!value.empty() && value.find_first_not_of("0123456789") == value.npos) {
    const auto wait = whole_number<std::uint32_t>(value);
    return wait ? seconds(*wait) : longest_wait;  // digits that do not fit are a long wait all the same
  }
  const auto date = http_date(value);
  if (!date) return {};
  const auto wait = std::chrono::ceil<seconds>(*date - std::chrono::floor<seconds>(now));
  return std::max(wait, seconds(0));
}

/// `"api";r=0;t=55`, perhaps several, comma separated. The hub sends it with every reply: only r=0 means wait.
std::optional<seconds> rate_limit(std::string_view value) {
  std::optional<seconds> longest;
  while (!value.empty()) {
    std::string_view policy = cut(value, ',');
    std::optional<std::uint32_t> remaining, reset;
    while (!policy.empty()) {
      std::string_view parameter = trimmed(cut(policy, ';'));
      const std::string_view name = cut(parameter, '=');
      if (name == "r") remaining = whole_number<std::uint32_t>(parameter);
      if (name == "t") reset = whole_number<std::uint32_t>(parameter);
    }
    if (remaining == 0U && reset) longest = std::max(longest.value_or(seconds(0)), seconds(*reset));
  }
  return longest;
}

/// The older pair, `RateLimit-Remaining: 0` and `RateLimit-Reset: 55`. GitLab writes a time of the clock there: what is
/// beyond a billion is one.
std::optional<seconds> rate_limit_pair(const reply_head& head, std::chrono::system_clock::time_point now) {
  constexpr std::int64_t first_clock_time = 1'000'000'000;
  const auto remaining = whole_number<std::uint32_t>(trimmed(head.header("RateLimit-Remaining").value_or("")));
  const auto reset = whole_number<std::int64_t>(trimmed(head.header("RateLimit-Reset").value_or("")));
  if (remaining != 0U || !reset) return {};
  if (*reset < first_clock_time) return seconds(*reset);
  const seconds today = std::chrono::floor<seconds>(now.time_since_epoch());
  return std::max(seconds(*reset) - today, seconds(0));
}

std::string string_at(const json::object& in, std::string_view name) {
  const json::value* const found = in.if_contains(name);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

/// The message in the JSON forms that hosts use, or nothing: `message` (Git LFS, GitLab, Gitea; `Message` ModelScope),
/// `error` (the hub; some wrap a message in it), `errors[0].message`.
std::string json_message(std::string_view body) {
  json::parse_options shallow;
  shallow.max_depth = 8;  // an error message needs three levels; recursion is not the server's to choose
  boost::system::error_code broken;
  const json::value root = json::parse(body, broken, {}, shallow);
  if (broken || !root.is_object()) return {};
  const json::object& all = root.get_object();
  for (const char* name : {"message", "error", "Message"}) {
    if (std::string text = string_at(all, name); !text.empty()) return text;
  }
  const json::value* inner = all.if_contains("error");
  if (const json::value* list = all.if_contains("errors"); list && list->is_array() && !list->get_array().empty()) {
    inner = &list->get_array().front();
  }
  return inner && inner->is_object() ? string_at(inner->get_object(), "message") : std::string();
}

std::string between(std::string_view text, std::string_view opening, std::string_view closing) {
  const std::size_t start = text.find(opening);
  if (start == text.npos) return {};
  const std::size_t end = text.find(closing, start);
  if (end == text.npos) return {};
  return std::string(text.substr(start + opening.size(), end - start - opening.size()));
}

/// What the server said, fit for a message; empty when it said nothing for people.
std::string words_of(const reply_head& head, std::string_view body) {
  std::string words(head.header("X-Error-Message").value_or(""));
  body = body.substr(0, server_text_limit);
  if (words.empty()) words = json_message(body);
  if (words.empty()) {
    const std::size_t first = body.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    if (first != body.npos && body[first] != '<') {
      words = body.substr(first);
    } else {  // markup is not for people; object stores answer <Error><Code>…</Code><Message>…</Message>
      words = between(body, "<Message>", "</Message>");
      if (const std::string code = between(body, "<Code>", "</Code>"); !code.empty()) words = code + ' ' + words;
    }
  }
  return clean_server_text(words);
}

errc code_of(const reply_head& head) {
  const std::string_view named = head.header("X-Error-Code").value_or("");
  if (named == "GatedRepo") return errc::forbidden;
  if (named == "RepoNotFound" || named == "RevisionNotFound" || named == "EntryNotFound") return errc::not_found;
  switch (head.status) {
    case 401:
      return errc::unauthorized;
    case 403:
    case 507:
    case 509:
      return errc::forbidden;
    case 404:
    case 410:
      return errc::not_found;
    case 408:
      return errc::timed_out;
    case 413:
      return errc::payload_too_large;
    case 429:
      return errc::rate_limited;
    case 501:
      return errc::unexpected_status;
    default:
      break;
  }
  if (head.status >= 300 && head.status < 400) return errc::redirect_refused;
  return head.status >= 500 && head.status < 600 ? errc::server_failed : errc::unexpected_status;
}

}  // namespace

bool is_same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> reply_head::header(std::string_view name) const {
  for (const auto& [own, value] : headers) {
    if (is_same_name(own, name)) return value;
  }
  return {};
}

outcome<content_range> parse_content_range(std::string_view value) {
  const auto refuse = [&] {
    return failure(errc::bad_range_reply).detail("Content-Range: " + clean_server_text(value, 100));
  };
  std::string_view rest = trimmed(value);
  if (!is_same_name(cut(rest, ' '), "bytes")) return refuse();
  const auto first = whole_number<std::uint64_t>(cut(rest, '-'));
  const auto last = whole_number<std::uint64_t>(cut(rest, '/'));
  if (!first || !last || *first > *last) return refuse();
  if (rest == "*") return content_range{byte_count(*first), byte_count(*last), {}};
  const auto total = whole_number<std::uint64_t>(rest);
  if (!total || *last - *first >= *total) return refuse();
  return content_range{byte_count(*first), byte_count(*last), byte_count(*total)};
}

std::optional<seconds> wait_asked_for(const reply_head& head, std::chrono::system_clock::time_point now) {
  std::optional<seconds> wait;
  if (const auto value = head.header("Retry-After")) wait = retry_after(*value, now);
  if (const auto value = head.header("RateLimit"); value && !wait) wait = rate_limit(*value);
  if (!wait) wait = rate_limit_pair(head, now);
  return wait ? std::min(*wait, longest_wait) : wait;
}

failure failure_of(const reply_head& head, std::string_view body, std::chrono::system_clock::time_point now) {
  failure why(code_of(head));
  std::string seen = "HTTP " + std::to_string(head.status);
  if (why.code() == errc::redirect_refused) {
    const auto to = url::parse(head.header("Location").value_or(""));
    if (to) seen += " to " + to->shown();
  }
  if (const std::string words = words_of(head, body); !words.empty()) seen += ", server said: " + words;
  why = std::move(why).detail(std::move(seen)).http_status(head.status);
  if (head.header("X-Error-Code") == "GatedRepo") {
    why = std::move(why).hint("accept the repository's conditions on its web page, with the account of the token");
  } else if (head.status == 507 || head.status == 509) {
    why = std::move(why).hint("the account or the host is out of space or bandwidth; raise its quota");
  }
  if (const auto wait = wait_asked_for(head, now)) why = std::move(why).retry_after(*wait);
  return why;
}

}  // namespace hfpipe::http
