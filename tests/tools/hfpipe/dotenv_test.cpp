#include "tools/hfpipe/dotenv.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::cli;

namespace dotenv_test {

/// What the file adds to a process that has P=process and an empty E.
environment added(std::string_view text) {
  environment env{{"P", "process"}, {"E", ""}};
  add_dotenv(env, parse_dotenv(text)).value();
  return env;
}

std::string value_of_a(std::string_view text) {
  const auto env = added(text);
  const auto found = env.find("A");
  return found == env.end() ? "not set" : "[" + found->second + "]";
}

/// `line:column why` of the only fault.
std::string fault_of(std::string_view text) {
  const auto content = parse_dotenv(text);
  if (content.faults.size() != 1) return std::to_string(content.faults.size()) + " faults";
  const auto& fault = content.faults[0];
  return std::to_string(fault.line) + ":" + std::to_string(fault.column) + " " + fault.why;
}

}  // namespace dotenv_test

BOOST_AUTO_TEST_SUITE(dotenv_test)

// Each row was read by python-dotenv 1.2.2 to the same end.
BOOST_AUTO_TEST_CASE(values_are_what_python_dotenv_makes_of_them) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"A=b", "[b]"},
      {"A=b\r\n", "[b]"},
      {"A=b\rB=c", "[b]"},
      {"\n\n  A = b  \n", "[b]"},
      {"export A=b", "[b]"},
      {"export\tA=b", "[b]"},
      {"exportA=b", "not set"},
      {"\xef\xbb\xbf"
       "A=b",
       "[b]"},
      {"A=", "[]"},
      {"A=\nB=c", "[]"},
      {"A", "not set"},
      {"A=b\nA", "not set"},
      {"A=b\nA=c", "[c]"},
      {"# A=b", "not set"},
      {"A=b # c", "[b]"},
      {"A=b#c", "[b#c]"},
      {"A=#b", "[#b]"},
      {"A= #b", "[#b]"},
      {"A=b c", "[b c]"},
      {"A=b=c", "[b=c]"},
      {"A=b'c", "[b'c]"},
      {"A=b\\nc", "[b\\nc]"},
      {"A='b c'", "[b c]"},
      {"A='b # c' # d", "[b # c]"},
      {"A='b\\nc'", "[b\\nc]"},
      {"A='b\\'c\\\\d'", "[b'c\\d]"},
      {"A='b\\'", "[b\\]"},
      {"A=\"b\\\\nc\"", "[b\\nc]"},
      {"A=\"\\a\\b\\f\\n\\r\\t\\v\\\"\\'\\x\"", "[\a\b\f\n\r\t\v\"'\\x]"},
      {"A=\"b\nc\"", "[b\nc]"},
      {"A=\"b\r\nc\"", "[b\nc]"},
      {"A='b\nB=c'", "[b\nB=c]"},
      {"A=''", "[]"},
      {"A=\"b\"#c", "[b]"},
      {"'A'=b", "[b]"},
      {"A=${P}", "[process]"},
      {"A='${P}'", "[process]"},
      {"A=${E:-x}", "[]"},
      {"A=${N}", "[]"},
      {"A=${N:-x}", "[x]"},
      {"A=${N:-}", "[]"},
      {"A=${N:x}", "[${N:x}]"},
      {"A=${N", "[${N]"},
      {"A=$P", "[$P]"},
      {"A=${N:${P}", "[${N:process]"},
      {"P=file\nA=${P}", "[process]"},
      {"B=c\nA=x${B}y${B}z", "[xcycz]"},
      {"A=${B}\nB=c", "[]"},
      {"B=${A:-1}\nA=${B}2", "[12]"},
      {"B\nA=${B:-x}", "[]"},
      {"A=1\nA=${A}2", "[12]"},
  };
  for (const auto& [text, wanted] : rows) BOOST_TEST_CONTEXT(text) BOOST_TEST(value_of_a(text) == wanted);
}

BOOST_AUTO_TEST_CASE(the_process_wins_over_the_file_even_with_nothing) {
  const auto env = added("P=file\nE=file\nA=file");
  BOOST_TEST(env.at("P") == "process");
  BOOST_TEST(env.at("E") == "");
  BOOST_TEST(env.at("A") == "file");
}

BOOST_AUTO_TEST_CASE(a_fault_is_named_with_line_and_column) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"A='b", "1:3 a quote that is never closed"},
      {"B=1\n  A = \"b", "2:7 a quote that is never closed"},
      {"\n\n=b", "3:1 no name before the ="},
      {"A='b' c", "1:7 more text where the line should end"},
      {"A b=c", "1:3 more text where the line should end"},
      {"'A=b", "1:1 a quote that is never closed"},
      {"''=b", "1:1 an empty name"},
      {"A='1\n2'\nB='3' 4", "3:7 more text where the line should end"},
  };
  for (const auto& [text, wanted] : rows) BOOST_TEST_CONTEXT(text) BOOST_TEST(fault_of(text) == wanted);
}

BOOST_AUTO_TEST_CASE(what_follows_a_fault_is_read) {
  BOOST_TEST(value_of_a("=x\nA=b") == "[b]");
  BOOST_TEST(parse_dotenv("=x\nA=b\n=y\n").faults.at(1).line == 3u);
}

BOOST_AUTO_TEST_CASE(no_fault_repeats_what_stands_there) {
  for (const std::string_view text : {"A='canary", "canary canary", "A='b' canary"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(fault_of(text).find("canary") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(values_that_double_from_line_to_line_are_refused) {
  std::string text = "A0=0123456789\n";
  for (int i = 1; i < 64; ++i) {
    const auto before = "${A" + std::to_string(i - 1) + "}";
    text += "A" + std::to_string(i) + "=" + before + before + "\n";
  }
  environment env;
  BOOST_CHECK(add_dotenv(env, parse_dotenv(text)).error().code() == errc::bad_option);
  BOOST_TEST(env.empty());
}

BOOST_AUTO_TEST_SUITE_END()
