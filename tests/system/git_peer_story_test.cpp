#include <boost/test/unit_test.hpp>
#include <utility>
#include <vector>

#include "protocol/git/pkt_line.hpp"
#include "tests/support/nginx_story.hpp"
#include "tests/support/smart_git_peer.hpp"

// Peers that say what no real Git would at that point. Numbered as in tests/cases.md.

using namespace hfpipe;
using namespace hfpipe::testing;

namespace git_peer_story_test {

constexpr std::string_view source_token = "canary-of-the-source";
constexpr std::string_view target_token = "canary-of-the-target";

std::string packet_of(std::string_view payload) {
  std::string packet;
  git::append_pkt_line(packet, payload);
  return packet;
}

std::string line_of(std::string_view text) {
  std::string packet;
  git::append_text_line(packet, text);
  return packet;
}

const std::string flush = "0000";
const std::string some_id(40, '1');

/// A host that answers one request a connection: the first row whose text stands in the request gives the reply.
struct scripted_host {
  using table = std::vector<std::pair<std::string, std::string>>;
  table answers;
  loopback_peer peer;

  explicit scripted_host(table rows) : answers(std::move(rows)) {
    peer.script(50, [this](peer_link& link) {
      const seen_request seen = read_request(link);
      std::string reply = plain_reply("404 Not Found");
      for (const auto& [text, answer] : answers) {
        if ((seen.line() + "\n" + seen.body).find(text) == std::string::npos) continue;
        reply = answer;
        break;
      }
      link.send(reply.insert(reply.find("\r\n"), "\r\nConnection: close"));
    });
  }
  std::string url() const { return peer.url("/model.git").shown(); }
};

std::string v2_abilities(const std::string& before = "") {
  return git_reply("upload-pack-advertisement", before + line_of("version 2") + line_of("agent=git/peer") +
                                                    line_of("ls-refs=unborn") + line_of("fetch=shallow filter") +
                                                    line_of("object-format=sha1") + flush);
}

std::string one_ref() {
  return git_reply("upload-pack-result", line_of(some_id + " HEAD symref-target:refs/heads/main") +
                                             line_of(some_id + " refs/heads/main") + flush);
}

/// A target that is empty and may be pushed to.
scripted_host::table empty_target() {
  return {
      {"service=git-receive-pack", git_reply("receive-pack-advertisement", read_fixture("git/receive_pack_empty.bin"))},
      {"POST", git_reply("receive-pack-result", "")}};
}

hfpipe_run copy(const std::string& from, const std::string& to, std::vector<std::string> flags = {}) {
  const temporary_folder home;
  flags.insert(flags.end(), {"--retries", "0"});
  child_command command = copy_command(from, to, std::move(flags), home.path());
  command.environment["HF_TOKEN"] = source_token;
  command.environment["TARGET_TOKEN"] = target_token;
  return checked_run(run_child(std::move(command)), {std::string(source_token), std::string(target_token)},
                     home.path());
}

void check_words(const hfpipe_run& run, const std::string& side, const std::string& words) {
  BOOST_TEST(run.exit_code() != 0, run.said());
  BOOST_TEST(run.error("side") == side, run.said());
  BOOST_TEST(run.said().find(words) != std::string::npos, run.said());
}

}  // namespace git_peer_story_test

BOOST_AUTO_TEST_SUITE(git_peer_story_test, *boost::unit_test::precondition(nginx_is_installed))

BOOST_AUTO_TEST_CASE(case_20_err_pkt_of_the_source) {
  const std::string refusal = line_of("ERR the model went fishing");
  const std::vector<std::pair<std::string, scripted_host::table>> stages{
      {"advertisement", {{"GET", git_reply("upload-pack-advertisement", refusal)}}},
      {"refs", {{"GET", v2_abilities()}, {"command=ls-refs", git_reply("upload-pack-result", refusal)}}},
      {"fetch",
       {{"GET", v2_abilities()},
        {"command=ls-refs", one_ref()},
        {"command=fetch", git_reply("upload-pack-result", refusal)}}},
      {"sideband",
       {{"GET", v2_abilities()},
        {"command=ls-refs", one_ref()},
        {"command=fetch", git_reply("upload-pack-result", line_of("packfile") + line_of("\3the model went fishing"))}}},
  };
  for (const auto& [stage, rows] : stages) {
    BOOST_TEST_CONTEXT(stage) {
      const scripted_host source(rows);
      const scripted_host target(empty_target());

      check_words(copy(source.url(), target.url()), "source", "the model went fishing");
    }
  }
}

BOOST_AUTO_TEST_CASE(case_20_err_pkt_of_the_target) {
  const std::string refusal = line_of("ERR no more models");
  nginx_story real;
  real.publish();
  scripted_host::table at_push = empty_target();
  at_push.insert(at_push.begin(), {"PACK", git_reply("receive-pack-result", refusal)});
  const std::vector<std::pair<std::string, scripted_host::table>> stages{
      {"advertisement", {{"GET", git_reply("receive-pack-advertisement", refusal)}}},
      {"push", at_push},
  };
  for (const auto& [stage, rows] : stages) {
    BOOST_TEST_CONTEXT(stage) {
      const scripted_host target(rows);

      check_words(copy(real.source().url_of("/git/model.git"), target.url()), "target", "no more models");
    }
  }
}

