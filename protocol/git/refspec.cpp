#include "protocol/git/refspec.hpp"

#include <algorithm>
#include <utility>

namespace hfpipe::git {

namespace {

failure unusable(std::string_view text, std::string why) {
  return failure(errc::bad_refspec).detail("'" + clean_server_text(text, 200) + "': " + std::move(why));
}

bool has_star(std::string_view side) {
  return side.find('*') != std::string_view::npos;
}

/// `pattern` with its star, if it has one, replaced.
std::string filled(std::string_view pattern, std::string_view star) {
  std::string name(pattern);
  if (const auto at = name.find('*'); at != std::string::npos) name.replace(at, 1, star);
  return name;
}

/// What the star of `pattern` stands for in `name`, empty without a star; nothing when `name` does not match.
std::optional<std::string_view> star_in(std::string_view pattern, std::string_view name) {
  const auto at = pattern.find('*');
  if (at == std::string_view::npos) {
    if (name != pattern) return std::nullopt;
    return std::string_view();
  }
  const auto before = pattern.substr(0, at);
  const auto after = pattern.substr(at + 1);
  if (name.size() < before.size() + after.size()) return std::nullopt;
  if (!name.starts_with(before) || !name.ends_with(after)) return std::nullopt;
  return name.substr(before.size(), name.size() - before.size() - after.size());
}

/// The rule that one side of a refspec breaks, or empty.
std::string broken_rule(std::string_view side) {
  if (std::count(side.begin(), side.end(), '*') > 1) return "more than one *";
  if (!side.starts_with("refs/")) return "write full names: refs/heads/NAME or refs/tags/NAME";
  const auto checked = ref_name::parse(filled(side, "x"));  // any star that is not empty makes it a name
  return checked.has_error() ? checked.error().detail() : std::string();
}

}  // namespace

outcome<refspec> refspec::parse(std::string_view text) {
  refspec read;
  std::string_view rest = text;
  read.negative_ = rest.starts_with('^');
  read.forced_ = rest.starts_with('+');
  if (read.negative_ || read.forced_) rest.remove_prefix(1);
  const auto colon = rest.find(':');
  if (read.negative_ && colon != std::string_view::npos) return unusable(text, "a negative one has no target side");
  read.source_ = rest.substr(0, colon);
  read.target_ = colon == std::string_view::npos ? read.source_ : rest.substr(colon + 1);
  for (const auto& side : {read.source_, read.target_}) {
    if (auto rule = broken_rule(side); !rule.empty()) return unusable(text, std::move(rule));
  }
  if (has_star(read.source_) != has_star(read.target_)) return unusable(text, "a * on one side only");
  return read;
}

bool refspec::matches(const ref_name& source) const {
  return star_in(source_, source.text()).has_value();
}

outcome<std::optional<ref_name>> refspec::map(const ref_name& source) const {
  const auto star = star_in(source_, source.text());
  if (!star || negative_) return std::nullopt;
  auto mapped = ref_name::parse(filled(target_, *star));
  if (mapped.has_error()) {
    return unusable(text(), source.text() + " would become " + std::string(mapped.error().detail()));
  }
  return std::optional<ref_name>(std::move(*mapped));
}

std::optional<ref_name> refspec::source_of(const ref_name& target) const {
  const auto star = star_in(target_, target.text());
  if (!star || negative_) return std::nullopt;
  auto named = ref_name::parse(filled(source_, *star));
  if (named.has_error()) return std::nullopt;
  return std::move(*named);
}

std::string refspec::text() const {
  if (negative_) return '^' + source_;
  return (forced_ ? "+" : "") + source_ + ':' + target_;
}

}  // namespace hfpipe::git
