#include "tools/forge/faults.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace hfpipe::forge {

namespace json = boost::json;

namespace {

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
  } else if (key == "ms") {
    rule.ms = number(value);
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
  if (asked.is_object() && asked.get_object().contains("storm")) return steer(asked.get_object());
  fault_rule rule;
  try {
    for (const auto& [key, value] : asked.as_object()) set_member(rule, key, value);
  } catch (const failed& unknown) {
    return unknown.why();
  } catch (const std::exception& wrong_kind) {
    return failure(errc::bad_option).detail(wrong_kind.what());
  }
  if (find_fault_kind(rule.name) == nullptr) {
    return failure(errc::bad_option).detail("no such fault: " + rule.name);
  }
  const std::lock_guard lock(guard_);
  rules_.push_back(std::move(rule));
  return {};
}

outcome<void> fault_board::steer(const json::object& asked) {
  const json::value* const what = asked.if_contains("storm");
  const json::value* const where = asked.if_contains("repository");
  const std::lock_guard lock(guard_);
  if (!storm_) return failure(errc::bad_option).detail("no storm was let loose: --fault-rate");
  if (where == nullptr || !where->is_string() || asked.size() != 2) {
    return failure(errc::bad_option).detail("a storm is told of one repository");
  }
  if (*what == "renew") {
    storm_->renew(text(*where));
  } else if (*what == "spare") {
    storm_->spare(text(*where));
  } else {
    return failure(errc::bad_option).detail("no such turn of a storm");
  }
  return {};
}

void fault_board::clear(std::string_view path) {
  const std::lock_guard lock(guard_);
  std::erase_if(rules_, [&](const fault_rule& rule) { return path.empty() || rule.path == path; });
}

json::value fault_board::show() const {
  const std::lock_guard lock(guard_);
  json::array rules;
  for (const fault_rule& rule : rules_) {
    rules.push_back({{"fault", rule.name}, {"times_left", rule.times}, {"oid", rule.oid}, {"hits", rule.hits}});
  }
  return json::object{{"rules", std::move(rules)},
                      {"hits", json::value_from(hits_)},
                      {"objects", json::value_from(by_object_)},
                      {"repositories", json::value_from(by_repository_)}};
}

json::value fault_board::show(std::string_view repository) const {
  const std::lock_guard lock(guard_);
  const auto found = by_repository_.find(repository);
  return found == by_repository_.end() ? json::value(json::object()) : json::value_from(found->second);
}

std::optional<fault_rule> fault_board::take(std::string_view name, const fault_subject& subject) {
  const std::lock_guard lock(guard_);
  std::optional<fault_rule> taken = take_asked(name, subject);
  if (!taken && storm_) taken = take_random(name, subject);
  if (taken) count(*taken, subject);
  return taken;
}

std::optional<fault_rule> fault_board::take_asked(std::string_view name, const fault_subject& subject) {
  for (fault_rule& rule : rules_) {
    if (!fits(rule, name, subject)) continue;
    if (rule.skip > 0) {
      --rule.skip;
      continue;
    }
    if (rule.times > 0) --rule.times;
    ++rule.hits;
    return rule;
  }
  return std::nullopt;
}

std::optional<fault_rule> fault_board::take_random(std::string_view name, const fault_subject& subject) {
  const std::string_view path = subject.target.substr(0, subject.target.find('?'));
  const storm_occasion when{subject.repository, subject.oid.empty() ? path : subject.oid, subject.first, subject.end};
  const auto drawn = storm_->draw(*find_fault_kind(name), when);
  if (!drawn) return std::nullopt;
  fault_rule rule;
  rule.name = name;
  rule.at = drawn->at;
  rule.status = drawn->status;
  if (drawn->rate != 0) rule.rate = drawn->rate;
  if (drawn->ms != 0) rule.ms = drawn->ms;
  if (drawn->asks_to_wait) rule.headers.emplace("Retry-After", "1");
  return rule;
}

void fault_board::count(const fault_rule& rule, const fault_subject& subject) {
  ++hits_[rule.name];
  if (!subject.oid.empty()) ++by_object_[std::string(subject.oid)][rule.name];
  if (!subject.repository.empty()) ++by_repository_[std::string(subject.repository)][rule.name];
}

reply status_reply(const fault_rule& rule, int default_status) {
  reply answer =
      lfs_error(rule.status.value_or(default_status), rule.message.empty() ? "a fault of the forge's" : rule.message);
  for (const auto& [name, value] : rule.headers) answer.headers[name] = value;
  return answer;
}

}  // namespace hfpipe::forge
