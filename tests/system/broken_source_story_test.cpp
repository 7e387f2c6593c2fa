#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/copy_story.hpp"

// A source that breaks off, lies or is not what it seems. Whatever it does, the target's refs stay as they are, and the
// message says whose fault it is and what it was.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace broken_source_story_test {

// One object, and one commit on the target that the source has gone beyond: each run would move a ref.
class waiting_story : public copy_story {
 public:
  waiting_story() {
    original().commit("main", {{"README.md", "# a model\n"}});
    const copy_run before = run();
    BOOST_TEST_REQUIRE(before.exit_code() == 0, before.said());
    original().commit("main", {{"tokenizer.bin", noise(60'000, 3)}});
    commit_objects("main", "weights", 1, 500'000);
    refs_before = copied().refs();
  }

  std::map<std::string, std::string> refs_before;
};

struct fault_row {
  json::object fault;
  int exit_code;
  std::string words;  ///< of the message
  std::vector<std::string> flags = {};
};

// Without retries, the fault for ever; then without the fault, to show that nothing was left behind.
void check_refused(waiting_story& story, const fault_row& row) {
  BOOST_TEST_CONTEXT(json::serialize(row.fault)) {
    json::object fault = row.fault;
    fault["times"] = -1;
    story.source().fault(fault);

    std::vector<std::string> flags{"--retries", "0"};
    flags.insert(flags.end(), row.flags.begin(), row.flags.end());
    const copy_run run = story.run(std::move(flags));

    story.source().clear_faults();
    BOOST_TEST(run.exit_code() == row.exit_code, run.said());
    BOOST_TEST(run.error().find(row.words) != std::string::npos, run.said());
    BOOST_TEST(run.error("side") == "source", run.said());
    BOOST_TEST(run.process.err.find("(source)") != std::string::npos, run.said());
    BOOST_TEST((story.copied().refs() == story.refs_before));
    BOOST_TEST(ref_pushes(run.target_log) == 0u);
    BOOST_TEST(stored_uploads(run.target_log) == 0u);
  }
}

void check_all_refused(std::initializer_list<fault_row> rows) {
  waiting_story story;
  for (const fault_row& row : rows) check_refused(story, row);

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

// The same fault, but only once and with retries.
void check_survived(std::initializer_list<json::object> faults) {
  for (const json::object& fault : faults) {
    BOOST_TEST_CONTEXT(json::serialize(fault)) {
      waiting_story story;
      story.source().fault(fault);

      const copy_run run = story.run();

      BOOST_TEST(story.source().hits(json::value_to<std::string>(fault.at("fault"))) == 1u);
      BOOST_TEST(run.exit_code() == 0, run.said());
      BOOST_TEST(run.number("retries") == 1);
      BOOST_TEST(story.difference() == "");
      BOOST_TEST(blobs_came_first(run.target_log));
    }
  }
}

}  // namespace broken_source_story_test

BOOST_AUTO_TEST_SUITE(broken_source_story_test)

BOOST_AUTO_TEST_CASE(a_broken_pack_moves_nothing) {
  check_all_refused({
      {{{"fault", "pack_corrupt_byte"}, {"at", 0}}, 11, "the pack is corrupt"},
      {{{"fault", "pack_corrupt_byte"}, {"at", 30'000}}, 11, "the pack is corrupt"},
      {{{"fault", "pack_cut"}, {"at", 0}}, 5, "the connection broke off"},
      {{{"fault", "pack_cut"}, {"at", 30'000}}, 5, "the connection broke off"},
      {{{"fault", "pack_early_end"}, {"at", 30'000}}, 5, "the pack ended early"},
      {{{"fault", "git_empty_200"}, {"skip", 1}}, 5, "the server answered with nothing"},
  });
}

BOOST_AUTO_TEST_CASE(a_source_that_is_no_git_host_moves_nothing) {
  check_all_refused({
      {{{"fault", "info_refs_html"}}, 3, "no Git smart HTTP"},
      {{{"fault", "git_status"}, {"status", 500}}, 5, "the server failed"},
      {{{"fault", "git_status"}, {"status", 429}}, 5, "too many requests"},
      {{{"fault", "git_empty_200"}}, 5, "the server answered with nothing"},
  });
}

BOOST_AUTO_TEST_CASE(a_batch_reply_that_cannot_be_read_moves_nothing) {
  check_all_refused({
      {{{"fault", "batch_garbage_json"}}, 1, "LFS batch API cannot be read"},
      {{{"fault", "batch_empty_200"}}, 1, "LFS batch API cannot be read"},
      {{{"fault", "batch_status"}, {"status", 500}}, 5, "the server failed"},
  });
}

BOOST_AUTO_TEST_CASE(a_wrong_blob_moves_nothing) {
  check_all_refused({
      {{{"fault", "blob_corrupt_byte"}, {"at", 0}}, 11, "content does not match its digest"},
      {{{"fault", "blob_corrupt_byte"}, {"at", 499'999}}, 11, "content does not match its digest"},
      {{{"fault", "blob_short"}}, 11, "another size"},
      {{{"fault", "blob_long"}}, 11, "another size"},
      {{{"fault", "blob_wrong_range"}}, 6, "another range"},
  });
}

BOOST_AUTO_TEST_CASE(a_blob_that_does_not_arrive_moves_nothing) {
  check_all_refused({
      {{{"fault", "blob_cut"}, {"at", 0}}, 5, "the connection broke off"},
      {{{"fault", "blob_cut"}, {"at", 250'000}}, 5, "the connection broke off"},
      {{{"fault", "blob_cut"}, {"at", 499'999}}, 5, "the connection broke off"},
      {{{"fault", "blob_status"}, {"status", 500}}, 5, "the server failed"},
      {{{"fault", "blob_status"}, {"status", 403}}, 7, "not allowed"},
  });
}

BOOST_AUTO_TEST_CASE(a_source_that_falls_silent_is_given_up) {
  check_all_refused({
      {{{"fault", "stall"}, {"at", 30'000}, {"match", {{"path", "git-upload-pack"}}}},
       5,
       "nothing arrived in time",
       {"--timeout", "1s"}},
      {{{"fault", "stall"}, {"at", 250'000}, {"match", {{"path", "/blob/"}}}},
       5,
       "nothing arrived in time",
       {"--timeout", "1s"}},
  });
}

BOOST_AUTO_TEST_CASE(a_fault_of_the_git_side_that_happens_once_is_survived) {
  check_survived({{{"fault", "pack_cut"}, {"at", 30'000}},
                  {{"fault", "pack_early_end"}, {"at", 30'000}},
                  {{"fault", "git_status"}, {"status", 503}}});
}

BOOST_AUTO_TEST_CASE(a_fault_of_the_lfs_side_that_happens_once_is_survived) {
  check_survived({{{"fault", "batch_status"}, {"status", 502}},
                  {{"fault", "blob_corrupt_byte"}, {"at", 100'000}},
                  {{"fault", "blob_short"}},
                  {{"fault", "blob_cut"}, {"at", 250'000}},
                  {{"fault", "blob_status"}, {"status", 500}}});
}

BOOST_AUTO_TEST_CASE(a_source_that_ignores_ranges_serves_as_well) {
  waiting_story story;
  story.source().fault({{"fault", "blob_ignore_range"}, {"times", -1}});

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("retries") == 0);
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(case_29_one_broken_object_stops_the_refs_and_no_other_object) {
  copy_story story;
  const std::vector<lfs_object> objects = story.commit_objects("main", "weights", 5, 50'000);
  story.source().fault(
      {{"fault", "blob_corrupt_byte"}, {"at", 10}, {"times", -1}, {"match", {{"oid", objects[2].oid.hex()}}}});

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 11, run.said());
  BOOST_TEST(stored_uploads(run.target_log) == 4u);
  BOOST_TEST(!story.copied().has_object(objects[2].oid));
  BOOST_TEST(ref_pushes(run.target_log) == 0u);
  const json::array& failed = run.document.at("lfs").at("failed").as_array();
  BOOST_TEST_REQUIRE(failed.size() == 1u);
  BOOST_TEST(failed[0].at("oid").as_string() == objects[2].oid.hex());
  BOOST_TEST(story.copied().refs().empty());
}

BOOST_AUTO_TEST_CASE(a_pointer_whose_object_nobody_has_is_reported_and_stops_nothing) {
  copy_story story;
  const std::vector<lfs_object> objects = story.commit_objects("main", "weights", 3, 50'000);
  std::filesystem::remove(story.original().object_file(objects[1].oid));

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST((story.copied().refs() == story.original().refs()));
  const json::array& missing = run.document.at("lfs").at("missing").as_array();
  BOOST_TEST_REQUIRE(missing.size() == 1u);
  BOOST_TEST(missing[0].at("oid").as_string() == objects[1].oid.hex());
  BOOST_TEST(run.process.err.find("warning") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_SUITE_END()
