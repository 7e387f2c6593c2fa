#include "transports/local/ref_store.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/git_repository.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace ref_store_test {

struct setting {
  temporary_folder folder;
  testing::git_repository repository = testing::git_repository::make(folder.path() / "r.git");
  hfpipe::git_oid one = repository.commit("main", {{"a", "1"}});
  hfpipe::git_oid two = repository.commit("main", {{"a", "2"}});
  const hfpipe::git_oid none = hfpipe::git_oid::zero(object_format::sha1);

  static git::ref_command command(std::string_view name, const hfpipe::git_oid& from, const hfpipe::git_oid& to) {
    return {ref_name::parse(name).value(), from, to};
  }
  git::push_report move(std::vector<git::ref_command> commands,
                        git::atomicity mode = git::atomicity::each_ref_for_itself) const {
    const local::stop_flag stop = false;
    return local::move_refs(local::open_repository(repository.path().string()), commands, mode, 16_MiB, stop);
  }
};

}  // namespace ref_store_test

BOOST_AUTO_TEST_SUITE(ref_store_test)

BOOST_AUTO_TEST_CASE(refs_are_created_moved_and_deleted) {
  setting at;
  at.repository.set_ref("refs/tags/old", at.one);

  const auto report =
      at.move({at.command("refs/heads/new", at.none, at.one), at.command("refs/heads/main", at.two, at.one),
               at.command("refs/tags/old", at.one, at.none)});

  for (const auto& verdict : report.verdicts) BOOST_TEST(verdict.accepted, verdict.reason);
  BOOST_TEST(at.repository.refs().size() == 2u);
  BOOST_TEST(at.repository.refs().at("refs/heads/main") == at.one.hex());
}

BOOST_AUTO_TEST_CASE(a_ref_that_moved_meanwhile_stays) {
  setting at;
  const auto report = at.move({at.command("refs/heads/main", at.one, at.one)});
  BOOST_TEST(report.verdicts.front().reason.starts_with("incorrect old value"));
  BOOST_TEST(at.repository.refs().at("refs/heads/main") == at.two.hex());
}

BOOST_AUTO_TEST_CASE(all_or_none_moves_none_when_one_is_refused) {
  setting at;
  const auto report =
      at.move({at.command("refs/heads/new", at.none, at.one), at.command("refs/heads/main", at.one, at.two)},
              git::atomicity::all_or_none);
  for (const auto& verdict : report.verdicts) BOOST_TEST(!verdict.accepted);
  BOOST_TEST(!at.repository.refs().contains("refs/heads/new"));
}

BOOST_AUTO_TEST_CASE(a_lock_of_somebody_else_is_respected) {
  setting at;
  std::ofstream(at.repository.path() / "refs" / "heads" / "main.lock") << "";
  const auto report = at.move({at.command("refs/heads/main", at.two, at.one)});
  BOOST_TEST(report.verdicts.front().reason.starts_with("cannot lock ref"));
  BOOST_TEST(at.repository.refs().at("refs/heads/main") == at.two.hex());
}

BOOST_AUTO_TEST_CASE(a_value_that_is_not_there_is_refused) {
  setting at;
  const hfpipe::git_oid strange = hfpipe::git_oid::from_hex(std::string(40, '7')).value();
  const auto report = at.move({at.command("refs/heads/new", at.none, strange)});
  BOOST_TEST(report.verdicts.front().reason.starts_with("missing necessary objects"));
}

BOOST_AUTO_TEST_CASE(a_value_whose_tree_lacks_a_blob_is_refused) {
  setting at;
  const std::string tree =
      at.repository.git({"mktree", "--missing"}, "100644 blob " + std::string(40, '7') + "\tgone\n");
  const hfpipe::git_oid broken = hfpipe::git_oid::from_hex(at.repository.git({"commit-tree", "-m", "x", tree})).value();
  const auto report = at.move({at.command("refs/heads/new", at.none, broken)});
  BOOST_TEST(report.verdicts.front().reason.starts_with("missing necessary objects"));
}

BOOST_AUTO_TEST_CASE(deletes_are_refused_where_the_repository_says_so) {
  setting at;
  at.repository.git({"config", "receive.denyDeletes", "true"});
  const auto report = at.move({at.command("refs/heads/main", at.two, at.none)});
  BOOST_TEST(report.verdicts.front().reason == "deletion prohibited");
}

BOOST_AUTO_TEST_CASE(rewinds_are_refused_where_the_repository_says_so) {
  setting at;
  at.repository.git({"config", "receive.denyNonFastForwards", "true"});
  const auto report = at.move({at.command("refs/heads/main", at.two, at.one)});
  BOOST_TEST(report.verdicts.front().reason == "non-fast-forward");
}

BOOST_AUTO_TEST_CASE(an_empty_bare_repository_takes_the_first_branch_as_its_default) {
  setting at;
  at.repository.git({"symbolic-ref", "HEAD", "refs/heads/nothing"});
  at.move({at.command("refs/heads/trunk", at.none, at.one), at.command("refs/heads/later", at.none, at.one)});
  BOOST_TEST(at.repository.git({"symbolic-ref", "HEAD"}) == "refs/heads/trunk");
}

BOOST_AUTO_TEST_CASE(packed_and_symbolic_refs_are_listed_by_value) {
  setting at;
  at.repository.git({"pack-refs", "--all"});
  at.repository.git({"symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/main"});
  const local::stop_flag stop = false;
  const auto listing = local::list_refs(local::open_repository(at.repository.path().string()), stop);
  BOOST_TEST(listing.refs.size() == 2u);
  for (const ref_entry& entry : listing.refs) BOOST_TEST((entry.id == at.two), entry.name.text());
  BOOST_TEST(listing.default_branch->text() == "refs/heads/main");
}

BOOST_AUTO_TEST_SUITE_END()
