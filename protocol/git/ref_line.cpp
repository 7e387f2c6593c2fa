#include "protocol/git/ref_line.hpp"

#include <utility>

namespace hfpipe::git {

outcome<void> take_ref(ref_listing& into, std::string_view hex, std::string_view name) {
  const auto id = git_oid::from_hex(hex);
  if (id.has_error()) return failure(errc::bad_advertisement).detail("object id " + id.error().detail());
  if (id->format() != into.format) {
    return failure(errc::bad_advertisement).detail("an object id that is not " + std::string(to_text(into.format)));
  }
  if (name == ".have") {
    into.extra_haves.push_back(*id);
    return {};
  }
  if (!name.starts_with("refs/") || name.ends_with("^{}")) return {};
  auto checked = ref_name::parse(name);
  if (checked.has_error()) return failure(errc::bad_advertisement).detail("ref " + checked.error().detail());
  // Taken for a ref, "no object" would become a command that deletes the target's.
  if (id->is_zero()) return failure(errc::bad_advertisement).detail("ref '" + checked->text() + "' without an object");
  into.refs.push_back({std::move(*checked), *id});
  return {};
}

void take_default_branch(ref_listing& into, std::string_view target) {
  auto checked = ref_name::parse(target);
  if (checked.has_value()) into.default_branch = std::move(*checked);
}

outcome<ref_listing> sorted_listing(ref_listing listing) {
  auto sorted = sorted_refs(std::move(listing.refs));
  if (sorted.has_error()) return sorted.error();
  listing.refs = std::move(*sorted);
  return listing;
}

}  // namespace hfpipe::git
