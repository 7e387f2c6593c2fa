#include "tools/hfpipe/spelling.hpp"

#include <array>
#include <boost/test/unit_test.hpp>

using namespace hfpipe::cli;

namespace spelling_test {

constexpr std::array<std::string_view, 4> names{"--transfers", "--timeout", "--refs", "--retries"};

}

BOOST_AUTO_TEST_SUITE(spelling_test)

BOOST_AUTO_TEST_CASE(one_edit_of_any_kind_finds_the_name) {
  for (const auto* typo : {"--transfer", "--transferss", "--tranSfers", "--trasnfers"}) {
    BOOST_TEST_CONTEXT(typo) BOOST_TEST(nearest(typo, names).value_or("nothing") == "--transfers");
  }
}

BOOST_AUTO_TEST_CASE(the_nearest_wins) {
  BOOST_TEST(nearest("--retrie", names).value_or("nothing") == "--retries");
}

BOOST_AUTO_TEST_CASE(what_is_far_from_every_name_finds_none) {
  BOOST_TEST(!nearest("--colour", names).has_value());
  BOOST_TEST(!nearest("", names).has_value());
  BOOST_TEST(!nearest(std::string(10'000, '-'), names).has_value());
}

BOOST_AUTO_TEST_CASE(what_may_be_a_secret_is_not_quoted) {
  BOOST_TEST(in_quotes("4x") == "'4x'");
  BOOST_TEST(in_quotes("https://h.example/a/b") == "'https://h.example/a/b'");
  for (const auto* text : {"https://u:p@h", "https://h/a?sig=1", "user@host", "hf_abcdef", "glpat-abc", "\x1b[31m"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(in_quotes(text) == "that value");
  }
  BOOST_TEST(in_quotes(std::string(65, 'x')) == "that value");
}

BOOST_AUTO_TEST_SUITE_END()
