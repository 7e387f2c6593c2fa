#include "protocol/git/pack_search.hpp"

#include <boost/test/unit_test.hpp>
#include <span>
#include <string>

#include "tests/support/walk_pack.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace pack_search_test {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

const lfs_object weights{lfs_oid::from_hex(std::string(64, 'a')).value(), byte_count(5)};
const lfs_object nothing{lfs_oid::from_hex(std::string(64, 'b')).value(), byte_count(0)};
const git_oid parent = git_oid::from_hex(std::string(40, '1')).value();
const git_oid other = git_oid::from_hex(std::string(40, '2')).value();

std::string commit_on(const git_oid& before) {
  return "tree " + std::string(40, '0') + "\nparent " + before.hex() +
         "\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nword\n";
}

}  // namespace pack_search_test

BOOST_AUTO_TEST_SUITE(pack_search_test)

BOOST_AUTO_TEST_CASE(only_a_pointer_has_a_size_and_a_first_byte) {
  const git::pack_search pointers(object_format::sha1);
  const git::pack_search children(object_format::sha1, parent);
  const git::pack_search commits(object_format::sha1, git::commit_quota{3});
  struct row {
    std::uint64_t size;
    bool pointer;
  };
  for (const row& r : {row{0, false}, row{113, false}, row{114, true}, row{1023, true}, row{1024, false}}) {
    BOOST_TEST_CONTEXT("size " << r.size) {
      BOOST_TEST(pointers.fits(r.size) == r.pointer);
      BOOST_TEST(children.fits(r.size));
      BOOST_TEST(commits.fits(r.size));
    }
  }
  BOOST_TEST(pointers.may_begin(std::byte('v')));
  BOOST_TEST(!pointers.may_begin(std::byte('t')));
  BOOST_TEST(children.may_begin(std::byte('t')));
}

BOOST_AUTO_TEST_CASE(what_is_looked_for_has_one_type) {
  BOOST_CHECK(git::pack_search(object_format::sha1).candidates() == git::object_type::blob);
  BOOST_CHECK(git::pack_search(object_format::sha1, parent).candidates() == git::object_type::commit);
  BOOST_CHECK(git::pack_search(object_format::sha1, git::commit_quota{0}).candidates() == git::object_type::commit);
}

BOOST_AUTO_TEST_CASE(pointers_are_found_as_often_as_they_come_but_not_those_of_nothing) {
  git::pack_search search(object_format::sha1);
  for (const std::string& text : {pointer_to(weights), pointer_to(nothing), commit_on(parent), pointer_to(weights)}) {
    search.look_at(bytes_of(text));
  }
  const auto found = search.take_found();
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_CHECK(found[0].oid == weights.oid && found[1].oid == weights.oid);
  BOOST_TEST(search.take_found().empty());
  BOOST_TEST(!search.met_child());
}

BOOST_AUTO_TEST_CASE(a_child_is_met_once_its_parent_is_named) {
  git::pack_search search(object_format::sha1, parent);
  search.look_at(bytes_of(commit_on(other)));
  BOOST_TEST(!search.met_child());
  search.look_at(bytes_of(commit_on(parent)));
  search.look_at(bytes_of(commit_on(other)));
  BOOST_TEST(search.met_child());
  BOOST_TEST(search.take_found().empty());
}

BOOST_AUTO_TEST_CASE(no_more_commits_are_named_than_were_asked_for) {
  for (const std::size_t most : {0U, 1U, 2U, 5U}) {
    git::pack_search search(object_format::sha1, git::commit_quota{most});
    for (const git_oid& before : {parent, other, parent}) search.look_at(bytes_of(commit_on(before)));
    BOOST_TEST(search.take_commits().size() == std::min<std::size_t>(most, 3));
  }
}

BOOST_AUTO_TEST_CASE(so_many_servers_are_kept_and_each_once) {
  git::pack_search search(object_format::sha1);
  const auto config = [](const std::string& host) { return "[lfs]\n\turl = https://" + host + "/lfs\n"; };
  search.look_for_server(bytes_of(config("a.example")));
  search.look_for_server(bytes_of(config("a.example")));
  BOOST_TEST(search.lfs_servers().size() == 1u);
  search.look_for_server(bytes_of(config("large.example") + std::string(1024, '#')));
  BOOST_TEST(search.lfs_servers().size() == 1u);
  for (int n = 0; n < 10; ++n) search.look_for_server(bytes_of(config(std::to_string(n) + ".example")));
  BOOST_TEST(search.lfs_servers().size() == git::pack_search::most_servers);
}

BOOST_AUTO_TEST_SUITE_END()
