#include "transports/local/local_source.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/git_repository.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"
#include "transports/local/libgit2.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace local_source_test {

struct setting {
  temporary_folder folder;
  testing::git_repository repository = testing::git_repository::make(folder.path() / "r.git");
  hfpipe::git_oid one = repository.commit("main", {{"a", "1"}});
  hfpipe::git_oid two = repository.commit("main", {{"b", noise(50'000, 1)}});
  local::local_source source{repository.path().string(), local::limits_for(16_MiB)};

  std::string fetch(fetch_request request) {
    std::string pack;
    const auto whole = [&]() -> task<> {
      const auto bytes = co_await source.fetch(std::move(request));
      std::vector<std::byte> room(4096);
      for (;;) {
        const std::size_t got = co_await bytes->read_some(room);
        if (got == 0) break;
        pack.append(reinterpret_cast<const char*>(room.data()), got);
      }
    };
    run_task(whole());
    return pack;
  }
  errc list_fails_with() {
    try {
      run_task(source.list());
    } catch (const failed& broken) {
      return broken.why().code();
    }
    return errc::internal;
  }
};

}  // namespace local_source_test

BOOST_AUTO_TEST_SUITE(local_source_test)

BOOST_AUTO_TEST_CASE(it_lists_what_git_lists) {
  setting at;
  at.repository.light_tag("v1", at.one);
  const source_listing listing = run_task(at.source.list());
  BOOST_TEST(listing.listing.refs.size() == 2u);
  BOOST_TEST(listing.listing.default_branch->text() == "refs/heads/main");
}

BOOST_AUTO_TEST_CASE(a_fetch_brings_what_lies_between) {
  setting at;
  fetch_request ask;
  ask.wants = {at.two};
  ask.haves = {at.one};
  const std::string pack = at.fetch(std::move(ask));

  const testing::git_repository other = testing::git_repository::make(at.folder.path() / "other.git");
  other.git({"index-pack", "--stdin", "-v"}, pack);
  BOOST_TEST(other.git({"count-objects", "-v"}).find("in-pack: 3") != std::string::npos);  // commit, tree, blob
}

BOOST_AUTO_TEST_CASE(a_filter_leaves_large_blobs_out) {
  setting at;
  fetch_request ask;
  ask.wants = {at.two};
  ask.filter = "blob:limit=1024";
  BOOST_TEST(at.fetch(std::move(ask)).size() < 10'000u);
}

BOOST_AUTO_TEST_CASE(it_says_which_commits_it_knows) {
  setting at;
  const auto strange = hfpipe::git_oid::from_hex(std::string(40, '7')).value();
  std::vector<hfpipe::git_oid> wants{at.two}, haves{strange, at.one};
  const auto known = run_task(at.source.common(std::move(wants), std::move(haves)));
  BOOST_REQUIRE(known.has_value());
  BOOST_TEST(known->size() == 1u);
  BOOST_TEST((known->front() == at.one));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_no_repository_is_not_found) {
  setting at;
  std::filesystem::remove_all(at.repository.path());
  BOOST_TEST((at.list_fails_with() == errc::not_found));
}

BOOST_AUTO_TEST_CASE(a_history_with_holes_is_not_copied) {
  setting at;
  std::ofstream(at.repository.path() / "shallow") << at.two.hex() << "\n";
  BOOST_TEST((at.list_fails_with() == errc::shallow_source));
}

BOOST_AUTO_TEST_CASE(a_repository_of_another_user_is_not_said_to_be_missing) {
  if (::geteuid() != 0) return;  // only root can give a folder away
  setting at;
  constexpr uid_t nobody = 65534;
  BOOST_REQUIRE(::chown(at.repository.path().c_str(), nobody, nobody) == 0);
  BOOST_CHECK((at.list_fails_with() == errc::forbidden));
  BOOST_TEST(local::is_repository(at.repository.path().string()));
  BOOST_REQUIRE(::chown(at.repository.path().c_str(), 0, 0) == 0);
  BOOST_TEST(!local::is_repository(at.folder.path().string()));
}

BOOST_AUTO_TEST_SUITE_END()
