#include "engine/each_once.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace hfpipe;

namespace each_once_test {

/// `a5 b2`: objects named a and b, of 5 and 2 bytes.
std::vector<lfs_object> objects(std::string_view words) {
  std::vector<lfs_object> all;
  for (std::size_t at = 0; at + 1 < words.size(); at += 3) {
    const auto size = static_cast<std::uint64_t>(words[at + 1] - '0');
    all.push_back({lfs_oid::from_hex(std::string(64, words[at])).value(), byte_count(size)});
  }
  return all;
}

}  // namespace each_once_test

BOOST_AUTO_TEST_SUITE(each_once_test)

BOOST_AUTO_TEST_CASE(the_first_of_each_stays_in_its_place) {
  struct row {
    std::string_view before, after;
  };
  for (const row& r : {row{"", ""}, row{"a1", "a1"}, row{"a1 a1", "a1"}, row{"b1 a1 b1", "b1 a1"},
                       row{"c1 b1 c1 a1 b1 c1", "c1 b1 a1"}, row{"a1 a2 a1 a2", "a1 a2"}}) {
    std::vector<lfs_object> kept = objects(r.before);
    keep_each_once(kept);
    BOOST_TEST((kept == objects(r.after)), r.before);
  }
}

BOOST_AUTO_TEST_CASE(oids_made_up_to_begin_alike_cost_no_more_than_others) {
  // With a hash of the first bytes, this is 10^10 comparisons: the test would not end.
  std::vector<lfs_object> alike;
  for (std::size_t n = 0; n < 150'000; ++n) {
    const std::string end = std::to_string(n);
    alike.push_back({lfs_oid::from_hex(std::string(64 - end.size(), '0') + end).value(), byte_count(1)});
  }
  std::vector<lfs_object> kept = alike;
  kept.insert(kept.end(), alike.begin(), alike.end());
  keep_each_once(kept);
  BOOST_TEST((kept == alike));
}

BOOST_AUTO_TEST_SUITE_END()