BOOST_AUTO_TEST_CASE(an_address_that_a_server_repeats_is_shown_without_its_secrets) {
  nginx_story real;
  real.publish();
  const std::string echo =
      "no https://me:" + std::string(target_token) + "@h.example/x?sig=" + std::string(source_token);
  const std::string clean = "no https://...@h.example/x?...";
  const std::string report =
      packet_of("\1" + line_of("unpack " + echo) + line_of("ng refs/heads/main " + echo) + flush);
  const std::vector<std::pair<std::string, scripted_host::table>> pushes{
      {"report", {{"PACK", git_reply("receive-pack-result", line_of("\2" + echo) + report + flush)}}},
      {"fatal", {{"PACK", git_reply("receive-pack-result", line_of("\3" + echo))}}},
      {"ERR", {{"PACK", git_reply("receive-pack-result", line_of("ERR " + echo))}}},
      {"listing", {{"GET", git_reply("receive-pack-advertisement", line_of("ERR " + echo))}}}};
  for (const auto& [channel, rows] : pushes) {
    for (const std::vector<std::string>& talk :
         {std::vector<std::string>{"-v", "--progress", "plain"}, std::vector<std::string>{"-v", "--progress", "json"},
          std::vector<std::string>{"-q"}}) {
      BOOST_TEST_CONTEXT(channel << " " << talk.back()) {
        scripted_host::table answers = rows;
        const auto others = empty_target();
        answers.insert(answers.end(), others.begin(), others.end());
        const scripted_host target(answers);

        check_words(copy(real.source().url_of("/git/model.git"), target.url(), talk), "target", clean);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(trap_21_a_token_that_a_server_repeats_is_not_shown_wherever_it_stands) {
  nginx_story real;
  real.publish();
  const std::string echo = "the token " + std::string(target_token) + " may not push";
  const std::string clean = "the token [secret] may not push";
  scripted_host::table in_a_report = empty_target();
  in_a_report.insert(in_a_report.begin(), {"PACK", git_reply("receive-pack-result", line_of("ERR " + echo))});
  const std::vector<std::pair<std::string, scripted_host::table>> pushes{
      {"ERR", in_a_report}, {"status", {{"GET", plain_reply("403 Forbidden", "X-Error-Message: " + echo + "\r\n")}}}};
  for (const auto& [channel, rows] : pushes) {
    for (const std::vector<std::string>& talk :
         {std::vector<std::string>{"-v", "--progress", "plain"}, std::vector<std::string>{"-v", "--progress", "json"},
          std::vector<std::string>{"-q"}}) {
      BOOST_TEST_CONTEXT(channel << " " << talk.back()) {
        const scripted_host target(rows);

        const hfpipe_run run = copy(real.source().url_of("/git/model.git"), target.url(), talk);

        BOOST_TEST(run.exit_code() != 0, run.said());
        BOOST_TEST(run.said().find(clean) != std::string::npos, run.said());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(case_15_v2_with_banner) {
  const scripted_host source({{"GET", v2_abilities(line_of("# service=git-upload-pack") + flush)},
                              {"command=ls-refs", git_reply("upload-pack-result", flush)}});
  const scripted_host target(empty_target());

  const hfpipe_run run = copy(source.url(), target.url());

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.process.err.find("empty") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(case_25_target_401_midstream) {
  nginx_story real;
  for (unsigned n = 0; n < 6; ++n) {
    real.original().commit("main", {{"noise-" + std::to_string(n) + ".bin", noise(1'000'000, n + 1)}});
  }
  loopback_peer target;
  target.script(50, [](peer_link& link) {
    const std::string head = link.read_head();
    const std::string length = header_of(head, "Content-Length");
    std::string reply = plain_reply("404 Not Found");
    if (head.find("service=git-receive-pack") != std::string::npos) reply = empty_target().front().second;
    if (length == "4") reply = git_reply("receive-pack-result", "");  // the probe: the token still holds
    const bool is_push = head.starts_with("POST") && length != "4";
    if (is_push) {
      link.read(100'000);
      reply = plain_reply("401 Unauthorized", "WWW-Authenticate: Basic realm=\"git\"\r\n");
    } else if (!length.empty()) {
      link.read(std::stoul(length));
    }
    link.send(reply.insert(reply.find("\r\n"), "\r\nConnection: close"));
    if (is_push) link.read_to_end();
  });

  const hfpipe_run run = copy(real.source().url_of("/git/model.git"), target.url("/model.git").shown());

  check_words(run, "target", "401");
  BOOST_TEST(run.exit_code() == 7, run.said());
  BOOST_TEST(run.process.wall.count() < 20'000);
}

BOOST_AUTO_TEST_SUITE_END()
