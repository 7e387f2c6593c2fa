#include "protocol/git/remote_text.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/failure.hpp"
#include "tests/support/every_split.hpp"

using namespace hfpipe;
using hfpipe::git::remote_text;
using lines = std::vector<std::string>;

namespace remote_text_test {

lines taken_from(std::string_view words, std::size_t most = 100) {
  remote_text text(most);
  text.add(testing::bytes_of(words));
  return text.take();
}

}  // namespace remote_text_test

BOOST_AUTO_TEST_SUITE(remote_text_test)

BOOST_AUTO_TEST_CASE(lines_are_put_together_at_every_split) {
  testing::at_every_split("one\r\n\ncounting 1\rcounting 2\r\ntwo", [](const testing::pieces& input) {
    remote_text text(100);
    for (const auto& piece : input) text.add(piece);
    BOOST_TEST(text.take() == (lines{"one", "counting 2", "two"}), boost::test_tools::per_element());
  });
}

BOOST_AUTO_TEST_CASE(only_the_last_lines_are_kept) {
  BOOST_TEST(taken_from("a\nb\nc\n", 2) == (lines{"b", "c"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(control_characters_are_escaped) {
  BOOST_TEST(taken_from("\x1b[31mred\n") == (lines{"\\x1b[31mred"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_signed_url_loses_its_signature) {
  BOOST_TEST(taken_from("see https://u:canary@host/x?sig=canary now\n") == (lines{"see https://...@host/x?... now"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_line_without_end_is_cut) {
  BOOST_TEST(taken_from(std::string(100'000, 'x')).front().size() == server_text_limit);
}

BOOST_AUTO_TEST_CASE(a_line_that_is_cut_inside_a_url_loses_all_of_it) {
  const std::string before(server_text_limit - 15, 'x');
  BOOST_TEST(taken_from(before + "https://u:canary@host/x\n").front() == before + "https://...");
}

BOOST_AUTO_TEST_CASE(taken_lines_are_gone) {
  remote_text text(10);
  text.add(testing::bytes_of("a\nb"));
  text.take();
  BOOST_TEST(text.take().empty());
}

BOOST_AUTO_TEST_SUITE_END()
