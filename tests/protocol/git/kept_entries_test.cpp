#include "protocol/git/kept_entries.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace hfpipe;
using namespace hfpipe::git;

namespace kept_entries_test {

void add(kept_entries& kept, std::uint64_t offset, std::uint64_t result_size, object_type type = object_type::blob) {
  const std::string stream(100, 'x');
  pack_entry entry;
  entry.type = type;
  entry.inflated_size = result_size;
  kept.add(offset, entry, type, result_size, std::as_bytes(std::span(stream)));
}

git_oid oid_of(char digit) {
  return git_oid::from_hex(std::string(40, digit)).value();
}

std::vector<std::uint64_t> present(const kept_entries& kept, std::uint64_t last) {
  std::vector<std::uint64_t> offsets;
  for (std::uint64_t offset = 0; offset <= last; ++offset) {
    if (kept.find(offset) != nullptr) offsets.push_back(offset);
  }
  return offsets;
}

}  // namespace kept_entries_test

BOOST_AUTO_TEST_SUITE(kept_entries_test)

BOOST_AUTO_TEST_CASE(an_entry_is_found_by_its_offset_only) {
  kept_entries kept;
  add(kept, 12, 500);
  add(kept, 90, 500);

  BOOST_TEST((present(kept, 200) == std::vector<std::uint64_t>{12, 90}));
}

BOOST_AUTO_TEST_CASE(an_entry_gives_back_its_stream_and_the_oid_of_its_base) {
  kept_entries kept;
  const std::string stream = "zlib stream";
  pack_entry entry;
  entry.base = delta_base::oid;
  entry.base_oid = oid_of('a');
  kept.add(12, entry, object_type::unknown, 300, std::as_bytes(std::span(stream)));

  BOOST_TEST(to_hex(kept.find(12)->zlib_stream()) == to_hex(std::as_bytes(std::span(stream))));
  BOOST_CHECK(kept.find(12)->base_oid() == oid_of('a'));
}

BOOST_AUTO_TEST_CASE(the_largest_go_first_then_the_oldest) {
  kept_entries kept;
  add(kept, 1, 200);
  add(kept, 2, 9000);
  add(kept, 3, 300);
  add(kept, 4, 50'000);
  add(kept, 5, 100);
  const std::uint64_t each = kept.held().value() / 5;

  kept.shrink_to(byte_count(5 * each - 1));
  BOOST_TEST((present(kept, 9) == std::vector<std::uint64_t>{1, 2, 3, 5}));
  kept.shrink_to(byte_count(4 * each - 1));
  BOOST_TEST((present(kept, 9) == std::vector<std::uint64_t>{1, 3, 5}));
  kept.shrink_to(byte_count(3 * each - 1));
  BOOST_TEST((present(kept, 9) == std::vector<std::uint64_t>{3, 5}));
  kept.shrink_to(byte_count(0));
  BOOST_TEST(present(kept, 9).empty());
  BOOST_TEST(kept.held().value() == 0U);
}

BOOST_AUTO_TEST_CASE(shrinking_always_reaches_the_limit) {
  kept_entries kept;
  for (std::uint64_t offset = 0; offset < 5000; ++offset) {
    add(kept, offset, offset * 7919 % 900'000);
    kept.shrink_to(byte_count(50'000));
    BOOST_REQUIRE(kept.held().value() <= 50'000U);
  }
  BOOST_TEST(kept.held().value() > 40'000U);
}

BOOST_AUTO_TEST_CASE(only_what_is_certainly_no_blob_is_let_go_of) {
  kept_entries kept;
  add(kept, 1, 200, object_type::commit);
  add(kept, 2, 200, object_type::blob);
  add(kept, 3, 200, object_type::tree);
  add(kept, 4, 200, object_type::unknown);

  kept.keep_only(object_type::blob);

  BOOST_TEST((present(kept, 9) == std::vector<std::uint64_t>{2, 4}));
}

BOOST_AUTO_TEST_CASE(a_name_leads_to_its_entry_for_as_long_as_that_is_kept) {
  kept_entries kept;
  add(kept, 1, 9000, object_type::unknown);
  add(kept, 2, 200);
  kept.name(*kept.find(1), oid_of('a'), object_type::blob);
  kept.name(*kept.find(2), oid_of('b'), object_type::blob);
  BOOST_REQUIRE(kept.find(oid_of('a')) != nullptr);
  BOOST_TEST(kept.find(oid_of('a'))->offset == 1U);
  BOOST_CHECK(kept.find(oid_of('a'))->type == object_type::blob);

  kept.shrink_to(byte_count(kept.held().value() - 1));

  BOOST_TEST(kept.find(oid_of('a')) == nullptr);
  BOOST_TEST(kept.find(oid_of('b')) != nullptr);
}

BOOST_AUTO_TEST_CASE(unnamed_entries_are_found_in_order) {
  kept_entries kept;
  for (const std::uint64_t offset : {1U, 2U, 3U}) add(kept, offset, 200);
  kept.name(*kept.find(2), oid_of('a'), object_type::blob);

  BOOST_TEST(kept.next_unnamed(0)->offset == 1U);
  BOOST_TEST(kept.next_unnamed(2)->offset == 3U);
  BOOST_TEST(kept.next_unnamed(4) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
