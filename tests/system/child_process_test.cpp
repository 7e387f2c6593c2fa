#include "tests/support/child_process.hpp"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "tests/support/forge_process.hpp"
#include "tests/support/nginx_process.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace child_process_test {

child_command shell(const std::string& script) {
  return {.arguments = {"sh", "-c", script}};
}

constexpr const char* mark = "HFPIPE_ORPHAN_TEST";

boost::test_tools::assertion_result is_marked(boost::unit_test::test_unit_id) {
  return ::getenv(mark) != nullptr;
}

std::string file_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The names of the processes that were started, by whomever, with the mark in their environment. What has ended and
/// waits to be reaped has no environment.
std::multiset<std::string> marked_processes(const std::string& value) {
  std::multiset<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string environment = file_text(entry.path() / "environ");
    if (environment.find(std::string(mark) + '=' + value + '\0') == std::string::npos) continue;
    std::string name = file_text(entry.path() / "comm");
    name.erase(std::remove(name.begin(), name.end(), '\n'), name.end());
    names.insert(name);
  }
  return names;
}

template <class Condition>
bool comes_true(Condition holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace child_process_test

BOOST_AUTO_TEST_SUITE(child_process_test)

BOOST_AUTO_TEST_CASE(output_errors_and_exit_code_come_back_apart) {
  const child_result done = run_child(shell("echo out; echo err >&2; exit 7"));

  BOOST_TEST(done.out == "out\n");
  BOOST_TEST(done.err == "err\n");
  BOOST_TEST(done.exit_code == 7);
  BOOST_TEST(!done.timed_out);
}

BOOST_AUTO_TEST_CASE(more_than_a_pipe_holds_passes_both_ways) {
  child_command echo = shell("cat");
  echo.input = std::string(3'000'000, 'x');

  BOOST_TEST((run_child(echo).out == echo.input));
}

BOOST_AUTO_TEST_CASE(a_child_that_ignores_its_input_does_no_harm) {
  child_command deaf = shell("exit 0");
  deaf.input = std::string(3'000'000, 'x');

  BOOST_TEST(run_child(deaf).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(the_environment_is_changed_not_replaced) {
  child_command ask = shell("echo ${PATH:+path} $ADDED ${HOME:-gone}");
  ask.environment = {{"ADDED", "yes"}, {"HOME", ""}};

  BOOST_TEST(run_child(ask).out == "path yes gone\n");
}

BOOST_AUTO_TEST_CASE(the_limit_kills_grandchildren_too) {
  child_command forever = shell("sleep 1000 & sleep 1000");
  forever.limit = std::chrono::seconds(1);

  const child_result done = run_child(forever);

  BOOST_TEST(done.timed_out);
  BOOST_TEST(done.exit_code == 128 + SIGKILL);
  BOOST_TEST((done.wall < std::chrono::seconds(20)));
}

BOOST_AUTO_TEST_CASE(a_signal_is_told_as_a_shell_tells_it) {
  child_process sleeper(shell("exec sleep 1000"));
  sleeper.send_signal(SIGTERM);

  BOOST_TEST(sleeper.wait().exit_code == 128 + SIGTERM);
}

BOOST_AUTO_TEST_CASE(peak_memory_is_the_childs) {
  const auto copy = [](const std::string& block) {  // dd holds one block
    return run_child(shell("exec dd if=/dev/zero of=/dev/null bs=" + block + " count=1")).peak_rss;
  };

  BOOST_CHECK(copy("1k") < 200_MiB);
  BOOST_CHECK(copy("300M") > 290_MiB);
}

BOOST_AUTO_TEST_CASE(a_program_that_does_not_exist_cannot_be_started) {
  BOOST_CHECK_THROW(run_child({.arguments = {"no-such-program-here"}}), std::runtime_error);
}

/// The test process that the case below kills.
BOOST_AUTO_TEST_CASE(one_of_each_kind_until_killed, *boost::unit_test::precondition(is_marked)) {
  const child_process gone(shell("true"));
  const child_process two(shell("sleep 1000 & exec sleep 1000"));
  const forge_process forge;
  const nginx_process nginx;
  std::this_thread::sleep_for(std::chrono::seconds(100));
}

BOOST_AUTO_TEST_CASE(nothing_outlives_a_test_process_that_is_killed,
                     *boost::unit_test::precondition(nginx_is_installed)) {
  const std::string value = std::to_string(::getpid());
  const std::string itself = std::filesystem::read_symlink("/proc/self/exe").string();
  child_process killed({.arguments = {itself, "--run_test=child_process_test/one_of_each_kind_until_killed"},
                        .environment = {{mark, value}}});
  const auto all_run = [&] {
    const auto names = marked_processes(value);
    return names.count("sleep") == 2 && names.contains("forge") && names.contains("nginx") &&
           names.count("fcgiwrap") > 1;
  };
  BOOST_REQUIRE(comes_true(all_run));

  ::kill(killed.pid(), SIGKILL);

  const auto none_runs = [&] { return marked_processes(value).empty(); };
  BOOST_TEST(comes_true(none_runs));
}

BOOST_AUTO_TEST_SUITE_END()
