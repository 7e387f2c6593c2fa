#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <thread>

#include "tests/support/copy_story.hpp"
#include "tests/support/sanitized.hpp"

// Signals while the run waits for something. The first one ends it soon, whatever that is; no ref has moved, and a
// repetition finishes.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;
using clock_type = std::chrono::steady_clock;

namespace interrupt_story_test {

// A port whose queue of connections is full: the next one gets no answer at all.
class full_port {
 public:
  full_port() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* const generic = reinterpret_cast<sockaddr*>(&address_);
    ::bind(listening_, generic, size);
    ::listen(listening_, 0);
    ::getsockname(listening_, generic, &size);
    for (int n = 0; n < 4; ++n) {
      waiting_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      ::connect(waiting_.back(), generic, size);
    }
  }
  ~full_port() {
    for (const int each : waiting_) ::close(each);
    ::close(listening_);
  }
  full_port(const full_port&) = delete;
  full_port& operator=(const full_port&) = delete;
  std::string url() const { return "https://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)) + "/acme/model"; }

 private:
  int listening_;
  sockaddr_in address_{};
  std::vector<int> waiting_;
};

void publish(copy_story& story) {
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.commit_generated("main", 64_MiB, 1);  // more than the sockets between hold
}

void wait_until(const std::function<bool()>& holds) {
  const auto end = clock_type::now() + std::chrono::seconds(60);
  while (!holds()) {
    if (clock_type::now() > end) throw std::runtime_error("the run never came so far");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

// Starts the command, waits until `waits` says that it waits, and sends one signal.
copy_run stop(copy_story& story, child_command command, const std::function<bool()>& waits, int signal) {
  const copy_story::log_marks marks = story.mark();
  child_process child(std::move(command));
  wait_until(waits);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // until it does wait, behind what the host saw
  BOOST_TEST_REQUIRE(!child.has_ended());
  const auto sent = clock_type::now();
  child.send_signal(signal);
  copy_run run = story.finish(child.wait(), marks);
  BOOST_TEST((clock_type::now() - sent < std::chrono::seconds(5)));
  return run;
}

void check_stopped(copy_story& story, const copy_run& run, int exit_code) {
  BOOST_TEST(run.exit_code() == exit_code, run.said());
  BOOST_TEST(run.number("exit_code") == exit_code, run.said());
  BOOST_TEST(run.process.err.find("stopping") != std::string::npos, run.said());
  BOOST_TEST(run.process.err.find("run the same command again") != std::string::npos, run.said());
  for (const auto& [ref, status] : run.refs("status")) BOOST_TEST(status == "failed", ref + " is " + status);
  BOOST_TEST(story.copied().refs().empty());
}

struct wait_row {
  std::string what;
  side where;
  json::object fault;
  std::vector<std::string> flags = {};
};

}  // namespace interrupt_story_test

BOOST_AUTO_TEST_SUITE(interrupt_story_test)

BOOST_AUTO_TEST_CASE(whatever_the_run_waits_for_the_first_signal_ends_it_soon) {
  const auto on = [](const char* path, const char* method = "") {
    return json::object{{"path", path}, {"method", method}};
  };
  const std::vector<wait_row> rows{
      {"a TLS handshake", side::target, {{"fault", "tls_stall"}}},
      {"a reply", side::source, {{"fault", "reply_late"}, {"ms", 60'000}, {"match", on("/info/refs")}}},
      {"another try", side::source, {{"fault", "batch_status"}}, {"--retry-delay", "60s"}},
      {"an object's bytes", side::source, {{"fault", "stall"}, {"at", 1'000'000}, {"match", on("/blob/")}}},
      {"a target that takes nothing", side::target, {{"fault", "stall"}, {"at", 1'000'000}, {"match", on("", "PUT")}}},
      {"the end of an upload", side::target, {{"fault", "reply_late"}, {"ms", 60'000}, {"match", on("", "PUT")}}},
      {"a verification", side::target, {{"fault", "reply_late"}, {"ms", 60'000}, {"match", on("/info/lfs/verify")}}},
  };
  copy_story story;
  publish(story);
  for (const wait_row& row : rows) {
    BOOST_TEST_CONTEXT("waiting for " << row.what) {
      std::filesystem::remove_all(story.copied().path() / "lfs" / "objects");  // what the row before stored
      const forge_process& host = row.where == side::source ? story.source() : story.target();
      const std::string name = json::value_to<std::string>(row.fault.at("fault"));
      json::object fault = row.fault;
      fault["times"] = -1;
      host.fault(fault);
      const std::uint64_t before = host.hits(name);

      const copy_run run = stop(
          story, story.command(row.flags), [&] { return host.hits(name) > before; }, SIGTERM);

      host.clear_faults();
      check_stopped(story, run, 143);
      if (!run.refs("ref").empty()) {
        for (const auto& [ref, why] : run.refs("reason")) {
          BOOST_TEST(why.find("before its push") != std::string::npos, ref + ": " + why);
        }
      }
    }
  }
  const copy_run again = story.run();
  BOOST_TEST(again.exit_code() == 0, again.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(a_push_in_flight_is_broken_off_and_its_refs_are_not_claimed) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.copied().write_hook("pre-receive", "sleep 60\n");

  const auto pushes = [&] { return ref_pushes(story.target().log()) == 1u; };
  const copy_run run = stop(story, story.command(), pushes, SIGINT);

  check_stopped(story, run, 130);
  for (const auto& [ref, why] : run.refs("reason")) {
    BOOST_TEST(why.find("before the target's answer was known") != std::string::npos, ref + ": " + why);
  }
  story.copied().write_hook("pre-receive", "exit 0\n");
  const copy_run again = story.run();
  BOOST_TEST(again.exit_code() == 0, again.said());
  BOOST_TEST(story.difference() == "");
}

BOOST_AUTO_TEST_CASE(a_connection_that_nobody_answers_is_given_up_at_once) {
  copy_story story;
  publish(story);
  const full_port nobody;
  const auto listed = [&] { return !story.source().log_of("git").empty(); };

  const copy_run run =
      stop(story, story.command(story.source().url_of(copy_story::name), nobody.url()), listed, SIGTERM);

  check_stopped(story, run, 143);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_looked_up_for_ever_is_given_up_at_once) {
  if (sanitized) return;  // a sanitizer wants to be the first library that is loaded
  copy_story story;
  publish(story);
  const auto listed = [&] { return !story.source().log_of("git").empty(); };
  child_command command = story.command(story.source().url_of(copy_story::name), "https://host.invalid/acme/model");
  command.environment["LD_PRELOAD"] = HFPIPE_BLOCKED_LOOKUP;

  const copy_run run = stop(story, std::move(command), listed, SIGTERM);

  check_stopped(story, run, 143);
}

BOOST_AUTO_TEST_CASE(the_second_signal_ends_it_at_once) {
  copy_story story;
  publish(story);
  std::string more;
  const std::string tip = story.original().refs().at("refs/heads/main");
  for (int n = 0; n < 1'500; ++n) more += "create refs/heads/branch-" + std::to_string(n) + " " + tip + "\n";
  story.original().git({"update-ref", "--stdin"}, more);
  story.source().fault({{"fault", "stall"}, {"at", 1'000'000}, {"match", {{"path", "/blob/"}}}});
  // Nobody reads the result, which is larger than a pipe: what the first signal begins cannot end.
  const temporary_folder here;
  const std::string pipe = (here.path() / "pipe").string();
  BOOST_TEST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int unread = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  child_command command = story.command();
  command.arguments.insert(command.arguments.begin(), {"sh", "-c", "out=$1; shift; exec \"$@\" >\"$out\"", "sh", pipe});

  child_process child(std::move(command));
  wait_until([&] { return story.source().hits("stall") == 1u; });
  child.send_signal(SIGTERM);
  std::this_thread::sleep_for(std::chrono::seconds(2));
  BOOST_TEST(!child.has_ended());
  const auto sent = clock_type::now();
  child.send_signal(SIGINT);
  const child_result ended = child.wait();

  BOOST_TEST(ended.exit_code == 130, ended.err);
  BOOST_TEST((clock_type::now() - sent < std::chrono::seconds(2)));
  BOOST_TEST(story.copied().refs().empty());
  ::close(unread);
}

BOOST_AUTO_TEST_SUITE_END()
