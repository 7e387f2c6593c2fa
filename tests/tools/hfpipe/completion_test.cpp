#include "tools/hfpipe/completion.hpp"

#include <boost/test/unit_test.hpp>

#include "tools/hfpipe/flags.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;

BOOST_AUTO_TEST_SUITE(completion_test)

BOOST_AUTO_TEST_CASE(each_shell_is_taught_every_flag_and_command) {
  for (const std::string_view shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_for(shell).value();
    const std::string before = shell == "fish" ? "-l " : "--";
    for (const auto& f : all_flags()) {
      BOOST_TEST(script.find(before + std::string(f.name)) != std::string::npos, shell << " lacks " << f.name);
    }
    for (const auto word : all_commands()) {
      BOOST_TEST(script.find(word) != std::string::npos, shell << " lacks " << word);
    }
  }
}

BOOST_AUTO_TEST_CASE(choices_are_offered_where_a_flag_has_some) {
  BOOST_TEST(completion_for("bash").value().find("compgen -W \"text json\"") != std::string::npos);
  BOOST_TEST(completion_for("zsh").value().find("(text json)") != std::string::npos);
  BOOST_TEST(completion_for("fish").value().find("-l format -x -a 'text json'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(text_of_the_help_cannot_end_a_quoted_word) {
  const std::string zsh = completion_for("zsh").value();
  BOOST_TEST(zsh.find("SOURCE'\\''s") == std::string::npos);
  BOOST_TEST(zsh.find("the source'\\''s token") != std::string::npos);
  BOOST_TEST(completion_for("fish").value().find("the source\\'s token") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(another_shell_is_refused_with_those_that_are_known) {
  const auto refused = completion_for("csh");
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code() == errc::bad_option);
  BOOST_TEST(refused.error().hint() == "write hfpipe completion bash, zsh or fish");
}

BOOST_AUTO_TEST_SUITE_END()
