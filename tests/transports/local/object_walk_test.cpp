#include "transports/local/object_walk.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <sstream>

#include "tests/support/fails_with.hpp"
#include "tests/support/git_repository.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using testing::fails_with;

namespace object_walk_test {

/// Two commits with a folder, a light tag, an annotated tag and a tag on a blob.
struct history {
  temporary_folder folder;
  testing::git_repository repository = testing::git_repository::make(folder.path() / "r.git");
  hfpipe::git_oid one = repository.commit("main", {{"a", "1"}, {"inside/b", std::string(2000, 'b')}});
  hfpipe::git_oid two = repository.commit("main", {{"a", "2"}});
  local::stop_flag stop = false;

  local::repository opened() const { return local::open_repository(repository.path().string()); }

  std::set<std::string> between(const std::vector<hfpipe::git_oid>& wants,
                                const std::vector<hfpipe::git_oid>& haves = {}, std::string_view filter = {},
                                byte_count most = 1_MiB) const {
    std::set<std::string> ids;
    const local::repository in = opened();
    for (const ::git_oid& id :
         local::objects_between(in, wants, haves, local::read_filter(filter).value(), most, stop)) {
      BOOST_TEST(ids.insert(local::to_ours(id).hex()).second);  // each once
    }
    return ids;
  }

  /// What real git lists for the same.
  std::set<std::string> as_git_says(std::vector<std::string> words) const {
    words.insert(words.begin(), {"rev-list", "--objects"});
    std::istringstream lines(repository.git(std::move(words)));
    std::set<std::string> ids;
    for (std::string line; std::getline(lines, line);) ids.insert(line.substr(0, line.find(' ')));
    return ids;
  }
};

/// What `work` throws, as a result.
template <class Work>
outcome<void> caught(const Work& work) {
  try {
    work();
  } catch (const failed& broken) {
    return broken.why();
  }
  return {};
}

}  // namespace object_walk_test

BOOST_AUTO_TEST_SUITE(object_walk_test)

BOOST_AUTO_TEST_CASE(all_that_a_want_reaches_is_listed_as_git_lists_it) {
  history h;
  BOOST_TEST((h.between({h.two}) == h.as_git_says({h.two.hex()})));
}

BOOST_AUTO_TEST_CASE(what_a_have_reaches_is_left_out) {
  history h;
  BOOST_TEST((h.between({h.two}, {h.one}) == h.as_git_says({h.two.hex(), "^" + h.one.hex()})));
  BOOST_TEST(h.between({h.two}, {h.two}).empty());
}

BOOST_AUTO_TEST_CASE(a_have_that_is_not_there_hides_nothing) {
  history h;
  const auto absent = hfpipe::git_oid::from_hex(std::string(40, '1')).value();
  BOOST_TEST((h.between({h.two}, {absent}) == h.as_git_says({h.two.hex()})));
}

BOOST_AUTO_TEST_CASE(tags_of_everything_are_followed) {
  history h;
  h.repository.annotated_tag("annotated", h.one);
  const auto tag = hfpipe::git_oid::from_hex(h.repository.refs().at("refs/tags/annotated")).value();
  const auto blob = h.repository.blob("alone");
  auto wanted = h.as_git_says({h.one.hex()});
  wanted.insert(tag.hex());
  wanted.insert(blob.hex());
  BOOST_TEST((h.between({tag, blob}) == wanted));
}

BOOST_AUTO_TEST_CASE(filters_do_what_git_s_do) {
  history h;
  BOOST_TEST((h.between({h.two}, {}, "blob:limit=1000") == h.as_git_says({"--filter=blob:limit=1000", h.two.hex()})));
  BOOST_TEST((h.between({h.two}, {}, "tree:0") == h.as_git_says({"--filter=tree:0", h.two.hex()})));
  BOOST_TEST(fails_with(local::read_filter("sparse:oid=1"), errc::bad_option));
  BOOST_TEST(fails_with(local::read_filter("blob:limit=many"), errc::bad_option));
}

BOOST_AUTO_TEST_CASE(alternates_are_looked_into) {
  history h;
  const auto borrower = h.folder.path() / "borrower.git";
  h.repository.git({"clone", "-q", "--bare", "--shared", h.repository.path().string(), borrower.string()});
  const local::repository in = local::open_repository(borrower.string());
  BOOST_TEST(local::objects_between(in, {h.two}, {}, {}, 1_MiB, h.stop).size() == h.as_git_says({h.two.hex()}).size());
}

BOOST_AUTO_TEST_CASE(a_want_that_is_not_there_has_vanished) {
  history h;
  const auto absent = hfpipe::git_oid::from_hex(std::string(40, '1')).value();
  BOOST_TEST(fails_with(caught([&] { h.between({absent}); }), errc::ref_vanished));
}

BOOST_AUTO_TEST_CASE(a_list_beyond_its_memory_is_refused_with_what_to_do) {
  history h;
  const auto refused = caught([&] { h.between({h.two}, {}, {}, byte_count(5 * 140)); });
  BOOST_TEST(fails_with(refused, errc::budget_exceeded));
  BOOST_TEST(std::string(refused.error().hint()).find("--max-buffer-memory") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_walk_that_nobody_waits_for_ends) {
  history h;
  h.stop = true;
  BOOST_TEST(fails_with(caught([&] { h.between({h.two}); }), errc::cancelled));
}

BOOST_AUTO_TEST_CASE(the_newest_commits_come_in_git_s_order) {
  history h;
  h.repository.add_history("main", 50);
  const auto tip = hfpipe::git_oid::from_hex(h.repository.refs().at("refs/heads/main")).value();
  std::string told;
  const local::repository in = h.opened();
  const local::object_filter commits{.commits_only = true, .blob_limit = {}};
  for (const ::git_oid& id : local::newest_history(in, {tip}, 10, commits, 1_MiB, h.stop))
    told += local::to_ours(id).hex() + "\n";
  BOOST_TEST(told == h.repository.git({"rev-list", "-n", "10", "main"}) + "\n");
}

BOOST_AUTO_TEST_CASE(the_newest_commit_comes_with_all_its_files) {
  history h;
  h.repository.add_history("main", 5);
  const auto tip = hfpipe::git_oid::from_hex(h.repository.refs().at("refs/heads/main")).value();
  std::set<std::string> told;
  const local::repository in = h.opened();
  for (const ::git_oid& id : local::newest_history(in, {tip}, 1, {}, 1_MiB, h.stop))
    told.insert(local::to_ours(id).hex());
  std::set<std::string> expected;
  std::istringstream of_git(h.repository.git({"rev-list", "--objects", "--no-object-names", "-n", "1", "main"}));
  for (std::string line; std::getline(of_git, line);) expected.insert(line);
  BOOST_TEST((told == expected));
  BOOST_TEST(told.size() >= 3u);  // a commit, its tree, a file
}

BOOST_AUTO_TEST_CASE(only_those_that_are_there_are_told) {
  history h;
  const auto absent = hfpipe::git_oid::from_hex(std::string(40, '1')).value();
  BOOST_TEST((local::those_in(h.opened(), {absent, h.one}, h.stop) == std::vector<hfpipe::git_oid>{h.one}));
}

BOOST_AUTO_TEST_SUITE_END()
