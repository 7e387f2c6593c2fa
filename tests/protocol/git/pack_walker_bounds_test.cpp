#include <zlib.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

#include "protocol/git/delta_chains.hpp"
#include "protocol/git/pack_walker.hpp"
#include "tests/support/every_split.hpp"
#include "tests/support/pack_builder.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/walk_pack.hpp"

using namespace hfpipe;
using namespace hfpipe::literals;
using namespace hfpipe::testing;
using git::object_type;

// What the walker does when a pack is larger, deeper or nastier than its memory: it stays below the bound and counts
// what it cannot tell.

namespace pack_walker_bounds_test {

std::string pointer(std::uint64_t number) {
  return pointer_to(numbered_object(number));
}

git::walker_limits within(byte_count memory) {
  return {.memory = memory, .chain = memory / 2};
}

/// A base, `between` bytes of other blobs, then a pointer made from the base.
std::string pack_with_distant_base(std::size_t base_size, std::size_t between) {
  const std::string list = pointer(1) + noise_text(base_size, 1);
  pack_builder pack;
  const std::uint64_t base = pack.add_blob(list);
  for (std::size_t i = 0; i < between / 1000; ++i) pack.add_blob(noise_text(1000, i + 2));
  pack.add_offset_delta(base, make_delta(list, pointer(1)));
  return pack.finish();
}

/// A pointer at the end of a chain of this many deltas, each by one byte longer than its base.
std::string pack_with_chain(std::size_t deltas, std::string content) {
  pack_builder pack;
  std::uint64_t base = pack.add_blob(content);
  for (std::size_t i = 1; i < deltas; ++i) {
    base = pack.add_offset_delta(base, make_delta(content, content + 'x'));
    content += 'x';
  }
  pack.add_offset_delta(base, make_delta(content, pointer(1)));
  return pack.finish();
}

/// A zlib stream of `times` times 64 MiB of zeros, made in the time of one.
std::string zeros(std::uint64_t times) {
  constexpr std::size_t unit = 64U << 20;
  const std::string plain(unit, '\0');
  z_stream z{};
  BOOST_REQUIRE(deflateInit2(&z, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string block(unit / 100, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  z.avail_in = unit;
  z.next_out = reinterpret_cast<Bytef*>(block.data());
  z.avail_out = static_cast<uInt>(block.size());
  BOOST_REQUIRE(deflate(&z, Z_FULL_FLUSH) == Z_OK);
  block.resize(block.size() - z.avail_out);
  deflateEnd(&z);
  const uLong of_unit = adler32(1, reinterpret_cast<const Bytef*>(plain.data()), unit);
  uLong sum = 1;
  std::string stream = "\x78\x01";
  for (std::uint64_t i = 0; i < times; ++i) {
    stream += block;
    sum = adler32_combine(sum, of_unit, unit);
  }
  stream += std::string("\x03\x00", 2);  // an empty last block
  for (int shift = 24; shift >= 0; shift -= 8) stream += static_cast<char>(sum >> shift & 0xff);
  return stream;
}

}  // namespace pack_walker_bounds_test

BOOST_AUTO_TEST_SUITE(pack_walker_bounds_test)

BOOST_AUTO_TEST_CASE(a_base_that_had_to_go_is_counted_and_its_pointer_not_guessed) {
  const pack_walk walk = walk_pack(pack_with_distant_base(5000, 2'000'000), object_format::sha1, within(1_MiB));

  BOOST_TEST(walk.found.empty());
  BOOST_TEST(walk.end.value().unresolved == 1U);
}

BOOST_AUTO_TEST_CASE(with_more_memory_the_same_pack_is_exact) {
  const pack_walk walk = walk_pack(pack_with_distant_base(5000, 2'000'000), object_format::sha1, within(8_MiB));

  BOOST_TEST(walk.found.size() == 1U);
  BOOST_TEST(walk.end.value().unresolved == 0U);
}

BOOST_AUTO_TEST_CASE(a_small_base_outlives_larger_blobs_that_come_later) {
  const std::string list = pointer(1) + noise_text(300, 1);
  pack_builder pack;
  const std::uint64_t base = pack.add_blob(list);
  for (std::uint64_t i = 0; i < 400; ++i) pack.add_blob(noise_text(8000, i + 2));
  pack.add_offset_delta(base, make_delta(list, pointer(1)));

  const pack_walk walk = walk_pack(pack.finish(), object_format::sha1, within(1_MiB));

  BOOST_TEST(walk.end.value().unresolved == 0U);
}

BOOST_AUTO_TEST_CASE(a_base_too_large_to_keep_is_counted) {
  const pack_walk walk = walk_pack(pack_with_distant_base(2'000'000, 0));

  BOOST_TEST(walk.found.empty());
  BOOST_TEST(walk.end.value().unresolved == 1U);
}

BOOST_AUTO_TEST_CASE(a_chain_beyond_the_byte_limit_is_counted) {
  const std::string pack = pack_with_chain(20, noise_text(10'000, 1));

  BOOST_TEST(walk_pack(pack, object_format::sha1, {.memory = 32_MiB, .chain = 100_KiB}).end.value().unresolved == 1U);
  BOOST_TEST(walk_pack(pack, object_format::sha1, {.memory = 32_MiB, .chain = 300_KiB}).end.value().unresolved == 0U);
}

BOOST_AUTO_TEST_CASE(a_chain_as_deep_as_git_makes_them_is_resolved_and_a_deeper_one_counted) {
  // Too long to be candidates themselves, so that each chain is walked once.
  const std::string base(1100, 'a');
  const git::walker_limits limits{.memory = 32_MiB, .chain = 1_GiB};

  const pack_walk deep =
      walk_pack(pack_with_chain(git::delta_chains::depth_limit - 1, base), object_format::sha1, limits);
  const pack_walk deeper =
      walk_pack(pack_with_chain(git::delta_chains::depth_limit, base), object_format::sha1, limits);

  BOOST_TEST(deep.end.value().unresolved == 0U);
  BOOST_TEST(deep.found.size() == 1U);
  BOOST_TEST(deeper.end.value().unresolved == 1U);
}

BOOST_AUTO_TEST_CASE(memory_stays_below_the_limit_whatever_comes) {
  for (const byte_count memory : {256_KiB, 1_MiB, 4_MiB}) {
    for (const bool by_oid : {false, true}) {
      std::mt19937_64 random(memory.value());
      pack_builder pack;
      std::vector<std::pair<std::uint64_t, std::string>> blobs;
      for (std::uint64_t i = 0; i < 1500; ++i) {
        const std::string content = noise_text(random() % (random() % 8 == 0 ? 60'000 : 900), i);
        const bool deltas = !blobs.empty() && random() % 2 == 0;
        const auto& [base, text] = deltas ? blobs[random() % blobs.size()] : std::pair<std::uint64_t, std::string>();
        const std::string delta = deltas ? make_delta(text, pointer(i)) : "";
        if (deltas && by_oid) {
          pack.add_oid_delta(object_id(object_format::sha1, object_type::blob, text), delta);
        } else if (deltas) {
          pack.add_offset_delta(base, delta);
        } else {
          blobs.emplace_back(pack.add(i % 3 == 0 ? object_type::tree : object_type::blob, content), content);
        }
      }

      const pack_walk walk = walk_pack(pack.finish(), 1000, 1, object_format::sha1, within(memory));

      BOOST_TEST_CONTEXT(to_text(memory) << (by_oid ? " by oid" : " by offset")) {
        BOOST_TEST(walk.end.has_value());
        BOOST_TEST(walk.most_retained.value() <= memory.value());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(alternating_types_do_not_fill_the_memory) {
  pack_builder pack;
  for (int i = 0; i < 20'000; ++i) {
    pack.add(object_type::commit, "");
    pack.add(object_type::tree, "");
  }
  const pack_walk walk = walk_pack(pack.finish(), 1000, 1000, object_format::sha1, within(256_KiB));

  BOOST_TEST(walk.end.has_value());
  BOOST_TEST(walk.most_retained.value() <= (256_KiB).value());
}

BOOST_AUTO_TEST_CASE(ten_million_tiny_objects_do_not_fill_the_memory) {
  constexpr std::uint32_t block = 10'000;
  constexpr std::uint32_t blocks = sanitized ? 20 : 1'000;
  pack_builder pack;
  pack.claim_objects(block * blocks + 1);
  for (std::uint32_t i = 0; i < block; ++i) pack.add_blob(std::to_string(i));
  const std::string made = pack.finish();
  constexpr std::size_t header = 12, trailer = 20;
  const auto all = bytes_of(made);
  git::pack_walker walker(object_format::sha1, within(1_MiB));
  BOOST_REQUIRE(walker.feed(all.first(header)).has_value());
  byte_count most;

  for (std::uint32_t n = 0; n < blocks; ++n) {
    BOOST_REQUIRE(walker.feed(all.subspan(header, all.size() - header - trailer)).has_value());
    most = std::max(most, walker.retained());
  }

  BOOST_TEST(walker.progress().objects_walked == std::uint64_t{block} * blocks);
  BOOST_TEST(most.value() <= (1_MiB).value());
}

BOOST_AUTO_TEST_CASE(candidates_that_wait_do_not_fill_the_memory) {
  const std::string delta = make_delta(pointer(1), pointer(2));
  pack_builder pack;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    pack.add_oid_delta(object_id(object_format::sha1, object_type::blob, std::to_string(i)), delta);
  }
  const pack_walk walk = walk_pack(pack.finish(), 1000, 1000, object_format::sha1, within(256_KiB));

  BOOST_TEST(walk.most_retained.value() <= (256_KiB).value());
  BOOST_TEST(walk.end.value().unresolved == 5000U);
}

BOOST_AUTO_TEST_CASE(a_stream_padded_with_empty_blocks_is_not_kept) {
  const std::string text = pointer(1) + noise_text(100, 1);
  std::string padded = compressed(text);
  const std::string empty_block("\0\0\0\xff\xff", 5);
  for (int i = 0; i < 100'000; ++i) padded.insert(2, empty_block);
  pack_builder pack;
  const std::uint64_t base = pack.add_raw(3, text.size(), {}, padded);
  pack.add_offset_delta(base, make_delta(text, pointer(1)));

  const pack_walk walk = walk_pack(pack.finish(), 1000, 1000, object_format::sha1, within(1_MiB));

  BOOST_TEST(walk.end.value().unresolved == 1U);
  BOOST_TEST(walk.most_retained.value() <= (200_KiB).value());
}

BOOST_AUTO_TEST_CASE(case_38_a_blob_beyond_4_GiB_streams_through) {
  constexpr std::uint64_t units = 65;
  pack_builder pack;
  pack.add_raw(3, units * (64U << 20), {}, zeros(units));
  pack.add_blob(pointer(1));

  const pack_walk walk = walk_pack(pack.finish(), 65536, 65536);

  BOOST_TEST(walk.end.has_value());
  BOOST_TEST(walk.found.size() == 1U);
  BOOST_TEST(walk.most_retained.value() <= (1_MiB).value());
}

BOOST_AUTO_TEST_CASE(a_declared_size_reserves_nothing) {
  pack_builder pack;
  pack.add_raw(3, ~std::uint64_t{0}, {}, compressed("small"));

  const pack_walk walk = walk_pack(pack.finish(), 1, 1);

  BOOST_TEST(walk.end.has_error());
  BOOST_TEST(walk.most_retained.value() <= (200_KiB).value());
}

BOOST_AUTO_TEST_SUITE_END()
