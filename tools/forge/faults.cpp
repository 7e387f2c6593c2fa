#include "tools/forge/faults.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace hfpipe::forge {

namespace json = boost::json;

namespace {

struct fault_name {
  std::string_view name;
  std::string_view does;
};

// The names that POST /_forge/faults takes.
constexpr std::array fault_names{
    fault_name{"blob_corrupt_byte", "flips the object's byte `at` (0); waits for a range that holds it"},
    fault_name{"blob_short", "leaves out the last `at` (1) bytes of the body, rightly framed"},
    fault_name{"blob_long", "adds `at` (1) bytes to the body, rightly framed"},
    fault_name{"blob_cut", "closes the socket after `at` (0) bytes of the body"},
    fault_name{"blob_wrong_range", "206 that starts `at` (1) bytes later than asked, or earlier at the end"},
    fault_name{"blob_ignore_range", "200 with the whole object although a range was asked for"},
    fault_name{"blob_capped_range", "206 of at most `at` (65536) bytes, whatever was asked for"},
    fault_name{"blob_status", "`status` (503) instead of the object"},
    fault_name{"batch_garbage_json", "200 with half a JSON document"},
    fault_name{"batch_empty_200", "200 with nothing"},
    fault_name{"batch_status", "`status` (503) instead of the batch reply"},
    fault_name{"batch_omit_object", "the object is not in the reply"},
    fault_name{"batch_object_error", "the object has an error with the code `status` (404) instead of actions"},
    fault_name{"upload_status", "`status` (503) before the body of the upload is read"},
    fault_name{"upload_cut", "closes the socket after `at` (0) bytes of the upload"},
    fault_name{"part_status", "`status` (403) before the body of a part is read"},
    fault_name{"part_cut", "closes the socket after `at` (0) bytes of a part"},
    fault_name{"part_etag", "answers a part with another ETag than its own"},
    fault_name{"commit_status", "`status` (503) instead of joining the parts"},
    fault_name{"verify_status", "`status` (404) instead of the verification"},
    fault_name{"info_refs_html", "200 with a page instead of the ref advertisement"},
    fault_name{"git_status", "`status` (503) instead of any Git answer"},
    fault_name{"git_empty_200", "200 with nothing instead of upload-pack's answer"},
    fault_name{"push_status", "`status` (403) to a push before its body is read"},
    fault_name{"pack_corrupt_byte", "flips byte `at` (0) of the pack that is fetched"},
    fault_name{"pack_cut", "closes the socket before byte `at` (0) of the pack"},
    fault_name{"pack_early_end", "ends the answer properly before byte `at` (0) of the pack"},
    fault_name{"slow", "moves `rate` (65536) bytes a second on the connection: objects, uploads, packs"},
    fault_name{"stall", "stops after `at` (0) bytes and waits for the other side to give up: the same"},
};

std::uint64_t number(const json::value& value) {
  return value.to_number<std::uint64_t>();
}

std::string text(const json::value& value) {
  return json::value_to<std::string>(value);
}

void set_match(fault_rule& rule, const json::object& match) {
  for (const auto& [key, value] : match) {
    if (key == "oid") {
      rule.oid = text(value);
    } else if (key == "path") {
      rule.path = text(value);
    } else if (key == "method") {
      rule.method = text(value);
    } else {
      throw failed(failure(errc::bad_option).detail("no such match: " + std::string(key)));
    }
  }
}

void set_member(fault_rule& rule, std::string_view key, const json::value& value) {
  if (key == "fault") {
    rule.name = text(value);
  } else if (key == "times") {
    rule.times = value.to_number<std::int64_t>();
  } else if (key == "skip") {
    rule.skip = number(value);
  } else if (key == "match") {
    set_match(rule, value.as_object());
  } else if (key == "at") {
    rule.at = number(value);
  } else if (key == "status") {
    rule.status = value.to_number<int>();
  } else if (key == "rate") {
    rule.rate = std::max<std::uint64_t>(1, number(value));
  } else if (key == "message") {
    rule.message = text(value);
  } else if (key == "headers") {
    for (const auto& [name, field] : value.as_object()) rule.headers.emplace(name, text(field));
  } else {
    throw failed(failure(errc::bad_option).detail("no such member: " + std::string(key)));
  }
}

bool fits(const fault_rule& rule, std::string_view name, const fault_subject& subject) {
  if (rule.name != name || rule.times == 0) return false;
  if (!rule.oid.empty() && rule.oid != subject.oid) return false;
  if (!rule.method.empty() && rule.method != subject.method) return false;
  if (subject.target.find(rule.path) == std::string_view::npos) return false;
  const std::uint64_t at = rule.at.value_or(subject.first.value_or(0));
  return at >= subject.first.value_or(0) && (!subject.end || at < *subject.end);
}

}  // namespace

outcome<void> fault_board::add(const json::value& asked) {
  fault_rule rule;
  try {
    for (const auto& [key, value] : asked.as_object()) set_member(rule, key, value);
  } catch (const failed& unknown) {
    return unknown.why();
  } catch (const std::exception& wrong_kind) {
    return failure(errc::bad_option).detail(wrong_kind.what());
  }
  if (std::ranges::find(fault_names, std::string_view(rule.name), &fault_name::name) == fault_names.end()) {
    return failure(errc::bad_option).detail("no such fault: " + rule.name);
  }
  const std::lock_guard lock(guard_);
  rules_.push_back(std::move(rule));
  return {};
}

void fault_board::clear() {
  const std::lock_guard lock(guard_);
  rules_.clear();
}

json::value fault_board::show() const {
  const std::lock_guard lock(guard_);
  json::array rules;
  for (const fault_rule& rule : rules_) {
    rules.push_back({{"fault", rule.name}, {"times_left", rule.times}, {"oid", rule.oid}, {"hits", rule.hits}});
  }
  json::object hits;
  for (const auto& [name, count] : hits_) hits[name] = count;
  return json::object{{"rules", std::move(rules)}, {"hits", std::move(hits)}};
}

std::optional<fault_rule> fault_board::take(std::string_view name, const fault_subject& subject) {
  const std::lock_guard lock(guard_);
  for (fault_rule& rule : rules_) {
    if (!fits(rule, name, subject)) continue;
    if (rule.skip > 0) {
      --rule.skip;
      continue;
    }
    if (rule.times > 0) --rule.times;
    ++rule.hits;
    ++hits_[rule.name];
    return rule;
  }
  return std::nullopt;
}

reply status_reply(const fault_rule& rule, int default_status) {
  reply answer =
      lfs_error(rule.status.value_or(default_status), rule.message.empty() ? "a fault of the forge's" : rule.message);
  for (const auto& [name, value] : rule.headers) answer.headers[name] = value;
  return answer;
}

}  // namespace hfpipe::forge
