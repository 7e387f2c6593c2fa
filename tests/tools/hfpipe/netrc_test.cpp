#include "tools/hfpipe/netrc.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::cli;

namespace netrc_test {

std::string found(std::string_view text, std::string_view host = "h.example", std::string_view user = {}) {
  const auto entries = parse_netrc(text).value();
  const auto* entry = find_netrc(entries, host, user);
  return entry == nullptr ? "none" : entry->user + ":" + std::string(entry->password.reveal());
}

}  // namespace netrc_test

BOOST_AUTO_TEST_SUITE(netrc_test)

BOOST_AUTO_TEST_CASE(entries_are_read_whatever_their_layout) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"machine h.example login me password pw", "me:pw"},
      {"machine h.example\n\tlogin me\r\n\tpassword pw\r\n", "me:pw"},
      {"machine h.example password pw login me", "me:pw"},
      {"machine H.Example login me password pw", "me:pw"},
      {"machine h.example password pw", ":pw"},
      {"machine h.example login me account x password pw", "me:pw"},
      {"machine h.example login \"me too\" password \"p\\\"w\"", "me too:p\"w"},
      {"machine h.example login me password #pw", "me:#pw"},
      {"# machine h.example login you password no\nmachine h.example login me password pw # mine", "me:pw"},
      {"machine h.example port 21 login me password pw", "me:pw"},
      {"default login me password pw", "me:pw"},
      {"machine h.example login me", "none"},
      {"machine other.example login me password pw", "none"},
      {"login me password pw", "none"},
      {"", "none"},
  };
  for (const auto& [text, wanted] : rows) BOOST_TEST_CONTEXT(text) BOOST_TEST(found(text) == wanted);
}

BOOST_AUTO_TEST_CASE(the_first_of_a_host_wins_and_the_host_wins_over_default) {
  BOOST_TEST(found("machine h.example login a password 1 machine h.example login b password 2") == "a:1");
  BOOST_TEST(found("default login d password 0 machine h.example login a password 1") == "a:1");
}

BOOST_AUTO_TEST_CASE(a_user_chooses_among_the_entries_of_a_host) {
  const std::string_view text = "machine h.example login a password 1 machine h.example login b password 2";
  BOOST_TEST(found(text, "h.example", "b") == "b:2");
  BOOST_TEST(found(text, "h.example", "c") == "none");
  BOOST_TEST(found("machine h.example password 3", "h.example", "c") == ":3");
}

BOOST_AUTO_TEST_CASE(a_host_below_or_above_is_another) {
  BOOST_TEST(found("machine example login a password 1") == "none");
  BOOST_TEST(found("machine a.h.example login a password 1") == "none");
  BOOST_TEST(found("machine h.example.org login a password 1") == "none");
}

BOOST_AUTO_TEST_CASE(a_macro_is_skipped_up_to_the_empty_line) {
  BOOST_TEST(found("macdef init\nmachine h.example login no password no\n\nmachine h.example login a password 1") ==
             "a:1");
  BOOST_TEST(found("macdef init\nmachine h.example login no password no") == "none");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_named_with_line_and_column_and_not_repeated) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"machine", "line 1, column 1: a word without its value"},
      {"machine h.example\n  password", "line 2, column 3: a word without its value"},
      {"machine h.example password \"canary", "line 1, column 28: a quote that is never closed"},
      {"\n \"canary", "line 2, column 2: a quote that is never closed"},
  };
  for (const auto& [text, wanted] : rows) {
    const auto read = parse_netrc(text);
    BOOST_TEST_CONTEXT(text) {
      BOOST_REQUIRE(read.has_error());
      BOOST_CHECK(read.error().code() == errc::bad_option);
      BOOST_TEST(read.error().detail() == wanted);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
