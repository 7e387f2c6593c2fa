#include "tools/hfpipe/redaction.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace hfpipe;
using namespace hfpipe::cli;

namespace redaction_test {

const std::string token = "hf_c4n4ryOfTheSource";

known_secrets knowing(std::initializer_list<std::string_view> hidden) {
  known_secrets all;
  for (const auto each : hidden) all.add(each);
  return all;
}

/// What arrives behind the buffer when `text` is written in pieces of that size, each with a flush.
std::string shown(const known_secrets& hidden, std::string_view text, std::size_t piece) {
  std::ostringstream out;
  redacting_buffer between(*out.rdbuf(), hidden);
  std::ostream stream(&between);
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    stream << text.substr(0, piece) << std::flush;
  }
  return out.str();
}

known_secrets secrets_in(const std::vector<std::string>& args, const environment& env) {
  const file_reader none = [](const std::string&) -> outcome<small_file> { return failure(errc::not_found); };
  return secrets_of(parse_options(args, env, none).value());
}

}  // namespace redaction_test

BOOST_AUTO_TEST_SUITE(redaction_test)

BOOST_AUTO_TEST_CASE(trap_21_a_secret_is_hidden_wherever_it_stands) {
  const auto hidden = knowing({token});

  BOOST_TEST(hidden.hidden_in(token) == "[secret]");
  BOOST_TEST(hidden.hidden_in("token " + token + " is read-only, " + token) == "token [secret] is read-only, [secret]");
  BOOST_TEST(hidden.hidden_in("hf_c4n4ry alone") == "hf_c4n4ry alone");
}

BOOST_AUTO_TEST_CASE(a_secret_is_hidden_in_every_form_that_it_travels_in) {
  const auto hidden = knowing({"pass/w\"rd 1"});

  BOOST_TEST(hidden.hidden_in("pass/w\"rd 1") == "[secret]");
  BOOST_TEST(hidden.hidden_in("pass%2Fw%22rd%201") == "[secret]");
  BOOST_TEST(hidden.hidden_in(R"({"said":"pass/w\"rd 1"})") == R"({"said":"[secret]"})");
}

BOOST_AUTO_TEST_CASE(a_secret_within_another_leaves_nothing_of_the_longer_one) {
  const auto hidden = knowing({"12345678", "12345678-and-more"});

  BOOST_TEST(hidden.hidden_in("12345678-and-more 12345678") == "[secret] [secret]");
}

BOOST_AUTO_TEST_CASE(what_is_short_enough_to_be_a_word_is_left_alone) {
  BOOST_TEST(knowing({"main", ""}).hidden_in("refs/heads/main") == "refs/heads/main");
}

BOOST_AUTO_TEST_CASE(pieces_of_any_size_show_no_secret_and_all_the_rest) {
  const std::string text = "a hf_c4 b " + token + "\nhf_" + token + token + " c\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    BOOST_TEST(shown(knowing({token}), text, piece) == "a hf_c4 b [secret]\nhf_[secret][secret] c\n",
               "in pieces of " << piece);
  }
}

BOOST_AUTO_TEST_CASE(a_result_of_megabytes_streams_through_whole) {
  std::string text;
  while (text.size() < 1'000'000) text += "a line of a result\n";
  std::ostringstream out;
  const auto hidden = knowing({token});
  redacting_buffer between(*out.rdbuf(), hidden);

  std::ostream(&between) << text << std::flush;

  BOOST_TEST((out.str() == text));
}

BOOST_AUTO_TEST_CASE(a_reader_that_is_gone_is_noticed) {
  struct closed final : std::streambuf {
  } nobody;
  const known_secrets none;
  redacting_buffer between(nobody, none);
  std::ostream stream(&between);

  stream << "text" << std::flush;

  BOOST_TEST(!stream.good());
}

BOOST_AUTO_TEST_CASE(trap_21_every_secret_of_a_command_is_known) {
  const auto hidden =
      secrets_in({"copy", "https://me:source-pw@hub.example/o/n", "https://h.example/g/n.git", "--create"},
                 {{"TARGET_TOKEN", "target-token"},
                  {"GITLAB_API_TOKEN", "api-token-1"},
                  {"HTTPS_PROXY", "http://me:proxy-pw-1@proxy.example:1"}});

  for (const std::string text : {"source-pw", "target-token", "api-token-1", "proxy-pw-1", "bWU6c291cmNlLXB3"}) {
    BOOST_TEST(hidden.hidden_in(text) == "[secret]", text);
  }
}

BOOST_AUTO_TEST_CASE(a_token_in_the_place_of_the_user_is_known) {
  const auto hidden = secrets_in({"copy", "https://" + token + "@hub.example/o/n", "https://h.example/g/n.git"}, {});

  BOOST_TEST(hidden.hidden_in(token) == "[secret]");
}

BOOST_AUTO_TEST_SUITE_END()
