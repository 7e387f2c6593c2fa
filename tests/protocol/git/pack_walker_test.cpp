#include "protocol/git/pack_walker.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/pack_builder.hpp"
#include "tests/support/walk_pack.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using git::object_type;

namespace pack_walker_test {

std::string pointer(std::uint64_t number) {
  return pointer_to(numbered_object(number));
}

std::vector<lfs_object> objects(std::initializer_list<std::uint64_t> numbers) {
  std::vector<lfs_object> list;
  for (const std::uint64_t number : numbers) list.push_back(numbered_object(number));
  return list;
}

git_oid blob_id(const std::string& content) {
  return object_id(object_format::sha1, object_type::blob, content);
}

/// Every kind of entry; it names the objects 1 to 5.
std::string mixed_pack() {
  pack_builder pack;
  pack.add(object_type::commit, "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nno pointer\n");
  const std::string list = pointer(1) + noise_text(300, 1);
  const std::uint64_t base = pack.add_blob(list);
  const std::uint64_t child = pack.add_offset_delta(base, make_delta(list, pointer(1)));
  pack.add_blob(pointer(2));
  pack.add_blob("");
  pack.add_offset_delta(child, make_delta(pointer(1), pointer(3)));
  pack.add_blob(noise_text(2000, 3));
  pack.add_oid_delta(blob_id(pointer(5)), make_delta(pointer(5), pointer(4)));
  pack.add_blob(pointer(5));
  return pack.finish();
}

bool is_corrupt(const pack_walk& walk) {
  return walk.end.has_error() && walk.end.error().code() == errc::pack_corrupt;
}

bool is_refused(const pack_builder& pack) {
  return is_corrupt(walk_pack(pack.finish()));
}

}  // namespace pack_walker_test

BOOST_TEST_SPECIALIZED_COLLECTION_COMPARE(std::vector<lfs_object>)
namespace hfpipe {
std::ostream& operator<<(std::ostream& out, const lfs_object& object);
std::ostream& operator<<(std::ostream& out, const lfs_object& object) {
  return out << object.oid.short_hex() << '/' << object.size.value();
}
}  // namespace hfpipe

BOOST_AUTO_TEST_SUITE(pack_walker_test)

BOOST_AUTO_TEST_CASE(a_pack_without_objects_is_complete) {
  const std::string crib = std::string("PACK\0\0\0\2\0\0\0\0", 12) +
                           "\x02\x9d\x08\x82\x3b\xd8\xa8\xea\xb5\x10\xad\x6a\xc7\x5c\x82\x3c\xfd\x3e\xd3\x1e";
  const pack_walk walk = walk_pack(crib);

  BOOST_TEST(walk.end.value().objects == 0U);
  BOOST_TEST(walk.end.value().bytes.value() == 32U);
  BOOST_TEST(walk.found.empty());
}

BOOST_AUTO_TEST_CASE(a_blob_that_is_a_pointer_is_found_and_other_objects_are_not) {
  pack_builder pack;
  pack.add(object_type::commit, pointer(1));
  pack.add(object_type::tree, pointer(2));
  pack.add_blob(pointer(3));
  pack.add(object_type::tag, pointer(4));
  pack.add_blob("x" + pointer(5));

  BOOST_TEST(walk_pack(pack.finish()).found == objects({3}));
}

BOOST_AUTO_TEST_CASE(each_pointer_is_found_whatever_its_size_says_and_size_0_never) {
  lfs_object other_size = numbered_object(1);
  other_size.size = byte_count(77);
  lfs_object nothing = numbered_object(2);
  nothing.size = byte_count(0);
  pack_builder pack;
  pack.add_blob(pointer(1));
  pack.add_blob(pointer(1) + "\n");
  pack.add_blob(pointer_to(other_size));
  pack.add_blob(pointer_to(nothing));

  BOOST_TEST(walk_pack(pack.finish()).found == (std::vector{numbered_object(1), numbered_object(1), other_size}));
}

BOOST_AUTO_TEST_CASE(pointers_are_found_through_every_kind_of_delta) {
  const pack_walk walk = walk_pack(mixed_pack());

  BOOST_TEST(walk.found == objects({1, 2, 3, 5, 4}));
  BOOST_TEST(walk.end.value().unresolved == 0U);
  BOOST_TEST(walk.end.value().objects == 9U);
  BOOST_TEST(walk.end.value().bytes.value() == mixed_pack().size());
}

