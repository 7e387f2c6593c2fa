#include "protocol/git/delta_links.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::literals;
using offsets = std::vector<std::uint64_t>;

namespace delta_links_test {

void check_chains(const git::delta_links& links, offsets ends, const offsets& expected) {
  const auto found = links.chains_of(std::move(ends), 100);
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(*found == expected, boost::test_tools::per_element());
}

}  // namespace delta_links_test

BOOST_AUTO_TEST_SUITE(delta_links_test)

BOOST_AUTO_TEST_CASE(a_chain_is_its_end_and_all_below_it) {
  git::delta_links links(1_MiB);
  links.add(20, 12);
  links.add(30, 20);
  links.add(40, 12);
  links.add(50, 30);

  check_chains(links, {50}, {12, 20, 30, 50});
  check_chains(links, {40}, {12, 40});
  check_chains(links, {40, 50}, {12, 20, 30, 40, 50});
  check_chains(links, {20, 30, 50}, {12, 20, 30, 50});
}

BOOST_AUTO_TEST_CASE(what_is_no_delta_stands_alone) {
  git::delta_links links(1_MiB);
  links.add(20, 12);
  check_chains(links, {15, 25}, {15, 25});
  check_chains(git::delta_links(1_MiB), {7}, {7});
  check_chains(links, {}, {});
}

BOOST_AUTO_TEST_CASE(offsets_beyond_32_bits_are_known) {
  constexpr std::uint64_t far = std::uint64_t{9} << 32;
  git::delta_links links(1_MiB);
  links.add(20, 12);
  links.add(far, far - 100);
  links.add(far + 50, far);
  check_chains(links, {far + 50, 20}, {12, 20, far - 100, far, far + 50});
}

BOOST_AUTO_TEST_CASE(a_base_more_than_4_gib_back_is_not_said) {
  constexpr std::uint64_t far = std::uint64_t{9} << 32;
  git::delta_links links(1_MiB);
  links.add(far, 12);
  check_chains(links, {far}, {far});
}

BOOST_AUTO_TEST_CASE(more_than_was_asked_for_is_nothing) {
  git::delta_links links(1_MiB);
  for (std::uint64_t n = 1; n < 100; ++n) links.add(12 + n, 11 + n);
  BOOST_TEST(links.chains_of({111}, 100).has_value());
  BOOST_TEST(!links.chains_of({111}, 99).has_value());
}

BOOST_AUTO_TEST_CASE(at_its_limit_it_forgets_what_comes) {
  git::delta_links links(24_B);
  for (std::uint64_t n = 1; n < 100; ++n) links.add(12 + n, 11 + n);
  BOOST_TEST(links.held().value() == 24u);
  check_chains(links, {15}, {12, 13, 14, 15});
  check_chains(links, {50}, {50});
}

BOOST_AUTO_TEST_SUITE_END()
