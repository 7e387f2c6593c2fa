#include "transports/local/local_target.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>

#include "tests/support/git_repository.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
namespace fs = std::filesystem;

namespace local_target_test {

/// `bytes` in pieces of 100.
class pieces final : public chunk_source {
 public:
  explicit pieces(std::string bytes) : bytes_(std::move(bytes)) {}
  task<std::span<const std::byte>> next() override {
    const auto all = std::as_bytes(std::span(bytes_));
    const auto piece = all.subspan(at_, std::min<std::size_t>(100, all.size() - at_));
    at_ += piece.size();
    co_return piece;
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

struct setting {
  temporary_folder folder;
  testing::git_repository original = testing::git_repository::make(folder.path() / "from.git");
  hfpipe::git_oid tip = original.commit("main", {{"a", "1"}, {"b", noise(3000, 1)}});
  testing::git_repository copied = testing::git_repository::make(folder.path() / "to.git");

  std::string pack() const {
    original.git({"repack", "-a", "-d", "-q"});
    for (const auto& each : fs::directory_iterator(original.path() / "objects" / "pack")) {
      if (each.path().extension() != ".pack") continue;
      std::ifstream in(each.path(), std::ios::binary);
      return {std::istreambuf_iterator<char>(in), {}};
    }
    return {};
  }
  git::push_report push(std::string bytes, byte_count ceiling = 16_MiB) const {
    local::local_target target(copied.path().string(), git::atomicity::each_ref_for_itself, local::limits_for(ceiling));
    pieces body(std::move(bytes));
    std::vector<git::ref_command> commands{
        {ref_name::parse("refs/heads/main").value(), hfpipe::git_oid::zero(object_format::sha1), tip}};
    return run_task(target.push(std::move(commands), &body, std::nullopt));
  }
  errc push_fails_with(std::string bytes, byte_count ceiling = 16_MiB) const {
    try {
      push(std::move(bytes), ceiling);
    } catch (const failed& broken) {
      return broken.why().code();
    }
    return errc::internal;
  }
  std::size_t packs() const {
    std::size_t found = 0;
    for (const auto& each : fs::directory_iterator(copied.path() / "objects" / "pack")) {
      found += each.is_regular_file() ? 1 : 0;
    }
    return found;
  }
};

}  // namespace local_target_test

BOOST_AUTO_TEST_SUITE(local_target_test)

BOOST_AUTO_TEST_CASE(a_pack_of_real_git_arrives_whole_and_its_ref_moves) {
  setting at;
  const auto report = at.push(at.pack());
  BOOST_TEST_REQUIRE(report.verdicts.size() == 1u);
  BOOST_TEST(report.verdicts.front().accepted, report.verdicts.front().reason);
  BOOST_TEST(at.copied.refs().at("refs/heads/main") == at.tip.hex());
  BOOST_TEST(at.copied.is_sound());
}

BOOST_AUTO_TEST_CASE(a_pack_that_is_wrong_leaves_nothing) {
  setting at;
  std::string flipped = at.pack();
  flipped[flipped.size() / 2] ^= 1;
  BOOST_TEST((at.push_fails_with(flipped) == errc::pack_corrupt));
  BOOST_TEST((at.push_fails_with(at.pack().substr(0, 1000)) == errc::pack_corrupt));
  BOOST_TEST(at.packs() == 0u);
  BOOST_TEST(at.copied.refs().empty());
}

BOOST_AUTO_TEST_CASE(a_pack_of_more_objects_than_the_memory_lists_is_refused_at_its_head) {
  setting at;
  BOOST_TEST((at.push_fails_with(at.pack(), byte_count(1000)) == errc::budget_exceeded));
  BOOST_TEST(at.packs() == 0u);
}

BOOST_AUTO_TEST_CASE(what_it_lists_and_its_default_branch_are_the_repositorys) {
  setting at;
  at.push(at.pack());
  at.copied.git({"branch", "dev", "main"});
  local::local_target target(at.copied.path().string(), git::atomicity::all_or_none, local::limits_for(16_MiB));

  run_task(target.probe());
  run_task(target.set_default_branch(ref_name::parse("refs/heads/dev").value()));
  const target_listing listing = run_task(target.list(listed_refs::with_default_branch));

  BOOST_TEST(listing.listing.refs.size() == 2u);
  BOOST_TEST(at.copied.git({"symbolic-ref", "HEAD"}) == "refs/heads/dev");
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_no_repository_is_not_found) {
  setting at;
  local::local_target target((at.folder.path() / "none").string(), git::atomicity::all_or_none,
                             local::limits_for(16_MiB));
  BOOST_CHECK_EXCEPTION(run_task(target.list(listed_refs::with_default_branch)), failed,
                        [](const failed& broken) { return broken.why().code() == errc::not_found; });
}

BOOST_AUTO_TEST_SUITE_END()
