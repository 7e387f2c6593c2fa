#include "tools/hfpipe/jobs_file.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::cli;

namespace jobs_file_test {

std::vector<listed_job> read(const std::string& text) {
  return read_jobs(text, "jobs.yaml").value();
}

/// What a person would read, in one line.
std::string refusal(const std::string& text) {
  const auto jobs = read_jobs(text, "jobs.yaml");
  if (jobs) return "accepted";
  BOOST_CHECK(jobs.error().code() == errc::bad_option);
  return jobs.error().detail() + " | " + std::string(jobs.error().hint());
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> values(const listed_job& job, std::string_view key) {
  const auto found = job.settings.find(key);
  return found == job.settings.end() ? std::vector<std::string>{"absent"} : found->second.values;
}

using words = std::vector<std::string>;
const std::string ends = "source: a/b, target: 'https://h.example/a/b'";

}  // namespace jobs_file_test

BOOST_AUTO_TEST_SUITE(jobs_file_test)

BOOST_AUTO_TEST_CASE(a_job_says_what_a_command_line_says) {
  const auto jobs = read(
      "jobs:\n"
      "  - source: owner/name\n"
      "    target: https://h.example/g/n.git\n"
      "    mirror: true\n"
      "    lfs: all\n"
      "    transfers: 4\n"
      "    refs: [+refs/heads/*:refs/heads/*, ^refs/heads/tmp]\n");
  BOOST_TEST_REQUIRE(jobs.size() == 1u);
  BOOST_TEST(jobs[0].name == "owner/name");
  BOOST_TEST(jobs[0].place == "jobs.yaml:2:5");
  BOOST_TEST(values(jobs[0], "target") == words{"https://h.example/g/n.git"}, boost::test_tools::per_element());
  BOOST_TEST(values(jobs[0], "mirror") == words{"true"}, boost::test_tools::per_element());
  BOOST_TEST(values(jobs[0], "transfers") == words{"4"}, boost::test_tools::per_element());
  BOOST_TEST(values(jobs[0], "refs") == (words{"+refs/heads/*:refs/heads/*", "^refs/heads/tmp"}),
             boost::test_tools::per_element());
  BOOST_TEST(jobs[0].settings.at("lfs").given_as == "jobs.yaml:5:10: lfs");
}

BOOST_AUTO_TEST_CASE(a_job_wins_over_the_defaults_key_by_key) {
  const auto jobs = read(
      "defaults: {mirror: true, lfs: all, transfers: 2, credential: {source: HUB, target: HOST}}\n"
      "jobs:\n"
      "  - {" +
      ends +
      "}\n"
      "  - {" +
      ends + ", name: second, mirror: false, transfers: 8, credential: {target: OTHER}}\n");
  BOOST_TEST(values(jobs[0], "mirror") == words{"true"}, boost::test_tools::per_element());
  BOOST_TEST(values(jobs[1], "mirror").empty());
  BOOST_TEST(values(jobs[1], "lfs") == words{"all"}, boost::test_tools::per_element());
  BOOST_TEST(values(jobs[1], "transfers") == words{"8"}, boost::test_tools::per_element());
  BOOST_TEST(jobs[0].credentials.at(credential_role::target_token).variable == "HOST");
  BOOST_TEST(jobs[1].credentials.at(credential_role::target_token).variable == "OTHER");
  BOOST_TEST(jobs[1].credentials.at(credential_role::source_token).variable == "HUB");
}

BOOST_AUTO_TEST_CASE(defaults_may_stand_behind_the_jobs) {
  BOOST_TEST(values(read("jobs: [{" + ends + "}]\ndefaults: {lfs: none}\n")[0], "lfs") == words{"none"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_refspec_needs_no_list) {
  BOOST_TEST(values(read("jobs: [{" + ends + ", refs: refs/heads/main}]")[0], "refs") == words{"refs/heads/main"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_name_shows_nothing_of_an_inline_password) {
  BOOST_TEST(read("jobs: [{source: 'https://me:canary@h.example/a/b', target: ./x}]")[0].name == "h.example/a/b");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told_with_line_and_column) {
  struct {
    const char* text;
    const char* told;
  } const rows[]{
      {"jobs:\n  - {source: a/b, target: ./x, trasnfers: 3}", "jobs.yaml:2:32: unknown key 'trasnfers' in a job"},
      {"jobs:\n  - {source: a/b, target: ./x, trasnfers: 3}", "did you mean transfers?"},
      {"job: []", "jobs.yaml:1:1: unknown key 'job' in the file | did you mean jobs?"},
      {"jobs:\n  - source: a/b\n", "jobs.yaml:2:5: this job has no target"},
      {"jobs:\n  - target: a/b\n", "jobs.yaml:2:5: this job has no source"},
      {"jobs: []", "jobs.yaml:1:7: jobs is not a list of jobs"},
      {"jobs: {a: b}", "jobs.yaml:1:7: jobs is not a list of jobs"},
      {"jobs: [a]", "jobs.yaml:1:8: a job is not a map"},
      {"defaults: 3\njobs: [{source: a/b, target: ./x}]", "jobs.yaml:1:11: defaults is not a map"},
      {"defaults: {}", "no jobs: in it"},
      {"- a", "no jobs in it"},
      {"", "no jobs in it"},
      {"jobs:\n  - {source: a/b, source: c/d, target: ./x}", "jobs.yaml:2:19: 'source' is given twice"},
      {"defaults: {source: a/b}\njobs: []", "jobs.yaml:1:12: 'source' belongs to a job"},
      {"jobs:\n  - {source: a/b, target: ./x, mirror: maybe}", "jobs.yaml:2:40: mirror is neither true nor false"},
      {"jobs:\n  - {source: a/b, target: ./x, lfs: [all]}", "jobs.yaml:2:32: lfs needs one value"},
      {"jobs:\n  - {source: a/b, target: ./x, lfs: }", "jobs.yaml:2:32: lfs needs one value"},
      {"jobs:\n  - {source: a/b, target: ./x, refs: []}", "refs is an empty list"},
      {"jobs:\n  - {source: a/b, target: ./x, refs: [[a]]}", "refs is not a list of words"},
      {"jobs:\n  - {source: a/b, target: ./x, max-buffer-memory: 1GB}", "'max-buffer-memory' is of the whole run"},
      {"jobs:\n  - {source: a/b, target: ./x, format: json}", "give it as --format or HFPIPE_FORMAT"},
      {"jobs:\n  - {source: a/b, target: ./x, deep: true}", "'deep' is not of a copy"},
      {"jobs:\n  - {source: a/b, target: ./x, use-remote-mirror: true}", "is not of a copy"},
      {"x: &x {lfs: all}\njobs: [{<<: *x, source: a/b, target: ./x}]", "unknown key 'x'"},
      {"defaults: &x {lfs: all}\njobs: [{<<: *x, source: a/b, target: ./x}]", "merge keys are not read"},
      {"jobs:\n  - {source: a/b, target: ./x}\n  - {source: a/b, target: ./y}",
       "jobs.yaml:3:5: the job at jobs.yaml:2:5 has the same source | give both a name:"},
      {"jobs:\n  - {source: a/b, target: ./x, name: n}\n  - {source: c/d, target: ./y, name: n}", "has the same name"},
      {"jobs: [", "jobs.yaml:1:1: not YAML:"},
      {"jobs:\n\t- a", "not YAML:"},
      {"jobs: [{source: a/b, target: ./x, credential: {sorce: X}}]", "unknown key 'sorce' in credential"},
      {"jobs: [{source: a/b, target: ./x, credential: X}]", "credential is not a map"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) BOOST_TEST(contains(refusal(row.text), row.told), refusal(row.text));
  }
}

BOOST_AUTO_TEST_CASE(a_token_where_a_name_belongs_is_refused_and_not_repeated) {
  for (const char* token : {"hf_canaryCANARY", "glpat-CANARY", "123CANARY", "with space"}) {
    const std::string said = refusal("jobs: [{" + ends + ", credential: {target: '" + std::string(token) + "'}}]");
    BOOST_TEST(contains(said, "credential.target is not the name of a variable"), said);
    BOOST_TEST(!contains(said, token), said);
  }
}

BOOST_AUTO_TEST_CASE(an_alias_cannot_make_much_of_little) {
  std::string bomb = "defaults:\n  refs: &many [";
  for (int i = 0; i < 2000; ++i) bomb += "refs/heads/b" + std::to_string(i) + ",";
  bomb += "]\njobs:\n";
  for (int i = 0; i < 200; ++i) {
    bomb += "  - {source: a/b, target: ./t, name: n" + std::to_string(i) + ", refs: *many}\n";
  }
  BOOST_TEST(contains(refusal(bomb), "more than 200000 values"), refusal(bomb));
}

BOOST_AUTO_TEST_CASE(more_jobs_than_the_limit_are_refused) {
  std::string many = "jobs:\n";
  for (std::size_t i = 0; i <= most_jobs; ++i) many += "- {source: a/b" + std::to_string(i) + ", target: ./t}\n";
  BOOST_TEST(contains(refusal(many), "more than 10000 jobs"), refusal(many));
}

BOOST_AUTO_TEST_CASE(no_cut_of_a_good_file_crashes) {
  const std::string good = "defaults: {mirror: true}\njobs:\n  - {" + ends +
                           ", refs: [a, \"b\"], credential: {target: X}}\n  - source: c/d\n    target: ./x # note\n";
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    const auto jobs = read_jobs(good.substr(0, cut), "jobs.yaml");
    if (!jobs) BOOST_TEST(!jobs.error().detail().empty());
  }
  BOOST_TEST(read(good).size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
