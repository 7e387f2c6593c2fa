#include "protocol/git/pack_walker.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "protocol/git/delta.hpp"
#include "protocol/lfs/pointer.hpp"

namespace hfpipe::git {

namespace {

/// Larger objects are not kept: git makes no delta of a target below a 32nd of its base (try_delta), so two steps above
/// a pointer end below this.
constexpr std::uint64_t keep_ceiling = 1U << 20;
/// The working buffers of one chain are three objects of the largest kept size; with the compressed bytes of the entry
/// being read, their copy and the pending list this is a quarter of the memory.
constexpr std::uint64_t keep_share = 32;
constexpr std::uint64_t working_objects = 7;
/// Inflated content in memory: covers every delta that can yield a pointer and is small enough for the CPU's cache.
constexpr std::size_t content_size = 16U << 10;
constexpr std::size_t content_head = 32;
static_assert(content_head > delta_header_limit + 2, "a delta's sizes and its first instruction stay in memory");
/// Beside the shares: content, zlib's own, the chain's list of entries.
constexpr std::uint64_t fixed_cost = content_size + inflater::footprint + (64U << 10);
/// A second walk keeps little, so what it keeps may be larger.
constexpr std::uint64_t aimed_keep_share = 8;
/// Run lists beyond this share of the store are cut; later types are then unknown, which only costs precision.
constexpr std::uint64_t runs_share = 4;
/// Rebuilding an honest pack's pointers takes about ten times its bytes.
constexpr std::uint64_t work_at_start = std::uint64_t{4} << 30;
constexpr std::uint64_t work_per_byte = 64;

std::uint64_t largest_kept(const walker_limits& limits, bool aimed) {
  if (aimed) return std::max<std::uint64_t>(limits.memory.value() / aimed_keep_share, lfs::pointer_cutoff);
  return std::clamp<std::uint64_t>(limits.memory.value() / keep_share, lfs::pointer_cutoff, keep_ceiling);
}

byte_count room_for_entries(const walker_limits& limits, std::uint64_t largest, std::uint64_t aim) {
  const std::uint64_t taken = working_objects * largest + fixed_cost + aim;
  return byte_count(limits.memory.value() - std::min(limits.memory.value(), taken));
}

failure corrupt(std::string what, std::uint64_t offset) {
  return failure(errc::pack_corrupt).detail(std::move(what) + ", entry at byte " + std::to_string(offset));
}

std::uint64_t size_of(const std::optional<missed_chains>& aim) {
  return aim ? (aim->ends.capacity() + aim->entries.capacity()) * sizeof(std::uint64_t) : 0;
}

chain_limits limits_of_chains(const walker_limits& limits, const std::optional<missed_chains>& aim) {
  const std::uint64_t largest = largest_kept(limits, aim.has_value());
  const byte_count store = room_for_entries(limits, largest, size_of(aim));
  return {store, static_cast<std::size_t>(largest), limits.chain, limits.remembers_chains && !aim};
}

}  // namespace

pack_walker::pack_walker(object_format format, walker_limits limits)
    : pack_walker(format, limits, pack_search(format), std::nullopt) {}

pack_walker::pack_walker(object_format format, walker_limits limits, missed_chains missed)
    : pack_walker(format, limits, pack_search(format), std::move(missed)) {}

pack_walker::pack_walker(object_format format, walker_limits limits, git_oid parent)
    : pack_walker(format, limits, pack_search(format, parent), std::nullopt) {}

pack_walker::pack_walker(object_format format, walker_limits limits, commit_quota quota)
    : pack_walker(format, limits, pack_search(format, quota), std::nullopt) {}

pack_walker::pack_walker(object_format format, walker_limits limits, pack_search search,
                         std::optional<missed_chains> aim)
    : format_(format),
      search_(std::move(search)),
      aim_(std::move(aim)),
      keeps_(limits_of_chains(limits, aim_)),
      digest_(digest::of(format)),
      types_(keeps_.store / runs_share),
      chains_(format, search_.candidates(), keeps_),
      content_(content_size + 1) {
  chains_.allow(work_at_start);
}

outcome<void> pack_walker::feed(std::span<const std::byte> bytes) {
  if (broken_) return *broken_;
  chains_.allow(work_per_byte * bytes.size());
  auto walked = walk_all(bytes);
  if (!walked) broken_ = walked.error();
  return walked;
}

outcome<void> pack_walker::walk_all(std::span<const std::byte> bytes) {
  std::span<const std::byte> rest = bytes;
  while (!rest.empty() && phase_ != phase::trailer && phase_ != phase::complete) {
    const std::size_t before = rest.size();
    if (auto walked = walk(rest); !walked) return walked;
    position_ += before - rest.size();
  }
  digest_.update(bytes.first(bytes.size() - rest.size()));
  return rest.empty() ? outcome<void>() : read_trailer(rest);
}

outcome<void> pack_walker::walk(std::span<const std::byte>& rest) {
  if (phase_ == phase::pack_header) return read_pack_header(rest);
  return phase_ == phase::entry_header ? read_entry_header(rest) : read_entry_data(rest);
}

bool pack_walker::gather(std::span<const std::byte>& rest, std::size_t wanted) {
  const std::size_t taken = std::min(wanted - head_size_, rest.size());
  std::ranges::copy(rest.first(taken), head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
  head_size_ += taken;
  rest = rest.subspan(taken);
  return head_size_ == wanted;
}

outcome<void> pack_walker::read_pack_header(std::span<const std::byte>& rest) {
  if (!gather(rest, pack_header::size)) return {};
  head_size_ = 0;
  const auto header = decode_pack_header(std::span(head_).first<pack_header::size>());
  if (!header) return header.error();
  objects_total_ = header->objects;
  return next_entry();
}

outcome<void> pack_walker::next_entry() {
  phase_ = objects_walked_ < objects_total_ ? phase::entry_header : phase::trailer;
  return phase_ == phase::trailer ? look_at_pending() : outcome<void>();
}

outcome<void> pack_walker::read_entry_header(std::span<const std::byte>& rest) {
  const std::size_t earlier = head_size_;
  const std::span<const std::byte> here = rest;
  gather(rest, head_.size());
  const auto entry = decode_pack_entry(std::span(head_).first(head_size_), format_);
  if (!entry) return corrupt(entry.error().detail(), position_ - earlier);
  if (!*entry) return {};
  head_size_ = 0;
  entry_ = **entry;
  offset_ = position_ - earlier;
  rest = here.subspan(entry_.header_size - earlier);
  return begin_entry();
}

outcome<void> pack_walker::begin_entry() {
  const auto type = type_of_entry();
  if (!type) return type.error();
  type_ = *type;
  types_.add(offset_, type_);
  inflated_ = 0;
  compressed_.clear();
  untouched_ = true;
  zlib_.restart();
  worth_keeping_ = is_worth_keeping();
  if (entry_.base == delta_base::offset && chains_.may_be_candidate(type_)) {
    chains_.link(offset_, offset_ - entry_.distance);
  }
  phase_ = phase::entry_data;
  return {};
}

bool pack_walker::is_worth_keeping() const {
  if (entry_.inflated_size >= keeps_.largest) return false;
  if (aim_) return std::ranges::binary_search(aim_->entries, offset_);
  return chains_.takes(type_);
}

outcome<object_type> pack_walker::type_of_entry() {
  if (entry_.base == delta_base::none) return entry_.type;
  if (const auto met = chains_.meet_delta(entry_.base, zlib_); !met) return met.error();
  if (entry_.base == delta_base::oid) return chains_.type_of(*entry_.base_oid);
  if (entry_.distance == 0 || entry_.distance > offset_ - pack_header::size) {
    return corrupt("a delta's base is not in the pack", offset_);
  }
  return types_.at(offset_ - entry_.distance);
}

std::span<std::byte> pack_walker::room_for_content() {
  // A small object ends up contiguous. Of a larger one the head stays and the rest is overwritten in turns.
  std::uint64_t at = inflated_;
  if (at >= content_size) at = content_head + (at - content_head) % (content_size - content_head);
  const std::uint64_t left = entry_.inflated_size - inflated_;
  const std::uint64_t room = content_size - at;
  // One byte more than the declared size shows an object that is larger than it says, and zlib the stream's end.
  return std::span(content_).subspan(at, left < room ? left + 1 : room);
}

outcome<void> pack_walker::read_entry_data(std::span<const std::byte>& rest) {
  const std::span<const std::byte> here = rest;
  bool may_be_whole = std::exchange(untouched_, false) && entry_.inflated_size <= content_size;
  while (true) {
    const std::span<std::byte> room = room_for_content();
    std::optional<inflater::step> step;
    if (std::exchange(may_be_whole, false)) step = zlib_.inflate_whole(rest, room);
    if (!step) step = zlib_.inflate(rest, room);
    if (!step) return corrupt("broken zlib stream", offset_);
    rest = rest.subspan(step->consumed);
    inflated_ += step->produced;
    if (inflated_ > entry_.inflated_size) return corrupt("larger than it says", offset_);
    if (step->ended) break;
    if (rest.empty() && step->produced < room.size()) {
      remember(here);
      return {};
    }
    if (step->consumed == 0 && step->produced == 0) return corrupt("broken zlib stream", offset_);
  }
  if (inflated_ != entry_.inflated_size) return corrupt("smaller than it says", offset_);
  const std::span<const std::byte> used = here.first(here.size() - rest.size());
  if (compressed_.empty()) return end_entry(used);
  remember(used);
  return end_entry(compressed_);
}

std::size_t pack_walker::most_compressed() const {
  // Deflate expands by less than this unless made to; padding shall not fill the store.
  return static_cast<std::size_t>(entry_.inflated_size + entry_.inflated_size / 8) + 64;
}

void pack_walker::remember(std::span<const std::byte> zlib_stream) {
  if (!worth_keeping_) return;
  if (zlib_stream.size() > most_compressed() - compressed_.size()) {
    worth_keeping_ = false;
    return;
  }
  compressed_.reserve(most_compressed());  // exactly: doubling would take more than the share set aside
  compressed_.insert(compressed_.end(), zlib_stream.begin(), zlib_stream.end());
}

outcome<void> pack_walker::end_entry(std::span<const std::byte> zlib_stream) {
  if (entry_.base != delta_base::none) {
    if (const auto ended = end_delta(zlib_stream); !ended) return ended;
  } else {
    if (!aim_) look_at_entry();
    if (const auto kept = keep(inflated_, zlib_stream); !kept) return kept.error();
  }
  chains_.shrink_beside(types_.held());
  ++objects_walked_;
  return next_entry();
}

/// Of what is larger than content_size only the head is in memory.
void pack_walker::look_at_entry() {
  const bool is_candidate = type_ == search_.candidates() && search_.fits(inflated_);
  if (inflated_ > content_size) {
    if (is_candidate) chains_.give_up();
    return;
  }
  const std::span<const std::byte> content = std::span(content_).first(inflated_);
  if (is_candidate) search_.look_at(content);
  if (type_ == object_type::blob) search_.look_for_server(content);
}

outcome<void> pack_walker::end_delta(std::span<const std::byte> zlib_stream) {
  const auto head = std::span(content_).first(std::min<std::uint64_t>(inflated_, content_head));
  const auto header = decode_delta_header(head);
  if (!header) return corrupt(header.error().detail(), offset_);
  const auto kept = keep(header->result_size, zlib_stream);
  if (!kept) return kept.error();
  if (!chains_.may_be_candidate(type_) || !search_.fits(header->result_size)) return {};
  const auto first = first_inserted_byte(head);
  if (first && !search_.may_begin(*first)) return {};
  if (aim_ && !std::ranges::binary_search(aim_->ends, offset_)) return {};
  if (*kept) return look_at_delta(offset_);
  chains_.miss(offset_);
  return {};
}

outcome<bool> pack_walker::keep(std::uint64_t result_size, std::span<const std::byte> zlib_stream) {
  if (!worth_keeping_ || zlib_stream.size() > most_compressed()) return false;
  return chains_.keep(offset_, entry_, type_, result_size, zlib_stream, zlib_);
}

outcome<void> pack_walker::look_at_delta(std::uint64_t offset) {
  const auto made = chains_.make(offset, phase_ == phase::trailer, zlib_);
  if (!made) return made.error();
  if (*made) search_.look_at(**made);
  return {};
}

outcome<void> pack_walker::look_at_pending() {
  const auto pending = chains_.take_pending(zlib_);
  if (!pending) return pending.error();
  for (const std::uint64_t offset : *pending) {
    if (const auto looked = look_at_delta(offset); !looked) return looked;
  }
  return {};
}

outcome<void> pack_walker::read_trailer(std::span<const std::byte>& rest) {
  const std::size_t before = rest.size();
  if (phase_ == phase::trailer && gather(rest, raw_size(format_))) {
    if (!std::ranges::equal(std::span(head_).first(head_size_), digest_.finish())) {
      return failure(errc::pack_corrupt).detail("its checksum is wrong");
    }
    checksum_ = git_oid::from_raw(std::span(head_).first(head_size_));
    phase_ = phase::complete;
  }
  position_ += before - rest.size();
  if (!rest.empty()) return failure(errc::pack_corrupt).detail("it goes on after its end");
  return {};
}

pack_progress pack_walker::progress() const {
  return {objects_walked_, objects_total_, byte_count(position_)};
}

outcome<pack_summary> pack_walker::finish() {
  if (broken_) return *broken_;
  if (!is_complete()) {
    return failure(errc::pack_truncated)
        .detail("after " + std::to_string(objects_walked_) + " of " + std::to_string(objects_total_) + " objects");
  }
  return pack_summary{objects_walked_, byte_count(position_), chains_.unresolved(), checksum_};
}

byte_count pack_walker::retained() const {
  return types_.held() + chains_.held() + byte_count(size_of(aim_)) +
         byte_count(content_.capacity() + inflater::footprint + compressed_.capacity());
}

}  // namespace hfpipe::git
