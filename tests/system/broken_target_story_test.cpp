#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <tuple>

#include "tests/support/copy_story.hpp"

// Refusals and breakdowns of the target, and wrong commands. That no run tells a secret, copy_story::run() checks
// everywhere; here it is told to say all it can.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace broken_target_story_test {

const std::string canary = "canary-of-a-wrong-token";

bool says(const copy_run& run, std::string_view words) {
  return run.process.err.find(words) != std::string::npos;
}

std::size_t lines_with(const std::string& text, std::string_view words) {
  std::size_t lines = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++lines;
  return lines;
}

void publish_small(copy_story& story) {
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.commit_objects("main", "weights", 1, 400'000);
  story.original().commit("other", {{"notes.txt", "nothing yet\n"}});
}

// A port of this machine where nobody listens: taken, and given back.
std::uint16_t closed_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

struct refusal {
  int exit_code;
  std::string side;
  std::string words;
};

void check_refused(copy_story& story, const copy_run& run, const refusal& expected) {
  BOOST_TEST(run.exit_code() == expected.exit_code, run.said());
  BOOST_TEST(run.error("side") == expected.side, run.said());
  BOOST_TEST(run.error().find(expected.words) != std::string::npos, run.said());
  BOOST_TEST(story.copied().refs().empty());
}

}  // namespace broken_target_story_test

BOOST_AUTO_TEST_SUITE(broken_target_story_test)

