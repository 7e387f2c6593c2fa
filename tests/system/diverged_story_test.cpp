#include <boost/test/unit_test.hpp>

#include "tests/support/copy_story.hpp"

// A target that somebody committed to: what both sides have is not sent again.

using namespace hfpipe;
using namespace hfpipe::testing;

namespace diverged_story_test {

constexpr unsigned history = 400;

/// Both sides have a long history; then each goes its own way.
class diverged_story : public copy_story {
 public:
  explicit diverged_story(unsigned on_the_target, story_setup setup = {}) : copy_story(std::move(setup)) {
    original().add_history("main", history);
    commit_objects("main", "weights", 2, 5000);
    const copy_run first = run();
    BOOST_TEST_REQUIRE(first.exit_code() == 0, first.said());
    BOOST_TEST(first.number("pack.objects") > history);
    copied().add_history("main", on_the_target);
    original().commit("main", {{"README.md", "the source goes on\n"}});
  }
};

/// A commit, its tree and a file.
constexpr std::int64_t little = 12;

void check_little_is_sent(const copy_story& story) {
  const copy_run run = story.run();
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(run.number("pack.objects") <= little, run.said());
  BOOST_TEST(run.number("pack.fetches") == 1);
}

}  // namespace diverged_story_test

BOOST_AUTO_TEST_SUITE(diverged_story_test)

BOOST_AUTO_TEST_CASE(case_08_commits_on_the_target_do_not_make_the_source_send_everything) {
  for (const unsigned more : {1u, 40u, 300u}) {
    BOOST_TEST_CONTEXT(more << " commits") check_little_is_sent(diverged_story(more));
  }
}

BOOST_AUTO_TEST_CASE(a_source_of_the_older_protocol_is_asked_as_well) {
  story_setup setup;
  setup.source.flags = {"--git-protocol", "0"};
  check_little_is_sent(diverged_story(20, setup));
}

BOOST_AUTO_TEST_CASE(a_target_that_cannot_filter_gets_everything_and_is_right) {
  story_setup setup;
  setup.target.flags = {"--no-filter"};
  const diverged_story story(5, setup);
  const copy_run run = story.run();
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(run.number("pack.objects") > history, run.said());
}

BOOST_AUTO_TEST_CASE(without_force_the_ref_stays_as_it_is) {
  const diverged_story story(3);
  const copy_run run = story.run({"--no-force"});
  BOOST_TEST(run.exit_code() == 6, run.said());
  BOOST_TEST(run.refs("status").at("refs/heads/main") == "rejected");
}

BOOST_AUTO_TEST_CASE(a_target_that_is_only_behind_costs_one_question) {
  diverged_story story(0);
  const copy_run run = story.run();
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(git_requests(run.target_log, "git-upload-pack", "fetch") == 0u);
  BOOST_TEST(git_requests(run.source_log, "git-upload-pack", "fetch") == 2u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_went_its_own_way_is_asked_too) {
  copy_story story;
  story.original().add_history("main", history);
  const temporary_folder place;
  git_repository folder = git_repository::make(place.path() / "archive.git");
  const std::string source = story.source().url_of(story.name);
  const copy_run first = story.run(story.command(source, folder.path().string()));
  BOOST_TEST_REQUIRE(first.exit_code() == 0, first.said());
  folder.add_history("main", 30);
  story.original().commit("main", {{"README.md", "the source goes on\n"}});

  const copy_run run = story.run(story.command(source, folder.path().string()));
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("pack.objects") <= little, run.said());
  BOOST_TEST((folder.refs() == story.original().refs()));
  BOOST_TEST(folder.is_sound());
}

BOOST_AUTO_TEST_SUITE_END()
