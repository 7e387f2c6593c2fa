#include "tools/hfpipe/credentials.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::cli;

namespace credentials_test {

/// One question with every input in reach.
struct asking {
  std::string source = "owner/name";
  std::string target = "https://gitlab.example.com/g/n.git";
  std::string endpoint;
  std::string source_token_file;
  std::string target_token_file;
  environment env;
  std::map<std::string, std::string> files;
  bool readable_by_others = false;

  outcome<credentials> ask() const {
    const auto hub = hub_endpoint(endpoint, plain_http::anywhere).value();
    const auto from = parse_address(source, hub, plain_http::anywhere).value();
    const auto to = parse_address(target, hub, plain_http::anywhere).value();
    const file_reader read = [&](const std::string& path) -> outcome<small_file> {
      const auto found = files.find(path);
      if (found == files.end()) return failure(errc::not_found).detail("cannot read " + path);
      return small_file{found->second, readable_by_others};
    };
    return gather_credentials({from, to, hub, source_token_file, target_token_file}, env, read);
  }
};

http::credential basic(const std::string& url, std::string_view user, const std::string& password) {
  return http::credential::basic(http::url::parse(url).value().origin(), user, secret(password));
}

bool same(const std::optional<http::credential>& found, const http::credential& wanted) {
  return found && found->authorization() == wanted.authorization() && found->shown_to() == wanted.shown_to();
}

}  // namespace credentials_test

BOOST_AUTO_TEST_SUITE(credentials_test)

BOOST_AUTO_TEST_CASE(without_any_token_both_sides_are_anonymous) {
  const auto found = asking{}.ask().value();
  BOOST_TEST(!found.source.has_value());
  BOOST_TEST(!found.target.has_value());
  BOOST_TEST(found.notes.empty());
}

BOOST_AUTO_TEST_CASE(the_hub_tokens_are_tried_in_the_order_of_the_hubs_own_tools) {
  asking a;
  a.files = {{"/run/token", "from-path"},
             {"/hf/token", "from-hf-home"},
             {"/cache/huggingface/token", "from-cache"},
             {"/home/me/.cache/huggingface/token", "from-home"}};
  a.env["HOME"] = "/home/me";
  const auto expect = [&](const char* token) {
    BOOST_TEST_CONTEXT(token) BOOST_TEST(same(a.ask().value().source, basic("https://huggingface.co/", "user", token)));
  };
  expect("from-home");
  a.env["XDG_CACHE_HOME"] = "/cache";
  expect("from-cache");
  a.env["HF_HOME"] = "/hf";
  expect("from-hf-home");
  a.env["HF_TOKEN_PATH"] = "/run/token";
  expect("from-path");
  a.env["HUGGING_FACE_HUB_TOKEN"] = "from-old-name";
  expect("from-old-name");
  a.env["HF_TOKEN"] = "from-hf-token";
  expect("from-hf-token");
}

BOOST_AUTO_TEST_CASE(white_space_around_a_token_is_taken_off_and_nothing_is_left_of_a_blank_one) {
  asking a;
  a.env["HF_TOKEN"] = " \r\n";
  a.env["HUGGING_FACE_HUB_TOKEN"] = "  token\r\n";
  BOOST_TEST(same(a.ask().value().source, basic("https://huggingface.co/", "user", "token")));
}

BOOST_AUTO_TEST_CASE(user_names_come_from_the_environment) {
  asking a;
  a.env = {{"HF_USERNAME", "me"}, {"HF_TOKEN", "s"}, {"TARGET_USERNAME", "you"}, {"TARGET_TOKEN", "t"}};
  const auto found = a.ask().value();
  BOOST_TEST(same(found.source, basic("https://huggingface.co/", "me", "s")));
  BOOST_TEST(same(found.target, basic("https://gitlab.example.com/", "you", "t")));
}

BOOST_AUTO_TEST_CASE(the_target_token_goes_with_oauth2_to_the_target_alone) {
  asking a;
  a.env["TARGET_TOKEN"] = "t";
  const auto found = a.ask().value();
  BOOST_TEST(!found.source.has_value());
  BOOST_TEST(same(found.target, basic("https://gitlab.example.com/", "oauth2", "t")));
}

BOOST_AUTO_TEST_CASE(the_hubs_token_never_reaches_a_target_elsewhere) {
  asking a;
  a.env["HF_TOKEN"] = "s";
  BOOST_TEST(!a.ask().value().target.has_value());
}

BOOST_AUTO_TEST_CASE(the_hubs_token_serves_a_target_on_the_hub) {
  asking a;
  a.target = "other/name";
  a.env["HF_TOKEN"] = "s";
  BOOST_TEST(same(a.ask().value().target, basic("https://huggingface.co/", "user", "s")));
}

