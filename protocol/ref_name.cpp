#include "protocol/ref_name.hpp"

#include <algorithm>

namespace hfpipe {

namespace {

/// Longest name we take: git itself stops at PATH_MAX because refs can be files.
constexpr std::size_t ref_name_limit = 4096;

/// The rule a component breaks, or empty.
std::string_view broken_rule_of_component(std::string_view part) {
  if (part.empty()) return "an empty component";
  if (part.front() == '.') return "a component that begins with a dot";
  if (part.ends_with(".lock")) return "a component that ends in .lock";
  return {};
}

/// The rule of git-check-ref-format(1) that the name breaks, or empty.
std::string_view broken_rule(std::string_view text) {
  if (!text.starts_with("refs/")) return "does not start with refs/";
  if (text.size() > ref_name_limit) return "too long";
  if (text.find("..") != text.npos) return "two dots in a row";
  if (text.find("@{") != text.npos) return "@{";
  if (text.back() == '.') return "ends with a dot";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return "a control character";
    if (std::string_view(" ~^:?*[\\").find(c) != std::string_view::npos) return "a space or one of ~^:?*[\\";
  }
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('/', start), text.size());
    if (const auto rule = broken_rule_of_component(text.substr(start, end - start)); !rule.empty()) return rule;
    start = end + 1;
  }
  return {};
}

}  // namespace

outcome<ref_name> ref_name::parse(std::string_view text) {
  if (const auto rule = broken_rule(text); !rule.empty()) {
    return failure(errc::bad_ref_name).detail("'" + clean_server_text(text, 200) + "': " + std::string(rule));
  }
  return ref_name(std::string(text));
}

const git_oid* find_ref(const ref_list& refs, const ref_name& name) {
  const auto by_name = [](const ref_entry& entry, const ref_name& wanted) { return entry.name < wanted; };
  const auto found = std::lower_bound(refs.begin(), refs.end(), name, by_name);
  return found != refs.end() && found->name == name ? &found->id : nullptr;
}

outcome<ref_list> sorted_refs(ref_list refs) {
  std::sort(refs.begin(), refs.end(), [](const ref_entry& a, const ref_entry& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(refs.begin(), refs.end(),
                                        [](const ref_entry& a, const ref_entry& b) { return a.name == b.name; });
  if (twice != refs.end()) return failure(errc::bad_advertisement).detail(twice->name.text() + " stands there twice");
  return refs;
}

}  // namespace hfpipe
