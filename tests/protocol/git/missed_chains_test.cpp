#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "protocol/git/pack_walker.hpp"
#include "tests/support/pack_builder.hpp"
#include "tests/support/walk_pack.hpp"

using namespace hfpipe;
using namespace hfpipe::literals;
using namespace hfpipe::testing;

// A second walk over a pack whose first walk missed something.

namespace missed_chains_test {

constexpr byte_count memory = 4_MiB;

std::string pointer(std::uint64_t number) {
  return pointer_to(numbered_object(number));
}

/// A pointer on 32 KiB on a base of `size` that the first walk does not keep, beside others that it finds.
std::string pack_with_misses(std::size_t size, unsigned chains) {
  pack_builder pack;
  pack.add_blob(pointer(1000));
  for (unsigned n = 0; n < chains; ++n) {
    const std::string middle = pointer(n) + noise_text(32 << 10, n);
    const std::string base = middle + std::string(size, 'x');
    const auto base_at = pack.add_blob(base);
    const auto middle_at = pack.add_offset_delta(base_at, make_delta(base, middle));
    pack.add_blob(noise_text(100, n));
    pack.add_offset_delta(middle_at, make_delta(middle, pointer(n)));
  }
  return pack.finish();
}

struct first_walk {
  git::pack_summary summary;
  std::optional<git::missed_chains> missed;
};

first_walk walk_first(const std::string& pack, bool remembers = true) {
  git::pack_walker walker(object_format::sha1, {memory, memory / 2, remembers});
  walker.feed(std::as_bytes(std::span(pack))).value();
  const git::pack_summary summary = walker.finish().value();
  return {summary, walker.missed()};
}

struct second_walk {
  git::pack_summary summary;
  std::vector<lfs_object> found;
  byte_count most_retained;
};

second_walk walk_again(const std::string& pack, git::missed_chains missed, byte_count room, std::size_t piece) {
  git::pack_walker walker(object_format::sha1, {room, room / 2}, std::move(missed));
  second_walk walk;
  for (std::size_t at = 0; at < pack.size(); at += piece) {
    const std::string_view part = std::string_view(pack).substr(at, piece);
    walker.feed(std::as_bytes(std::span(part))).value();
    walk.most_retained = std::max(walk.most_retained, walker.retained());
  }
  walk.summary = walker.finish().value();
  walk.found = walker.take_found();
  return walk;
}

}  // namespace missed_chains_test

BOOST_AUTO_TEST_SUITE(missed_chains_test)

BOOST_AUTO_TEST_CASE(what_the_first_walk_missed_the_second_one_finds) {
  const std::string pack = pack_with_misses(700'000, 5);
  const first_walk first = walk_first(pack);
  BOOST_REQUIRE(first.summary.unresolved == 5u);
  BOOST_REQUIRE(first.missed.has_value());
  BOOST_TEST(first.missed->ends.size() == 5u);
  BOOST_TEST(first.missed->entries.size() == 15u);

  for (const std::size_t piece : {std::size_t{997}, pack.size()}) {
    const second_walk second = walk_again(pack, *first.missed, memory * 2, piece);

    BOOST_TEST(second.summary.unresolved == 0u);
    BOOST_REQUIRE(second.found.size() == 5u);
    for (unsigned n = 0; n < 5; ++n) BOOST_CHECK(second.found[n] == numbered_object(n));
    BOOST_TEST(second.most_retained.value() <= (memory * 2).value());
    BOOST_CHECK(second.summary.checksum == first.summary.checksum);
  }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_the_second_time_is_counted) {
  const std::string pack = pack_with_misses(5'000'000, 2);
  const first_walk first = walk_first(pack);
  BOOST_REQUIRE(first.missed.has_value());

  const second_walk second = walk_again(pack, *first.missed, memory * 2, 64 << 10);

  BOOST_TEST(second.summary.unresolved == 2u);
  BOOST_TEST(second.most_retained.value() <= (memory * 2).value());
}

BOOST_AUTO_TEST_CASE(a_walk_that_does_not_remember_says_nothing) {
  BOOST_TEST(!walk_first(pack_with_misses(700'000, 1), false).missed.has_value());
}

BOOST_AUTO_TEST_CASE(more_misses_than_are_remembered_are_said_as_nothing) {
  pack_builder pack;
  const std::string base = pointer(1) + std::string(700'000, 'x');
  const auto at = pack.add_blob(base);
  const std::string delta = make_delta(base, pointer(1));
  for (unsigned n = 0; n < 20'000; ++n) pack.add_offset_delta(at, delta);
  const first_walk first = walk_first(pack.finish());
  BOOST_TEST(first.summary.unresolved == 20'000u);
  BOOST_TEST(!first.missed.has_value());
}

BOOST_AUTO_TEST_CASE(packs_of_different_bytes_have_different_checksums) {
  BOOST_CHECK(walk_first(pack_with_misses(700'000, 1)).summary.checksum !=
              walk_first(pack_with_misses(700'001, 1)).summary.checksum);
}

BOOST_AUTO_TEST_SUITE_END()
