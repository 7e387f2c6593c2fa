#include "protocol/git/commit_header.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace hfpipe;

namespace {

const std::string ones(40, '1');
const std::string twos(40, '2');

bool names(const std::string& commit, const std::string& parent) {
  return git::names_parent(std::as_bytes(std::span(commit)), git_oid::from_hex(parent).value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(commit_header_test)

BOOST_AUTO_TEST_CASE(every_parent_of_a_merge_is_seen) {
  const std::string merge =
      "tree " + ones + "\nparent " + ones + "\nparent " + twos + "\nauthor A <a> 1 +0000\n\nmerges\n";
  BOOST_TEST(names(merge, ones));
  BOOST_TEST(names(merge, twos));
  BOOST_TEST(!names(merge, std::string(40, '3')));
}

BOOST_AUTO_TEST_CASE(a_tree_and_a_message_are_no_parents) {
  BOOST_TEST(!names("tree " + ones + "\nauthor A <a> 1 +0000\n\nparent " + ones + "\n", ones));
  BOOST_TEST(!names("tree " + ones + "\ngpgsig -----\n parent " + ones + "\n\n", ones));
}

BOOST_AUTO_TEST_CASE(a_header_that_is_cut_is_read_as_far_as_it_goes) {
  const std::string whole = "tree " + ones + "\nparent " + twos;
  BOOST_TEST(names(whole, twos));
  for (std::size_t size = 0; size < whole.size(); ++size) BOOST_TEST(!names(whole.substr(0, size), twos));
}

BOOST_AUTO_TEST_SUITE_END()
