#include "tests/support/child_process.hpp"

#include <signal.h>

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::testing;

namespace {

child_command shell(const std::string& script) {
  return {.arguments = {"sh", "-c", script}};
}

}  // namespace

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

BOOST_AUTO_TEST_SUITE_END()
