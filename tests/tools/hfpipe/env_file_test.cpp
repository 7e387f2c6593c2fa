#include "tools/hfpipe/env_file.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::cli;

namespace env_file_test {

struct folder {
  std::map<std::string, small_file> files;
  environment process;

  outcome<extended_environment> read(const std::string& named = {}) const {
    const file_reader reader = [&](const std::string& path) -> outcome<small_file> {
      const auto found = files.find(path);
      if (found == files.end()) return failure(errc::not_found).detail(path + ": No such file");
      if (found->second.content == "forbidden") return failure(errc::bad_option).detail(path + ": Permission denied");
      return found->second;
    };
    return with_env_file(process, named, reader);
  }
  std::string notes(const std::string& named = {}) const {
    std::string all;
    for (const auto& note : read(named).value().notes) all += note + "\n";
    return all;
  }
};

}  // namespace env_file_test

BOOST_AUTO_TEST_SUITE(env_file_test)

BOOST_AUTO_TEST_CASE(without_a_file_the_environment_is_the_process_s) {
  const folder f{{}, {{"P", "1"}}};
  BOOST_CHECK(f.read().value().variables == f.process);
  BOOST_TEST(f.notes() == "");
}

BOOST_AUTO_TEST_CASE(the_file_of_the_working_folder_is_found) {
  const folder f{{{".env", {"A=1\nP=2"}}}, {{"P", "1"}}};
  BOOST_CHECK(f.read().value().variables == (environment{{"A", "1"}, {"P", "1"}}));
  BOOST_TEST(f.notes() == "");
}

BOOST_AUTO_TEST_CASE(a_named_file_is_read_in_its_place) {
  const folder f{{{".env", {"A=1"}}, {"other", {"B=2"}}}, {}};
  BOOST_CHECK(f.read("other").value().variables == (environment{{"B", "2"}}));
}

BOOST_AUTO_TEST_CASE(a_named_file_must_be_there_and_whole) {
  const folder f{{{"broken", {"A=1\nB='2"}}, {"shut", {"forbidden"}}}, {}};
  for (const std::string name : {"missing", "broken", "shut"}) {
    BOOST_TEST_CONTEXT(name) BOOST_CHECK(f.read(name).error().code() == errc::bad_option);
  }
  BOOST_TEST(f.read("broken").error().detail() == "broken:2:3: a quote that is never closed");
}

BOOST_AUTO_TEST_CASE(a_found_file_is_read_as_far_as_that_goes) {
  const folder broken{{{".env", {"A=1\nB='2\nC=3"}}}, {}};
  BOOST_TEST(broken.read().value().variables.at("C") == "3");
  BOOST_TEST(broken.notes() == ".env:2:3: a quote that is never closed: this line is left out\n");

  const folder shut{{{".env", {"forbidden"}}}, {}};
  BOOST_TEST(shut.notes() == ".env: Permission denied: going on without it\n");
}

BOOST_AUTO_TEST_CASE(of_many_faults_the_first_are_told) {
  const folder f{{{".env", {"=\n=\n=\n=\n=\n"}}}, {}};
  BOOST_TEST(f.read().value().notes.size() == 4u);
  BOOST_TEST(f.read().value().notes.back() == ".env: and 2 lines more");
}

BOOST_AUTO_TEST_CASE(a_file_with_a_secret_that_others_can_read_is_warned_of) {
  const std::vector<std::pair<std::string, bool>> rows{
      {"HF_TOKEN=x", true},         {"TARGET_TOKEN=x", true},
      {"GITLAB_API_TOKEN=x", true}, {"HUGGING_FACE_HUB_TOKEN=x", true},
      {"HF_TOKEN=", false},         {"HF_TOKEN", false},
      {"HF_USERNAME=x", false},     {"HFPIPE_TARGET=https://u:p@h.example/a/b", true},
      {"HFPIPE_SOURCE=a/b", false}, {"# HF_TOKEN=x", false},
  };
  for (const auto& [text, warned] : rows) {
    const folder open{{{".env", {text, true}}}, {}};
    const folder shut{{{".env", {text, false}}}, {}};
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST((open.notes().find("chmod 600 .env") != std::string::npos) == warned);
      BOOST_TEST(shut.notes() == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_found_file_that_decides_whom_to_trust_is_named_and_a_named_one_is_not) {
  const small_file file{"HF_ENDPOINT=https://mirror.example\nHTTPS_PROXY=http://p.example:1\nSSL_CERT_DIR=/x"};
  const folder f{{{".env", file}, {"mine", file}}, {{"SSL_CERT_DIR", "/y"}}};
  BOOST_TEST(f.notes() == ".env decides who is talked to and trusted: HF_ENDPOINT, HTTPS_PROXY\n");
  BOOST_TEST(f.notes("mine") == "");
}

BOOST_AUTO_TEST_SUITE_END()
