#include "protocol/git/commit_header.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace hfpipe;

namespace commit_header_test {

const std::string ones(40, '1');
const std::string twos(40, '2');

bool names(const std::string& commit, const std::string& parent) {
  return git::names_parent(std::as_bytes(std::span(commit)), git_oid::from_hex(parent).value());
}

}  // namespace commit_header_test

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

BOOST_AUTO_TEST_CASE(a_commit_is_called_as_git_calls_it) {
  const std::string text =
      "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nempty\n";
  const auto content = std::as_bytes(std::span(text));
  BOOST_TEST(git::id_of_commit(object_format::sha1, content).hex() == "37fe77f2eb7ece41d87facc2d10d108bbda84fdb");
  BOOST_TEST(git::id_of_commit(object_format::sha256, content).hex() ==
             "e0adf2967250bec22b197c855030fc4cbea6e1e369b469aff3d99003cf4fccbe");
}

BOOST_AUTO_TEST_SUITE_END()