BOOST_AUTO_TEST_CASE(a_named_token_goes_to_the_named_source_and_a_stored_one_does_not) {
  asking a;
  a.source = "https://git.example.com/a/b.git";
  a.env["HOME"] = "/home/me";
  a.files["/home/me/.cache/huggingface/token"] = "stored";
  BOOST_TEST(!a.ask().value().source.has_value());

  a.env["HF_TOKEN"] = "named";
  BOOST_TEST(same(a.ask().value().source, basic("https://git.example.com/", "user", "named")));
}

BOOST_AUTO_TEST_CASE(the_hubs_token_follows_its_endpoint) {
  asking a;
  a.endpoint = "https://hf-mirror.example.com";
  a.env["HF_TOKEN"] = "s";
  BOOST_TEST(same(a.ask().value().source, basic("https://hf-mirror.example.com/", "user", "s")));
}

BOOST_AUTO_TEST_CASE(the_hubs_token_goes_over_plain_http_to_this_machine_only) {
  asking a;
  a.env["HF_TOKEN"] = "s";
  a.source = "http://127.0.0.1:8080/a/b";
  BOOST_TEST(a.ask().value().source.has_value());

  a.source = "http://git.example.com/a/b";
  const auto found = a.ask().value();
  BOOST_TEST(!found.source.has_value());
  BOOST_TEST(found.notes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(inline_credentials_win_over_files_and_environment) {
  asking a;
  a.source = "https://me:inline-s@git.example.com/a/b.git";
  a.target = "https://you:inline-t@gitlab.example.com/g/n.git";
  a.source_token_file = "/s";
  a.target_token_file = "/t";
  a.files = {{"/s", "file-s"}, {"/t", "file-t"}};
  a.env = {{"HF_TOKEN", "env-s"}, {"TARGET_TOKEN", "env-t"}, {"TARGET_USERNAME", "env-user"}};
  const auto found = a.ask().value();
  BOOST_TEST(same(found.source, basic("https://git.example.com/", "me", "inline-s")));
  BOOST_TEST(same(found.target, basic("https://gitlab.example.com/", "you", "inline-t")));
}

BOOST_AUTO_TEST_CASE(token_files_win_over_the_environment_and_may_be_standard_input) {
  asking a;
  a.source_token_file = "-";
  a.target_token_file = "/t";
  a.files = {{"-", "typed\n"}, {"/t", "file-t\n"}};
  a.env = {{"HF_TOKEN", "env-s"}, {"TARGET_TOKEN", "env-t"}};
  const auto found = a.ask().value();
  BOOST_TEST(same(found.source, basic("https://huggingface.co/", "user", "typed")));
  BOOST_TEST(same(found.target, basic("https://gitlab.example.com/", "oauth2", "file-t")));
}

BOOST_AUTO_TEST_CASE(an_inline_name_is_completed_with_the_token_from_elsewhere) {
  asking a;
  a.target = "https://deployer@gitlab.example.com/g/n.git";
  a.env = {{"TARGET_TOKEN", "t"}};
  BOOST_TEST(same(a.ask().value().target, basic("https://gitlab.example.com/", "deployer", "t")));
}

BOOST_AUTO_TEST_CASE(an_inline_name_alone_is_sent_as_it_is) {
  asking a;
  a.target = "https://token-as-name@gitlab.example.com/g/n.git";
  BOOST_TEST(same(a.ask().value().target, basic("https://gitlab.example.com/", "token-as-name", "")));
}

BOOST_AUTO_TEST_CASE(a_token_file_that_cannot_be_read_or_is_blank_is_refused) {
  asking a;
  a.target_token_file = "/t";
  BOOST_CHECK(a.ask().error().code() == errc::bad_option);
  a.files["/t"] = " \n";
  BOOST_CHECK(a.ask().error().code() == errc::bad_option);
}

BOOST_AUTO_TEST_CASE(standard_input_cannot_hold_two_tokens) {
  asking a;
  a.source_token_file = a.target_token_file = "-";
  a.files["-"] = "token";
  BOOST_CHECK(a.ask().error().code() == errc::bad_option);
}

BOOST_AUTO_TEST_CASE(a_token_path_without_a_token_is_said) {
  asking a;
  a.env["HF_TOKEN_PATH"] = "/missing";
  const auto found = a.ask().value();
  BOOST_TEST(!found.source.has_value());
  BOOST_TEST(found.notes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(netrc_serves_the_host_it_names_when_nothing_else_does) {
  asking a;
  a.env = {{"HOME", "/home/me"}};
  a.files["/home/me/.netrc"] = "machine gitlab.example.com login me password n";
  auto found = a.ask().value();
  BOOST_TEST(same(found.target, basic("https://gitlab.example.com/", "me", "n")));
  BOOST_TEST(!found.source.has_value());
  BOOST_TEST(found.notes.empty());

  a.env["TARGET_TOKEN"] = "t";
  BOOST_TEST(same(a.ask().value().target, basic("https://gitlab.example.com/", "oauth2", "t")));
}

BOOST_AUTO_TEST_CASE(netrc_comes_after_what_the_hubs_login_stored) {
  asking a;
  a.env = {{"HOME", "/home/me"}};
  a.files["/home/me/.netrc"] = "machine huggingface.co password n";
  BOOST_TEST(same(a.ask().value().source, basic("https://huggingface.co/", "user", "n")));
  a.files["/home/me/.cache/huggingface/token"] = "stored";
  BOOST_TEST(same(a.ask().value().source, basic("https://huggingface.co/", "user", "stored")));
}

BOOST_AUTO_TEST_CASE(the_variable_netrc_names_another_file_which_must_be_there) {
  asking a;
  a.env = {{"HOME", "/home/me"}, {"NETRC", "~/other"}};
  a.files["/home/me/.netrc"] = "machine gitlab.example.com login me password n";
  auto found = a.ask().value();
  BOOST_TEST(!found.target.has_value());
  BOOST_TEST(found.notes.size() == 1u);

  a.files["/home/me/other"] = "machine gitlab.example.com login you password o";
  BOOST_TEST(same(a.ask().value().target, basic("https://gitlab.example.com/", "you", "o")));
}

BOOST_AUTO_TEST_CASE(an_inline_name_chooses_in_netrc) {
  asking a;
  a.env = {{"HOME", "/home/me"}};
  a.target = "https://b@gitlab.example.com/g/n.git";
  a.files["/home/me/.netrc"] =
      "machine gitlab.example.com login a password 1 machine gitlab.example.com login b password 2";
  BOOST_TEST(same(a.ask().value().target, basic("https://gitlab.example.com/", "b", "2")));

  a.target = "https://c@gitlab.example.com/g/n.git";
  BOOST_TEST(same(a.ask().value().target, basic("https://gitlab.example.com/", "c", "")));
}

BOOST_AUTO_TEST_CASE(what_netrc_says_goes_over_https_or_to_this_machine_only) {
  asking a;
  a.env = {{"HOME", "/home/me"}};
  a.files["/home/me/.netrc"] = "default login me password n";
  a.source = "http://git.example.com/a/b";
  a.target = "http://127.0.0.1:8080/g/n.git";
  const auto found = a.ask().value();
  BOOST_TEST(!found.source.has_value());
  BOOST_TEST(same(found.target, basic("http://127.0.0.1:8080/", "me", "n")));
  BOOST_REQUIRE(found.notes.size() == 1u);
  BOOST_TEST(found.notes[0] == "the password in /home/me/.netrc is not sent to http://git.example.com: plain http");
}

BOOST_AUTO_TEST_CASE(a_netrc_that_others_can_read_is_warned_of_once_and_only_when_it_is_used) {
  asking a;
  a.env = {{"HOME", "/home/me"}};
  a.files["/home/me/.netrc"] = "default login me password n";
  a.readable_by_others = true;
  BOOST_TEST(a.ask().value().notes.size() == 1u);
  a.env = {{"HOME", "/home/me"}, {"HF_TOKEN", "s"}, {"TARGET_TOKEN", "t"}};
  BOOST_TEST(a.ask().value().notes.empty());
}

BOOST_AUTO_TEST_CASE(a_token_file_that_others_can_read_is_warned_of) {
  asking a;
  a.env["HF_TOKEN_PATH"] = "/run/hub";
  a.target_token_file = "/run/target";
  a.files = {{"/run/hub", "hub-token"}, {"/run/target", "target-token"}};
  BOOST_TEST(a.ask().value().notes.empty());

  a.readable_by_others = true;
  const auto found = a.ask().value();

  BOOST_TEST(found.source.has_value());
  BOOST_TEST_REQUIRE(found.notes.size() == 2u);
  BOOST_TEST(found.notes[0] == "other users of this machine can read the token in /run/hub: chmod 600 it");
  BOOST_TEST(found.notes[1] ==
             "other users of this machine can read the token in the file of --target-token-file: chmod 600 it");
}

BOOST_AUTO_TEST_CASE(a_netrc_that_cannot_be_read_is_noted_and_left_out) {
  asking a;
  a.env = {{"HOME", "/home/me"}};
  a.files["/home/me/.netrc"] = "machine gitlab.example.com\npassword";
  const auto found = a.ask().value();
  BOOST_TEST(!found.target.has_value());
  BOOST_REQUIRE(found.notes.size() == 1u);
  BOOST_TEST(found.notes[0].find("/home/me/.netrc, line 2, column 1") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
