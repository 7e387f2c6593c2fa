#include "protocol/git/kept_chains.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "protocol/digest.hpp"

namespace hfpipe::git {

namespace {

/// Of the store, so much for links, and so much for the offsets that a second walk looks for.
constexpr std::uint64_t links_share = 4;
constexpr std::uint64_t aim_share = 8;

}  // namespace

kept_chains::kept_chains(object_format format, object_type candidates, chain_limits limits)
    : format_(format),
      candidates_(candidates),
      limits_(limits),
      chains_(limits.chain),
      links_(limits.remembers ? limits.store / links_share : byte_count()) {}

outcome<void> kept_chains::meet_delta(delta_base how, inflater& zlib) {
  if (keeping_ != keeping::undecided) return {};
  keeping_ = how == delta_base::offset ? keeping::candidates : keeping::everything;
  if (keeping_ == keeping::candidates) {
    kept_.keep_only(candidates_);
    return {};
  }
  const auto named = name_all(zlib);
  return named ? outcome<void>() : named.error();
}

object_type kept_chains::type_of(const git_oid& base) const {
  const kept_entry* const found = kept_.find(base);
  return found == nullptr ? object_type::unknown : found->type;
}

void kept_chains::link(std::uint64_t offset, std::uint64_t base_offset) {
  if (limits_.remembers) links_.add(offset, base_offset);
}

outcome<bool> kept_chains::keep(std::uint64_t offset, const pack_entry& entry, object_type type,
                                std::uint64_t result_size, std::span<const std::byte> zlib_stream, inflater& zlib) {
  if (result_size >= limits_.largest) return false;
  kept_.add(offset, entry, type, result_size, zlib_stream);
  if (keeping_ != keeping::everything) return true;
  if (const auto named = name(offset, zlib); !named) return named.error();
  return true;
}

void kept_chains::shrink_beside(byte_count others) {
  kept_.shrink_to(limits_.store - std::min(limits_.store, others + links_.held()));
}

/// Whether it could be named: its base is there.
outcome<bool> kept_chains::name(std::uint64_t offset, inflater& zlib) {
  const auto object = chains_.rebuild(kept_, zlib, offset);
  if (!object) return object.error();
  if (object->how != rebuilt_object::ending::whole) return false;
  const std::string header = std::string(to_text(object->type)) + ' ' + std::to_string(object->content.size());
  digest hash = digest::of(format_);
  hash.update(std::as_bytes(std::span(header.c_str(), header.size() + 1)));
  hash.update(object->content);
  kept_.name(*kept_.find(offset), git_oid::from_raw(hash.finish()), object->type);
  return true;
}

/// Whether one could.
outcome<bool> kept_chains::name_all(inflater& zlib) {
  bool any = false;
  for (const kept_entry* next = kept_.next_unnamed(0); next != nullptr; next = kept_.next_unnamed(next->offset + 1)) {
    const auto named = name(next->offset, zlib);
    if (!named) return named.error();
    any = any || *named;
  }
  return any;
}

outcome<std::optional<std::span<const std::byte>>> kept_chains::make(std::uint64_t offset, bool last, inflater& zlib) {
  using content = std::optional<std::span<const std::byte>>;
  const auto object = chains_.rebuild(kept_, zlib, offset);
  if (!object) return object.error();
  if (object->how == rebuilt_object::ending::whole) {
    return object->type == candidates_ ? content(object->content) : content();
  }
  const bool may_wait = !last && pending_.size() < limits_.largest / (2 * sizeof(offset));
  if (object->how == rebuilt_object::ending::base_awaited && may_wait) {
    pending_.push_back(offset);
  } else {
    miss(offset);
  }
  return content();
}

outcome<std::vector<std::uint64_t>> kept_chains::take_pending(inflater& zlib) {
  // What is named may be the base of another.
  for (bool any = !pending_.empty(); any;) {
    const auto named = name_all(zlib);
    if (!named) return named.error();
    any = *named;
  }
  return std::exchange(pending_, {});
}

void kept_chains::miss(std::uint64_t offset) {
  ++unresolved_;
  const std::uint64_t most = limits_.store.value() / aim_share / sizeof(offset) / 4;
  if (limits_.remembers && missed_.size() < most) missed_.push_back(offset);
}

std::optional<missed_chains> kept_chains::missed() {
  kept_ = {};
  // Of deltas by oid no links are known.
  if (!limits_.remembers || missed_.size() != unresolved_ || keeping_ == keeping::everything) return std::nullopt;
  auto entries = links_.chains_of(missed_, limits_.store.as_size() / aim_share / sizeof(std::uint64_t));
  if (!entries) return std::nullopt;
  return missed_chains{missed_, std::move(*entries)};
}

byte_count kept_chains::held() const {
  return kept_.held() + links_.held() + chains_.held() +
         byte_count((pending_.capacity() + missed_.capacity()) * sizeof(std::uint64_t));
}

}  // namespace hfpipe::git
