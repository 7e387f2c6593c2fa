#include "protocol/git/kept_chains.hpp"

#include <boost/test/unit_test.hpp>
#include <span>
#include <string>

#include "tests/support/pack_builder.hpp"

using namespace hfpipe;
using namespace hfpipe::literals;
using namespace hfpipe::testing;

namespace kept_chains_test {

constexpr auto sha1 = object_format::sha1;
const std::string base_text = std::string(300, 'x') + "the end";
const std::string made_text = std::string(300, 'x') + "another end";

struct setting {
  inflater zlib;
  git::kept_chains chains = with({1_MiB, 64U << 10, 1_MiB, true});

  static git::kept_chains with(git::chain_limits limits) {
    git::kept_chains made(sha1, git::object_type::blob, limits);
    made.allow(1U << 20);
    return made;
  }

  bool keep_object(std::uint64_t at, git::object_type type, const std::string& text) {
    git::pack_entry entry{};
    entry.type = type;
    entry.inflated_size = text.size();
    const std::string stream = compressed(text);
    return chains.keep(at, entry, type, text.size(), std::as_bytes(std::span(stream)), zlib).value();
  }
  /// A delta from base_text to made_text.
  bool keep_delta(std::uint64_t at, git::delta_base how, std::uint64_t base_at = 0) {
    const std::string delta = make_delta(base_text, made_text);
    git::pack_entry entry{};
    entry.base = how;
    entry.inflated_size = delta.size();
    if (how == git::delta_base::offset) entry.distance = at - base_at;
    if (how == git::delta_base::oid) entry.base_oid = object_id(sha1, git::object_type::blob, base_text);
    const std::string stream = compressed(delta);
    chains.meet_delta(how, zlib).value();
    const auto type = how == git::delta_base::oid ? chains.type_of(*entry.base_oid) : git::object_type::blob;
    return chains.keep(at, entry, type, made_text.size(), std::as_bytes(std::span(stream)), zlib).value();
  }
  /// What is made there; "" for nothing.
  std::string made_at(std::uint64_t at, bool last = false) {
    const auto content = chains.make(at, last, zlib).value();
    if (!content) return "";
    return {reinterpret_cast<const char*>(content->data()), content->size()};
  }
};

}  // namespace kept_chains_test

BOOST_FIXTURE_TEST_SUITE(kept_chains_test, setting)

BOOST_AUTO_TEST_CASE(a_delta_is_made_of_what_was_kept) {
  BOOST_TEST(keep_object(12, git::object_type::blob, base_text));
  BOOST_TEST(keep_delta(500, git::delta_base::offset, 12));
  BOOST_TEST(made_at(500) == made_text);
  BOOST_TEST(chains.unresolved() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_no_candidate_is_not_made_and_not_missed) {
  keep_object(12, git::object_type::commit, base_text);
  keep_delta(500, git::delta_base::oid);
  keep_object(900, git::object_type::commit, made_text);
  BOOST_TEST(made_at(900) == "");
  BOOST_TEST(chains.unresolved() == 0u);
}

BOOST_AUTO_TEST_CASE(a_base_that_comes_later_is_awaited) {
  keep_delta(12, git::delta_base::oid);
  BOOST_TEST(made_at(12) == "");
  BOOST_TEST(chains.unresolved() == 0u);
  keep_object(500, git::object_type::blob, base_text);
  const auto pending = chains.take_pending(zlib).value();
  BOOST_TEST(pending == std::vector<std::uint64_t>{12}, boost::test_tools::per_element());
  BOOST_TEST(made_at(12, true) == made_text);
  BOOST_TEST(chains.unresolved() == 0u);
}

BOOST_AUTO_TEST_CASE(a_base_that_never_comes_is_missed_in_the_last_try) {
  keep_delta(12, git::delta_base::oid);
  made_at(12);
  BOOST_TEST(chains.take_pending(zlib).value().size() == 1u);
  BOOST_TEST(made_at(12, true) == "");
  BOOST_TEST(chains.unresolved() == 1u);
  BOOST_TEST(!chains.missed());  // of deltas by oid no links are known
}

BOOST_AUTO_TEST_CASE(a_base_that_was_not_kept_is_missed_with_all_that_the_chain_is_made_of) {
  keep_object(12, git::object_type::blob, "something else");
  keep_delta(500, git::delta_base::offset, 300);
  chains.link(300, 12);
  chains.link(500, 300);
  BOOST_TEST(made_at(500) == "");
  BOOST_TEST(chains.unresolved() == 1u);
  const auto missed = chains.missed();
  BOOST_REQUIRE(missed);
  BOOST_TEST(missed->ends == std::vector<std::uint64_t>{500}, boost::test_tools::per_element());
  BOOST_TEST(missed->entries == (std::vector<std::uint64_t>{12, 300, 500}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_candidate_that_is_given_up_leaves_nothing_for_a_second_walk) {
  keep_delta(500, git::delta_base::offset, 300);
  made_at(500);
  chains.give_up();
  BOOST_TEST(chains.unresolved() == 2u);
  BOOST_TEST(!chains.missed());
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_not_kept) {
  chains = with({1_MiB, base_text.size(), 1_MiB});
  BOOST_TEST(!keep_object(12, git::object_type::blob, base_text));
  BOOST_TEST(keep_object(500, git::object_type::blob, base_text.substr(1)));
}

BOOST_AUTO_TEST_CASE(the_first_delta_says_what_is_kept) {
  BOOST_TEST(chains.takes(git::object_type::tree));
  keep_object(12, git::object_type::tree, base_text);
  const byte_count with_tree = chains.held();
  chains.meet_delta(git::delta_base::offset, zlib).value();
  BOOST_TEST(!chains.takes(git::object_type::tree));
  BOOST_TEST(chains.takes(git::object_type::blob));
  BOOST_TEST(chains.takes(git::object_type::unknown));
  BOOST_TEST(chains.held().value() < with_tree.value());

  chains = with({1_MiB, 64U << 10, 1_MiB, true});
  chains.meet_delta(git::delta_base::oid, zlib).value();
  BOOST_TEST(chains.takes(git::object_type::tree));
}

BOOST_AUTO_TEST_CASE(it_shrinks_to_what_others_leave) {
  for (std::uint64_t n = 1; n <= 50; ++n) keep_object(n * 1000, git::object_type::blob, base_text + std::to_string(n));
  const byte_count before = chains.held();
  chains.shrink_beside(1_MiB - before);
  BOOST_TEST(chains.held().value() == before.value());
  chains.shrink_beside(1_MiB - before / 2);
  BOOST_TEST(chains.held().value() <= (before / 2).value());
  chains.shrink_beside(2_MiB);
  keep_delta(60'000, git::delta_base::offset, 1000);
  BOOST_TEST(made_at(60'000) == "");
}

BOOST_AUTO_TEST_SUITE_END()
