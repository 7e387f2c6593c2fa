#include "tools/hfpipe/help_text.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <sstream>

#include "tools/hfpipe/utf8_text.hpp"

using namespace hfpipe::cli;

namespace help_text_test {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

bool has_row(std::string_view text, const flag& of) {
  const std::string begin = of.letter.empty() ? "\n      " : "\n  " + std::string(of.letter) + ", ";
  return contains(text, begin + "--" + std::string(of.name) + ' ');
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

const std::vector<std::optional<command>> pages{std::nullopt,        command::copy,    command::sync,
                                                command::verify,     command::mirror,  command::bench,
                                                command::completion, command::version, command::help};

}  // namespace help_text_test

BOOST_AUTO_TEST_SUITE(help_text_test)

BOOST_AUTO_TEST_CASE(each_page_has_the_flags_of_its_command_and_no_others) {
  for (const command of : {command::copy, command::sync, command::verify, command::mirror, command::bench}) {
    const std::string text = help_text(of);
    BOOST_TEST_CONTEXT(to_text(of)) {
      BOOST_TEST(contains(text, "hfpipe " + std::string(to_text(of))));
      for (const flag& each : all_flags()) {
        if (each.help.empty()) continue;
        BOOST_TEST(has_row(text, each) == listens(of, each), each.name);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_whole_page_has_every_command_and_flag) {
  const std::string text = help_text();
  for (const std::string_view each : all_commands()) BOOST_TEST(contains(text, "hfpipe " + std::string(each)), each);
  for (const flag& each : all_flags()) {
    if (!each.help.empty()) BOOST_TEST(has_row(text, each), each.name);
  }
}

BOOST_AUTO_TEST_CASE(that_a_flag_is_of_one_command_only_is_said_where_others_are_shown_too) {
  for (const command of : {command::sync, command::verify, command::bench}) {
    const std::string words = std::string(to_text(of)) + " only: ";
    BOOST_TEST(contains(help_text(), words), words);
    BOOST_TEST(!contains(help_text(of), words), words);
  }
}

BOOST_AUTO_TEST_CASE(only_who_compares_can_find_a_difference_and_nobody_is_told_of_deletions_there) {
  for (const command of : {command::copy, command::sync, command::mirror, command::bench}) {
    BOOST_TEST(!contains(help_text(of), "12  verify"), to_text(of));
    BOOST_TEST(contains(help_text(of), "130, 143  stopped by a signal"), to_text(of));
  }
  BOOST_TEST(contains(help_text(command::verify), "12  verify: the target is different\n"));
  BOOST_TEST(!contains(help_text(command::verify), "delete"));
  BOOST_TEST(contains(help_text(command::copy), "delete on the target"));
}

BOOST_AUTO_TEST_CASE(help_of_help_is_the_whole_page) {
  BOOST_TEST(help_text(command::help) == help_text());
}

BOOST_AUTO_TEST_CASE(no_heading_comes_twice_and_no_line_is_too_long) {
  for (const auto& page : pages) {
    std::set<std::string> headings;
    for (const std::string& line : lines_of(help_text(page))) {
      BOOST_TEST(columns_of(line) <= 100u, line);
      if (line.ends_with(':')) BOOST_TEST(headings.insert(line).second, line);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