BOOST_AUTO_TEST_CASE(every_split_in_two_gives_the_same) {
  const std::string pack = mixed_pack();
  for (std::size_t cut = 0; cut <= pack.size(); ++cut) {
    BOOST_TEST_CONTEXT(cut) {
      const pack_walk walk = walk_pack(pack, pack.size(), cut);
      BOOST_TEST(walk.found == objects({1, 2, 3, 5, 4}));
      BOOST_TEST(walk.end.has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(any_size_of_pieces_gives_the_same) {
  const std::string pack = mixed_pack();
  for (std::size_t piece = 1; piece < 200; ++piece) {
    BOOST_TEST_CONTEXT(piece) {
      const pack_walk walk = walk_pack(pack, piece, piece);
      BOOST_TEST(walk.found == objects({1, 2, 3, 5, 4}));
      BOOST_TEST((walk.end && walk.end->unresolved == 0));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_anywhere_is_noticed) {
  const std::string pack = mixed_pack();
  for (std::size_t at = 0; at < pack.size(); ++at) {
    for (const int bit : {0, 4, 7}) {
      std::string broken = pack;
      broken[at] = static_cast<char>(broken[at] ^ 1 << bit);
      BOOST_TEST_CONTEXT("byte " << at << " bit " << bit) BOOST_TEST(walk_pack(broken).end.has_error());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_pack_cut_anywhere_is_truncated) {
  const std::string pack = mixed_pack();
  for (std::size_t size = 0; size < pack.size(); ++size) {
    BOOST_TEST_CONTEXT(size) {
      const pack_walk walk = walk_pack(std::string_view(pack).substr(0, size));
      BOOST_REQUIRE(walk.end.has_error());
      BOOST_CHECK(walk.end.error().code() == errc::pack_truncated);
    }
  }
}

BOOST_AUTO_TEST_CASE(bytes_after_the_trailer_are_corrupt) {
  BOOST_TEST(is_corrupt(walk_pack(mixed_pack() + "x")));
  BOOST_TEST(is_corrupt(walk_pack(mixed_pack() + "x", 1, 1)));
}

BOOST_AUTO_TEST_CASE(a_wrong_trailer_is_corrupt) {
  std::string pack = mixed_pack();
  pack.back() ^= 1;
  BOOST_TEST(is_corrupt(walk_pack(pack)));
}

BOOST_AUTO_TEST_CASE(a_failure_stays) {
  git::pack_walker walker(object_format::sha1, {});
  const std::string wrong = "JACK........";
  const std::string right = pack_builder().finish();
  BOOST_REQUIRE(walker.feed(std::as_bytes(std::span(wrong))).has_error());

  BOOST_TEST(walker.feed(std::as_bytes(std::span(right))).has_error());
  BOOST_TEST(walker.finish().has_error());
  BOOST_TEST(!walker.is_complete());
}

BOOST_AUTO_TEST_CASE(a_count_that_the_entries_do_not_meet_is_corrupt) {
  for (const std::uint32_t count : {1U, 3U}) {
    pack_builder pack;
    pack.add_blob(noise_text(300, 1));
    pack.add_blob(noise_text(300, 2));
    pack.claim_objects(count);
    BOOST_TEST_CONTEXT(count) BOOST_TEST(is_refused(pack));
  }
}

BOOST_AUTO_TEST_CASE(an_object_of_another_size_than_declared_is_corrupt) {
  for (const std::size_t size : {0U, 1U, 999U, 16'383U, 16'384U, 16'385U, 50'000U}) {
    for (const int difference : {-1, 1}) {
      if (size == 0 && difference < 0) continue;
      pack_builder pack;
      const auto declared = static_cast<std::uint64_t>(static_cast<std::int64_t>(size) + difference);
      pack.add_raw(3, declared, {}, compressed(noise_text(size, 1)));
      BOOST_TEST_CONTEXT(size << " declared as " << declared) BOOST_TEST(is_refused(pack));
    }
  }
}

BOOST_AUTO_TEST_CASE(objects_around_the_buffer_size_are_walked) {
  pack_builder pack;
  for (const std::size_t size : {16'351U, 16'352U, 16'383U, 16'384U, 16'385U, 32'736U, 32'768U, 100'000U}) {
    pack.add_blob(noise_text(size, size));
  }
  pack.add_blob(pointer(1));
  BOOST_TEST(walk_pack(pack.finish()).found == objects({1}));
  BOOST_TEST(walk_pack(pack.finish(), 1000, 1).found == objects({1}));
}

BOOST_AUTO_TEST_CASE(a_base_outside_the_pack_is_corrupt) {
  for (const std::string& distance : {std::string(1, '\0'), std::string("\x01"), std::string("\x7f")}) {
    pack_builder pack;
    pack.add_raw(6, 3, distance, compressed("abc"));
    BOOST_TEST(is_refused(pack));
  }
}

BOOST_AUTO_TEST_CASE(a_candidate_that_does_not_fit_its_base_is_corrupt) {
  pack_builder pack;
  const std::uint64_t base = pack.add_blob(pointer(1) + "x");
  pack.add_offset_delta(base, make_delta(pointer(1), pointer(2)));
  BOOST_TEST(is_refused(pack));
}

BOOST_AUTO_TEST_CASE(a_delta_without_its_sizes_is_corrupt) {
  pack_builder pack;
  const std::uint64_t base = pack.add_blob(pointer(1));
  pack.add_offset_delta(base, "\xff");
  BOOST_TEST(is_refused(pack));
}

BOOST_AUTO_TEST_CASE(a_delta_longer_than_the_buffer_is_read_to_its_sizes) {
  const std::string large = noise_text(60'000, 1);
  const std::string larger = large.substr(0, 10) + noise_text(40'000, 2) + large.substr(40'010);
  pack_builder pack;
  const std::uint64_t base = pack.add_blob(large);
  const std::uint64_t child = pack.add_offset_delta(base, make_delta(large, larger));
  pack.add_offset_delta(child, make_delta(larger, pointer(1)));

  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, pack.finish().size()}) {
    const pack_walk walk = walk_pack(pack.finish(), piece, piece);
    BOOST_TEST(walk.found == objects({1}));
    BOOST_TEST(walk.end.value().unresolved == 0U);
  }
}

BOOST_AUTO_TEST_CASE(deltas_of_trees_are_no_candidates) {
  const std::string tree = noise_text(300, 1);
  pack_builder pack;
  const std::uint64_t base = pack.add(object_type::tree, tree);
  const std::uint64_t child = pack.add_offset_delta(base, make_delta(tree, tree.substr(1)));
  pack.add_offset_delta(child, make_delta(tree.substr(1), pointer(1)));

  const pack_walk walk = walk_pack(pack.finish());

  BOOST_TEST(walk.found.empty());
  BOOST_TEST(walk.end.value().unresolved == 0U);
}

BOOST_AUTO_TEST_CASE(in_a_pack_with_bases_by_oid_only_every_type_is_known) {
  const std::string tree = noise_text(300, 1);
  const std::string child = noise_text(40, 2) + tree;
  const auto id = [](object_type type, const std::string& content) {
    return object_id(object_format::sha1, type, content);
  };
  pack_builder pack;
  pack.add(object_type::tree, tree);
  pack.add_blob(pointer(1));
  pack.add_oid_delta(id(object_type::tree, tree), make_delta(tree, child));
  pack.add_oid_delta(id(object_type::tree, child), make_delta(child, pointer(9)));
  pack.add_oid_delta(id(object_type::blob, pointer(1)), make_delta(pointer(1), pointer(2)));
  pack.add_oid_delta(id(object_type::blob, pointer(2)), make_delta(pointer(2), pointer(3)));

  const pack_walk walk = walk_pack(pack.finish());

  BOOST_TEST(walk.found == objects({1, 2, 3}));
  BOOST_TEST(walk.end.value().unresolved == 0U);
}

BOOST_AUTO_TEST_CASE(bases_that_come_later_are_waited_for_also_in_a_row) {
  pack_builder pack;
  pack.add_oid_delta(blob_id(pointer(2)), make_delta(pointer(2), pointer(1)));
  pack.add_oid_delta(blob_id(pointer(3)), make_delta(pointer(3), pointer(2)));
  const std::uint64_t third = pack.add_oid_delta(blob_id(pointer(4)), make_delta(pointer(4), pointer(3)));
  pack.add_offset_delta(third, make_delta(pointer(3), pointer(5)));
  pack.add_blob(pointer(4));

  const pack_walk walk = walk_pack(pack.finish());

  BOOST_TEST(walk.found == objects({4, 1, 2, 3, 5}));
  BOOST_TEST(walk.end.value().unresolved == 0U);
}

BOOST_AUTO_TEST_CASE(a_base_by_oid_that_comes_later_is_found_in_a_pack_of_offsets_too) {
  const std::string text = noise_text(300, 1);
  pack_builder pack;
  const std::uint64_t base = pack.add_blob(text);
  pack.add_offset_delta(base, make_delta(text, text + "x"));
  pack.add_oid_delta(blob_id(pointer(2)), make_delta(pointer(2), pointer(1)));
  pack.add_blob(pointer(2));

  const pack_walk walk = walk_pack(pack.finish());

  BOOST_TEST(walk.found == objects({2, 1}));
  BOOST_TEST(walk.end.value().unresolved == 0U);
}

BOOST_AUTO_TEST_CASE(a_base_that_never_comes_is_counted) {
  pack_builder pack;
  pack.add_blob(pointer(1));
  pack.add_oid_delta(blob_id(pointer(3)), make_delta(pointer(3), pointer(2)));

  const pack_walk walk = walk_pack(pack.finish());

  BOOST_TEST(walk.found == objects({1}));
  BOOST_TEST(walk.end.value().unresolved == 1U);
}

BOOST_AUTO_TEST_CASE(a_candidate_that_begins_otherwise_than_a_pointer_needs_no_base) {
  pack_builder pack;
  pack.add_oid_delta(blob_id("unknown"), make_delta("unknown", "# " + pointer(1)));
  BOOST_TEST(walk_pack(pack.finish()).end.value().unresolved == 0U);
}

BOOST_AUTO_TEST_CASE(a_repository_of_sha256_objects_is_walked) {
  constexpr object_format format = object_format::sha256;
  pack_builder pack(format);
  pack.add_blob(pointer(1));
  pack.add_oid_delta(object_id(format, object_type::blob, pointer(1)), make_delta(pointer(1), pointer(2)));

  const pack_walk walk = walk_pack(pack.finish(), format);

  BOOST_TEST(walk.found == objects({1, 2}));
  BOOST_TEST(walk.end.has_value());
  BOOST_TEST(walk_pack(pack.finish(), object_format::sha1).end.has_error());
}

BOOST_AUTO_TEST_CASE(version_3_is_walked_like_version_2) {
  pack_builder pack(object_format::sha1, 3);
  pack.add_blob(pointer(1));
  BOOST_TEST(walk_pack(pack.finish()).found == objects({1}));
}

BOOST_AUTO_TEST_CASE(progress_counts_objects_and_bytes_as_they_pass) {
  pack_builder builder;
  builder.add_blob(noise_text(500, 1));
  const std::uint64_t second = builder.add_blob(noise_text(500, 2));
  const std::string pack = builder.finish();
  git::pack_walker walker(object_format::sha1, {});
  BOOST_TEST(walker.progress().objects_total == 0U);

  BOOST_REQUIRE(walker.feed(std::as_bytes(std::span(pack)).first(second + 5)).has_value());

  BOOST_TEST(walker.progress().objects_total == 2U);
  BOOST_TEST(walker.progress().objects_walked == 1U);
  BOOST_TEST(walker.progress().bytes.value() == second + 5);
  BOOST_TEST(!walker.is_complete());
  BOOST_REQUIRE(walker.feed(std::as_bytes(std::span(pack)).subspan(second + 5)).has_value());
  BOOST_TEST(walker.is_complete());
}

BOOST_AUTO_TEST_CASE(commits_are_named_in_their_order_deltas_and_all) {
  const std::string tree(40, 'a');
  const std::string base = "tree " + tree + "\nauthor A <a@b> 1 +0000\n\na long message that both of them have\n";
  const std::string next = "tree " + tree + "\nauthor B <b@b> 2 +0000\n\na long message that both of them have\n";
  testing::pack_builder pack;
  const auto at = pack.add(object_type::commit, base);
  pack.add_blob("tree no commit");
  pack.add_offset_delta(at, testing::make_delta(base, next));
  pack.add(object_type::commit, "tree " + tree + "\n\nthird\n");
  const std::string bytes = pack.finish();
  for (const std::size_t most : {std::size_t{100}, std::size_t{2}}) {
    git::pack_walker walker(object_format::sha1, {}, git::commit_quota{most});
    walker.feed(std::as_bytes(std::span(bytes))).value();
    std::vector<git_oid> named = walker.take_commits();
    walker.finish().value();
    std::vector<git_oid> wanted;
    for (const std::string& text : {base, next, "tree " + tree + "\n\nthird\n"}) {
      wanted.push_back(testing::object_id(object_format::sha1, object_type::commit, text));
    }
    wanted.resize(std::min(most, wanted.size()), wanted.front());
    BOOST_TEST((named == wanted));
    BOOST_TEST(walker.take_commits().empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