BOOST_AUTO_TEST_CASE(wrong_tokens_are_refused_in_one_sentence_that_does_not_hold_them) {
  copy_story story;
  publish_small(story);
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{{}, {"-v"}, {"--progress", "json"}, {"-v", "--progress", "plain"}}) {
    // The hub does not tell a wrong token from a name that does not exist, but it says why itself.
    for (const auto& [variable, side, words] : {std::tuple("HF_TOKEN", "source", "Invalid username or password"),
                                                std::tuple("TARGET_TOKEN", "target", "the credentials were refused")}) {
      BOOST_TEST_CONTEXT(variable << " with " << (flags.empty() ? "" : flags.back())) {
        child_command command = story.command(flags);
        command.environment[variable] = canary;

        const copy_run run = story.run(std::move(command));

        check_refused(story, run, {7, side, words});
        BOOST_TEST(lines_with(run.process.err, words) == 1u, run.said());
        BOOST_TEST(run.said().find(canary) == std::string::npos);
        BOOST_TEST(run.number("retries") == 0);
        BOOST_TEST(events_of(run.target_log, "batch").empty());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(credentials_inside_an_address_are_never_shown) {
  copy_story story;
  publish_small(story);
  std::string to = story.target().url_of(copy_story::name);
  to.insert(to.find("://") + 3, "somebody:" + canary + "@");

  const copy_run run = story.run(story.command(story.source().url_of(copy_story::name), to, {"-v"}));

  check_refused(story, run, {7, "target", "the credentials were refused"});
  BOOST_TEST(run.said().find(canary) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_signed_address_that_fails_is_shown_without_its_signature) {
  copy_story story;
  publish_small(story);
  story.source().fault({{"fault", "blob_status"}, {"status", 500}, {"times", -1}});

  // copy_story::run() looks for signatures.
  const copy_run run = story.run({"-v", "--progress", "json", "--retries", "1"});

  check_refused(story, run, {5, "source", "the server failed"});
}

BOOST_AUTO_TEST_CASE(repositories_that_do_not_exist) {
  copy_story story;
  publish_small(story);
  const std::string from = story.source().url_of(copy_story::name);
  const std::string to = story.target().url_of(copy_story::name);

  check_refused(story, story.run(story.command(story.source().url_of("acme/none"), to)), {3, "source", "not found"});
  check_refused(story, story.run(story.command(from, story.target().url_of("acme/none"))), {4, "target", "not found"});
}

BOOST_AUTO_TEST_CASE(a_source_that_hides_itself_from_the_anonymous_is_not_found) {
  copy_story story;
  publish_small(story);
  child_command command = story.command();
  command.environment["HF_TOKEN"] = "";

  const copy_run run = story.run(std::move(command));

  check_refused(story, run, {3, "source", ""});
  BOOST_TEST(run.error("hint").find("token") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(hosts_that_nobody_answers_for_are_temporary) {
  copy_story story;
  publish_small(story);
  const std::string from = story.source().url_of(copy_story::name);
  const std::string to = story.target().url_of(copy_story::name);
  const std::string nowhere = "https://127.0.0.1:" + std::to_string(closed_port()) + "/acme/model";

  check_refused(story, story.run(story.command(nowhere, to, {"--retries", "0"})), {5, "source", "cannot connect"});
  check_refused(story, story.run(story.command(from, nowhere, {"--retries", "0"})), {5, "target", "cannot connect"});
}

BOOST_AUTO_TEST_CASE(wrong_usage_does_nothing) {
  copy_story story;
  publish_small(story);
  for (const std::vector<std::string>& flags : std::vector<std::vector<std::string>>{
           {"--no-such-flag"}, {"--max-buffer-memory", "1MiB"}, {"-j", "0"}, {"--refs", "refs/heads/*:refs/heads/x"}}) {
    BOOST_TEST_CONTEXT(flags.front()) {
      const copy_run run = story.run(flags);

      BOOST_TEST(run.exit_code() == 2, run.said());
      BOOST_TEST(!run.process.err.empty());
      BOOST_TEST(run.source_log.empty());
      BOOST_TEST(run.target_log.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(refusals_of_an_upload_stop_the_refs) {
  copy_story story;
  publish_small(story);
  const std::vector<std::pair<json::object, refusal>> rows{
      {{{"fault", "upload_status"}, {"status", 413}}, {7, "target", "a body of this size"}},
      {{{"fault", "upload_status"}, {"status", 401}}, {7, "target", "the credentials were refused"}},
      {{{"fault", "upload_status"}, {"status", 403}, {"message", "quota"}}, {7, "target", "not allowed"}},
      {{{"fault", "upload_status"}, {"status", 500}}, {5, "target", "the server failed"}},
      {{{"fault", "verify_status"}, {"status", 404}}, {6, "target", "the target refuses the object"}},
      {{{"fault", "batch_status"}, {"status", 401}}, {7, "target", "the credentials were refused"}},
      {{{"fault", "batch_object_error"}, {"status", 422}}, {6, "target", "the target refuses the object"}},
  };
  for (const auto& [rule, expected] : rows) {
    BOOST_TEST_CONTEXT(json::serialize(rule)) {
      json::object fault = rule;
      fault["times"] = -1;
      story.target().fault(fault);

      const copy_run run = story.run({"--retries", "0"});

      story.target().clear_faults();
      check_refused(story, run, expected);
      BOOST_TEST(ref_pushes(run.target_log) == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_early_413_is_read_while_a_large_body_is_still_being_sent) {
  copy_story story;
  story.commit_generated("main", 64_MiB, 1);
  story.target().fault({{"fault", "upload_status"}, {"status", 413}, {"times", -1}});

  const copy_run run = story.run();

  check_refused(story, run, {7, "target", "a body of this size"});
  BOOST_TEST(run.error("hint").find("client_max_body_size") != std::string::npos, run.said());
}

BOOST_AUTO_TEST_CASE(a_target_that_takes_no_more_bytes_is_given_up) {
  copy_story story;
  story.commit_generated("main", 64_MiB, 1);  // more than the sockets between hold
  story.target().fault({{"fault", "stall"}, {"at", 200'000}, {"times", -1}});

  const copy_run run = story.run({"--retries", "0", "--timeout", "1s"});

  check_refused(story, run, {5, "target", "in time"});
  BOOST_TEST(ref_pushes(run.target_log) == 0u);
}

BOOST_AUTO_TEST_CASE(a_target_that_breaks_off_once_is_survived) {
  const std::vector<json::object> faults{{{"fault", "upload_cut"}, {"at", 200'000}},
                                         {{"fault", "upload_status"}, {"status", 503}},
                                         {{"fault", "batch_status"}, {"status", 503}},
                                         {{"fault", "git_status"}, {"status", 502}},
                                         {{"fault", "push_status"}, {"status", 503}, {"skip", 1}}};
  for (const json::object& fault : faults) {
    BOOST_TEST_CONTEXT(json::serialize(fault)) {
      copy_story story;
      publish_small(story);
      story.target().fault(fault);

      const copy_run run = story.run();

      BOOST_TEST(story.target().hits(json::value_to<std::string>(fault.at("fault"))) == 1u);
      BOOST_TEST(run.exit_code() == 0, run.said());
      BOOST_TEST(story.difference() == "");
      BOOST_TEST(blobs_came_first(run.target_log));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_target_without_write_access_hears_of_no_object) {
  copy_story story;
  publish_small(story);
  story.target().fault({{"fault", "push_status"}, {"status", 403}, {"times", -1}});

  const copy_run run = story.run();

  check_refused(story, run, {7, "target", "not allowed"});
  BOOST_TEST(events_of(run.target_log, "batch").empty());
  BOOST_TEST(events_of(run.source_log, "download").empty());
}

BOOST_AUTO_TEST_CASE(a_pre_receive_hook_refuses_in_its_own_words) {
  copy_story story;
  publish_small(story);
  story.copied().write_hook("pre-receive", "echo 'models need a licence file' >&2\nexit 1\n");

  const copy_run run = story.run();

  check_refused(story, run, {4, "target", "refused"});
  BOOST_TEST(says(run, "remote: models need a licence file"), run.said());
  for (const auto& [ref, status] : run.refs("status")) BOOST_TEST(status == "rejected", ref + " is " + status);
  for (const auto& [ref, why] : run.refs("reason")) BOOST_TEST(why.find("hook") != std::string::npos, ref + ": " + why);
}

BOOST_AUTO_TEST_CASE(an_update_hook_that_refuses_one_ref_does_not_stop_the_others) {
  copy_story story;
  publish_small(story);
  story.copied().write_hook("update",
                            "if [ \"$1\" = refs/heads/other ]; then echo 'other is protected' >&2; exit 1; fi\n");

  const copy_run run = story.run();

  BOOST_TEST(run.exit_code() == 6, run.said());
  BOOST_TEST(says(run, "other is protected"), run.said());
  BOOST_TEST(run.refs("status").at("refs/heads/main") == "ok");
  BOOST_TEST(run.refs("status").at("refs/heads/other") == "rejected");
  const std::map<std::string, std::string> moved{{"refs/heads/main", story.original().refs().at("refs/heads/main")}};
  BOOST_TEST((story.copied().refs() == moved));
}

BOOST_AUTO_TEST_SUITE_END()
