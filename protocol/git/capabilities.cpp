#include "protocol/git/capabilities.hpp"

#include <algorithm>

#include "protocol/git/pkt_line.hpp"

namespace hfpipe::git {

namespace {

std::string_view name_of(std::string_view capability) {
  return capability.substr(0, capability.find('='));
}

std::string_view value_of(std::string_view capability) {
  const auto equals = capability.find('=');
  return equals == std::string_view::npos ? std::string_view() : capability.substr(equals + 1);
}

/// Calls `visit` with each word of `text`.
template <class Visit>
void for_each_word(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const auto space = std::min(text.find(' '), text.size());
    if (space > 0) visit(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
}

}  // namespace

outcome<void> capabilities::add(std::string_view capability) {
  size_ += capability.size() + 1;
  if (size_ > size_limit) return failure(errc::limit_exceeded).detail("capabilities of more than 64 KiB");
  all_.emplace_back(capability);
  return {};
}

outcome<void> capabilities::add_list(std::string_view line) {
  outcome<void> result;
  for_each_word(line, [&](std::string_view word) {
    if (result.has_value()) result = add(word);
  });
  return result;
}

bool capabilities::has(std::string_view name) const {
  return value(name).has_value();
}

std::optional<std::string_view> capabilities::value(std::string_view name) const {
  const auto all = values(name);
  if (all.empty()) return std::nullopt;
  return all.front();
}

std::vector<std::string_view> capabilities::values(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const auto& capability : all_) {
    if (name_of(capability) == name) found.push_back(value_of(capability));
  }
  return found;
}

bool capabilities::has_feature(std::string_view name, std::string_view feature) const {
  bool found = false;
  for (const auto value : values(name)) {
    for_each_word(value, [&](std::string_view word) { found = found || word == feature; });
  }
  return found;
}

outcome<object_format> capabilities::format() const {
  const auto named = value("object-format");
  for (const auto known : {object_format::sha1, object_format::sha256}) {
    if (!named ? known == object_format::sha1 : *named == to_text(known)) return known;
  }
  return failure(errc::bad_advertisement).detail("object-format=" + clean_server_text(*named, 80));
}

std::string begin_v2_command(std::string_view command, const capabilities& can) {
  std::string request;
  append_text_line(request, "command=" + std::string(command));
  if (can.has("agent")) append_text_line(request, agent_capability);
  if (const auto format = can.value("object-format"))
    append_text_line(request, "object-format=" + std::string(*format));
  append_delim(request);
  return request;
}

}  // namespace hfpipe::git
