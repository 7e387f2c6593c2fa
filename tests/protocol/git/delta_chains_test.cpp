#include "protocol/git/delta_chains.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/pack_builder.hpp"
#include "tests/support/walk_pack.hpp"

using namespace hfpipe;
using namespace hfpipe::git;
using hfpipe::testing::compressed;
using hfpipe::testing::make_delta;
using hfpipe::testing::noise_text;
using ending = hfpipe::git::rebuilt_object::ending;

namespace delta_chains_test {

constexpr std::uint64_t plenty = std::uint64_t{1} << 40;

struct store {
  kept_entries kept;
  inflater zlib;
  delta_chains chains{byte_count(1U << 20)};
  std::uint64_t next = 12;

  std::uint64_t put(pack_entry entry, const std::string& stored, std::size_t result_size) {
    const std::string stream = compressed(stored);
    entry.inflated_size = stored.size();
    kept.add(next, entry, entry.type, result_size, std::as_bytes(std::span(stream)));
    return next++;
  }
  std::uint64_t full(const std::string& content, object_type type = object_type::blob) {
    return put({.type = type}, content, content.size());
  }
  std::uint64_t delta(std::uint64_t base, const std::string& from, const std::string& to) {
    return put({.base = delta_base::offset, .distance = next - base}, make_delta(from, to), to.size());
  }
  std::string content(std::uint64_t offset) {
    const auto object = chains.rebuild(kept, zlib, offset).value();
    BOOST_REQUIRE(object.how == ending::whole);
    return {reinterpret_cast<const char*>(object.content.data()), object.content.size()};
  }
};

}  // namespace delta_chains_test

BOOST_AUTO_TEST_SUITE(delta_chains_test)

BOOST_AUTO_TEST_CASE(in_any_order_each_object_is_its_own) {
  store s;
  s.chains.allow(plenty);
  const std::string a = noise_text(500, 1), b = a + "b", c = "c" + b, other = noise_text(800, 2);
  const std::uint64_t at_a = s.full(a), at_b = s.delta(at_a, a, b), at_c = s.delta(at_b, b, c);
  const std::uint64_t at_other = s.full(other), at_d = s.delta(at_a, a, other + a);
  const std::vector<std::pair<std::uint64_t, std::string>> all{
      {at_a, a}, {at_b, b}, {at_c, c}, {at_other, other}, {at_d, other + a}};

  for (const auto& [first, first_content] : all) {
    for (const auto& [second, second_content] : all) {
      BOOST_TEST_CONTEXT(first << " then " << second) {
        BOOST_TEST(s.content(first) == first_content);
        BOOST_TEST(s.content(second) == second_content);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_object_has_the_type_of_what_its_chain_ends_in) {
  store s;
  s.chains.allow(plenty);
  const std::uint64_t tree = s.full(noise_text(300, 1), object_type::tree);
  const std::uint64_t child = s.delta(tree, noise_text(300, 1), "x");

  BOOST_CHECK(s.chains.rebuild(s.kept, s.zlib, child).value().type == object_type::tree);
  BOOST_CHECK(s.chains.rebuild(s.kept, s.zlib, child).value().type == object_type::tree);
}

BOOST_AUTO_TEST_CASE(a_base_that_is_not_there_is_lost_by_offset_and_awaited_by_oid) {
  store s;
  s.chains.allow(plenty);
  const std::uint64_t by_offset = s.delta(5, "base", "result");
  const std::uint64_t by_oid =
      s.put({.base = delta_base::oid, .base_oid = git_oid::zero(object_format::sha1)}, make_delta("base", "x"), 1);

  BOOST_CHECK(s.chains.rebuild(s.kept, s.zlib, by_offset).value().how == ending::base_lost);
  BOOST_CHECK(s.chains.rebuild(s.kept, s.zlib, by_oid).value().how == ending::base_awaited);
  BOOST_CHECK(s.chains.rebuild(s.kept, s.zlib, 999).value().how == ending::base_lost);
}

BOOST_AUTO_TEST_CASE(after_a_delta_that_does_not_fit_other_objects_are_right) {
  store s;
  s.chains.allow(plenty);
  const std::string a = noise_text(500, 1), b = a + "b";
  const std::uint64_t at_a = s.full(a), at_b = s.delta(at_a, a, b), broken = s.delta(at_b, a, b);
  BOOST_REQUIRE(s.chains.rebuild(s.kept, s.zlib, broken).has_error());

  BOOST_TEST(s.content(at_b) == b);
}

BOOST_AUTO_TEST_CASE(the_work_of_rebuilding_is_bounded) {
  store s;
  s.chains.allow(7 * 100'000);
  const std::uint64_t one = s.full(std::string(100'000, 'a'));
  const std::uint64_t other = s.full(std::string(100'000, 'b'));

  std::size_t rebuilt = 0;
  while (s.chains.rebuild(s.kept, s.zlib, rebuilt % 2 == 0 ? one : other).value().how == ending::whole) ++rebuilt;

  BOOST_TEST(rebuilt == 6U);
}

BOOST_AUTO_TEST_CASE(the_object_rebuilt_last_is_not_inflated_again) {
  store s;
  const std::string a(100'000, 'a');
  s.chains.allow(a.size() + 1000);
  const std::uint64_t at_a = s.full(a);

  for (int i = 0; i < 5; ++i) BOOST_TEST((s.content(at_a) == a));
}

BOOST_AUTO_TEST_SUITE_END()
