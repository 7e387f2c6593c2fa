#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/support/copy_story.hpp"

// Many repositories in one run: which are copied, which are not, what the whole answers, and in how much memory.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace sync_story_test {

/// Two hosts with some repositories; the folder that hfpipe runs in is another than that of the jobs file.
class sync_story : public copy_story {
 public:
  sync_story() { commit_objects("main", "first", 2, 10'000); }

  /// Another repository on both hosts, with one object of `size` bytes.
  void add_repository(const std::string& called, std::size_t size) {
    git_repository from = source().make_repository(called, object_format::sha1);
    target().make_repository(called, object_format::sha1);
    const lfs_object object = from.put_object(called + noise(size, 2));
    from.commit("main", {{".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"},
                         {"weights.bin", pointer_of(object)}});
  }

  std::string job(const std::string& called, const std::string& more = {}) const {
    return "  - {source: '" + source().url_of(called) + "', target: '" + target().url_of(called) +
           "', name: " + called + more + "}\n";
  }

  copy_run sync(const std::string& jobs, std::vector<std::string> flags = {}) const {
    return run(sync_command(jobs, std::move(flags)));
  }
  child_command sync_command(const std::string& jobs, std::vector<std::string> flags) const {
    const auto file = folder_.path() / "jobs.yaml";
    std::ofstream(file) << jobs;
    child_command made = command(std::move(flags));
    made.arguments[1] = "sync";
    made.arguments[2] = "-f";
    made.arguments[3] = file.string();
    return made;
  }

  /// The refs of the copy equal those of the original.
  bool is_copied(const std::string& called) const {
    const auto refs_at = [&](const forge_process& host) { return host.repository(called).refs(); };
    const auto wanted = refs_at(source());
    return !wanted.empty() && wanted == refs_at(target());
  }

 private:
  temporary_folder folder_;
};

const json::object& job_called(const copy_run& run, std::string_view name) {
  for (const json::value& each : run.document.at("jobs").as_array()) {
    if (each.at("name").as_string() == name) return each.as_object();
  }
  throw std::runtime_error("no such job: " + run.said());
}

}  // namespace sync_story_test

BOOST_AUTO_TEST_SUITE(sync_story_test)

BOOST_AUTO_TEST_CASE(every_repository_of_the_file_is_copied) {
  sync_story story;
  for (const char* name : {"acme/b", "acme/c", "acme/d"}) story.add_repository(name, 300'000);
  const copy_run run =
      story.sync("jobs:\n" + story.job("acme/model") + story.job("acme/b") + story.job("acme/c") + story.job("acme/d"));
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  for (const char* name : {"acme/b", "acme/c", "acme/d"}) BOOST_TEST(story.is_copied(name));
  BOOST_TEST(run.number("done") == 4);
  BOOST_TEST(job_called(run, "acme/b").at("lfs").at("sent").to_number<int>() == 1);
}

BOOST_AUTO_TEST_CASE(one_limit_holds_for_all_jobs_and_is_told_once) {
  sync_story story;
  story.add_repository("acme/b", 300'000);
  const std::string jobs = "jobs:\n" + story.job("acme/model") + story.job("acme/b");
  const copy_run run = story.sync(jobs, {"--bwlimit", "1MiB", "--tpslimit", "50", "--progress", "json"});
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
  BOOST_TEST(story.is_copied("acme/b"));
  std::vector<json::object> limits;
  std::istringstream lines(run.process.err);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("\"limits\"") != line.npos) limits.push_back(json::parse(line).as_object());
  }
  BOOST_TEST_REQUIRE(limits.size() == 1u, run.said());
  BOOST_TEST(!limits[0].contains("job"));
  BOOST_TEST(limits[0].at("bytes_per_second").to_number<std::uint64_t>() == 1U << 20);
}

BOOST_AUTO_TEST_CASE(no_job_begins_after_one_that_failed) {
  sync_story story;
  story.add_repository("acme/b", 1000);
  story.target().make_repository("acme/absent");
  const std::string jobs = "jobs:\n" + story.job("acme/absent") + story.job("acme/b");
  const copy_run run = story.sync(jobs, {"--jobs", "1"});
  BOOST_TEST(run.exit_code() == 3, run.said());
  BOOST_TEST(run.document.at("unbegun").as_array().at(0).as_string() == "acme/b");
  BOOST_TEST(!story.is_copied("acme/b"));
}

BOOST_AUTO_TEST_CASE(with_keep_going_the_others_are_copied) {
  sync_story story;
  story.add_repository("acme/b", 1000);
  story.target().make_repository("acme/absent");
  const std::string jobs = "jobs:\n" + story.job("acme/absent") + story.job("acme/b");
  const copy_run run = story.sync(jobs, {"--jobs", "1", "--keep-going"});
  BOOST_TEST(run.exit_code() == 6, run.said());
  BOOST_TEST(story.is_copied("acme/b"));
  BOOST_TEST(job_called(run, "acme/absent").at("exit_code").to_number<int>() == 3);
  BOOST_TEST(job_called(run, "acme/b").at("ok").as_bool());
}

BOOST_AUTO_TEST_CASE(a_wrong_file_copies_nothing) {
  sync_story story;
  const copy_run run = story.sync("jobs:\n" + story.job("acme/model") + story.job("acme/b", ", trasnfers: 3"));
  BOOST_TEST(run.exit_code() == 2, run.said());
  BOOST_TEST(run.process.err.find("did you mean transfers?") != std::string::npos, run.said());
  BOOST_TEST(run.source_log.empty());
  BOOST_TEST(run.target_log.empty());
}

BOOST_AUTO_TEST_CASE(each_job_has_the_credential_that_it_names) {
  sync_story story;
  child_command command = story.sync_command(
      "defaults: {credential: {source: SOURCE_OF_A_JOB, target: TARGET_OF_A_JOB}}\njobs:\n" + story.job("acme/model"),
      {});
  command.environment["SOURCE_OF_A_JOB"] = story.source().token();
  command.environment["TARGET_OF_A_JOB"] = story.target().token();
  command.environment["HF_TOKEN"] = "wrong";
  command.environment["TARGET_TOKEN"] = "wrong";
  const copy_run run = story.run(std::move(command));
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(a_dry_run_of_all_changes_nothing) {
  sync_story story;
  story.add_repository("acme/b", 1000);
  const copy_run run =
      story.sync("jobs:\n" + story.job("acme/model") + story.job("acme/b"), {"--dry-run", "--format", "text"});
  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.process.out.find("2 of 2 jobs done") != std::string::npos, run.said());
  BOOST_TEST(run.process.out.find("would copy") != std::string::npos, run.said());
  BOOST_TEST(!story.is_copied("acme/b"));
  BOOST_TEST(ref_pushes(run.target_log) == 0u);
}

BOOST_AUTO_TEST_CASE(all_jobs_together_stay_within_the_memory) {
  sync_story story;
  std::string jobs = "jobs:\n";
  for (int i = 0; i < 4; ++i) {
    const std::string name = "acme/large" + std::to_string(i);
    story.add_repository(name, 40'000'000);
    jobs += story.job(name);
  }
  const copy_run run = story.sync(jobs, {"--jobs", "4", "--max-buffer-memory", "64MiB"});
  BOOST_TEST(run.exit_code() == 0, run.said());
  std::int64_t buffers = 0;
  for (const json::value& each : run.document.at("jobs").as_array()) {
    const auto peak = each.at("peak_buffer_bytes").to_number<std::int64_t>();
    BOOST_TEST(peak <= 16 << 20);
    buffers += peak;
  }
  BOOST_TEST(buffers <= 64 << 20);
  for (int i = 0; i < 4; ++i) BOOST_TEST(story.is_copied("acme/large" + std::to_string(i)));
}

BOOST_AUTO_TEST_CASE(a_signal_ends_all_jobs_and_the_document_is_whole) {
  sync_story story;
  for (const char* name : {"acme/b", "acme/c"}) story.add_repository(name, 30'000'000);
  const std::string jobs = "jobs:\n" + story.job("acme/b") + story.job("acme/c") + story.job("acme/model");
  const auto marks = story.mark();
  story.source().fault({{"fault", "stall"}, {"at", 1'000'000}, {"times", -1}, {"match", {{"path", "/blob/"}}}});
  child_process running(story.sync_command(jobs, {"--timeout", "60s"}));
  for (int i = 0; i < 200 && events_of(story.source().log(), "batch").size() < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  running.send_signal(SIGTERM);
  const copy_run run = story.finish(running.wait(), marks);
  BOOST_TEST(run.exit_code() == 143, run.said());
  BOOST_TEST(run.document.at("jobs").as_array().size() == 2u);
  BOOST_TEST(run.document.at("unbegun").as_array().at(0).as_string() == "acme/model");
  for (const json::value& each : run.document.at("jobs").as_array()) {
    BOOST_TEST(each.at("exit_code").to_number<int>() == 143);
  }
}

BOOST_AUTO_TEST_SUITE_END()
