#include "tools/hfpipe/address.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <vector>

using namespace hfpipe;
using namespace hfpipe::cli;

namespace address_test {

http::url hub() {
  return hub_endpoint("", plain_http::loopback_only).value();
}

std::string shown(std::string_view text) {
  return parse_address(text, hub(), plain_http::loopback_only).value().url.shown();
}

std::optional<failure> refusal(std::string_view text) {
  const auto read = parse_address(text, hub(), plain_http::loopback_only);
  return read ? std::nullopt : std::optional(read.error());
}

}  // namespace address_test

BOOST_AUTO_TEST_SUITE(address_test)

BOOST_AUTO_TEST_CASE(short_names_are_on_the_hub) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"Qwen/Qwen3-0.6B", "https://huggingface.co/Qwen/Qwen3-0.6B"},
      {"models/Qwen/Qwen3-0.6B", "https://huggingface.co/Qwen/Qwen3-0.6B"},
      {"datasets/openai/gsm8k", "https://huggingface.co/datasets/openai/gsm8k"},
      {"datasets/squad", "https://huggingface.co/datasets/squad"},
      {"spaces/owner/name", "https://huggingface.co/spaces/owner/name"},
      {"hf://owner/name", "https://huggingface.co/owner/name"},
      {"hf://datasets/owner/name", "https://huggingface.co/datasets/owner/name"},
      {"owner/name/", "https://huggingface.co/owner/name"},
      {"owner/name.git", "https://huggingface.co/owner/name"},
  };
  for (const auto& [text, url] : rows) BOOST_TEST_CONTEXT(text) BOOST_TEST(shown(text) == url);
}

BOOST_AUTO_TEST_CASE(short_names_follow_the_configured_endpoint) {
  const auto mirror = hub_endpoint("https://hf-mirror.example.com/proxy/", plain_http::loopback_only).value();

  const auto read = parse_address("owner/name", mirror, plain_http::loopback_only).value();

  BOOST_TEST(read.url.shown() == "https://hf-mirror.example.com/proxy/owner/name");
}

BOOST_AUTO_TEST_CASE(urls_keep_their_git_suffix_and_lose_slashes_at_the_end) {
  BOOST_TEST(shown("https://gitlab.example.com/group/sub/name.git") == "https://gitlab.example.com/group/sub/name.git");
  BOOST_TEST(shown("https://gitlab.example.com:8443/group/name//") == "https://gitlab.example.com:8443/group/name");
}

BOOST_AUTO_TEST_CASE(inline_credentials_are_taken_off_and_kept) {
  const auto read =
      parse_address("https://oauth2:canary%2F1@gitlab.example.com/g/n.git", hub(), plain_http::loopback_only).value();

  BOOST_TEST(read.url.shown() == "https://gitlab.example.com/g/n.git");
  BOOST_TEST(read.user.value() == "oauth2");
  BOOST_TEST(read.password.value().reveal() == "canary/1");
}

BOOST_AUTO_TEST_CASE(what_names_no_repository_is_refused_with_the_accepted_forms) {
  for (const std::string_view text :
       {"", "name", "https://host", "https://host/", "https:///a/b", "a/b/c", "a//b", "a/..", "a/b c", "hf://",
        "hf://name", "https://huggingface.co/datasets/owner/name/blob/main/x"}) {
    BOOST_TEST_CONTEXT("'" << text << "'") {
      const auto why = refusal(text);
      BOOST_REQUIRE(why.has_value());
      BOOST_CHECK(why->code() == errc::bad_url);
      BOOST_TEST(why->hint().find("owner/name") != std::string_view::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_front_page_of_a_repository_on_the_hub_is_the_repository) {
  BOOST_TEST(shown("https://huggingface.co/owner/name/tree/main") == "https://huggingface.co/owner/name");
  BOOST_TEST(shown("https://huggingface.co/datasets/o/n/tree/main/") == "https://huggingface.co/datasets/o/n");
  BOOST_TEST(shown("https://huggingface.co/tree/main") == "https://huggingface.co/tree/main");
  BOOST_TEST(shown("https://h.example/owner/name/tree/main") == "https://h.example/owner/name/tree/main");
}

BOOST_AUTO_TEST_CASE(a_revision_is_what_stands_behind_an_at_or_in_a_browser) {
  struct row {
    const char *text, *url, *revision;
  };
  for (const auto& [text, url, revision] :
       {row{"hf://owner/name@v1", "https://huggingface.co/owner/name", "v1"},
        row{"owner/name@main", "https://huggingface.co/owner/name", "main"},
        row{"datasets/o/n@feature/a", "https://huggingface.co/datasets/o/n", "feature/a"},
        row{"owner/name@refs/pr/1", "https://huggingface.co/owner/name", "refs/pr/1"},
        row{"https://huggingface.co/owner/name/tree/v1", "https://huggingface.co/owner/name", "v1"},
        row{"https://huggingface.co/owner/name/tree/refs%2Fpr%2F1", "https://huggingface.co/owner/name", "refs/pr/1"},
        row{"https://huggingface.co/datasets/o/n/tree/v1/", "https://huggingface.co/datasets/o/n", "v1"},
        row{"owner/name", "https://huggingface.co/owner/name", ""},
        row{"https://huggingface.co/owner/name/tree/main", "https://huggingface.co/owner/name", ""}}) {
    BOOST_TEST_CONTEXT(text) {
      const auto read = parse_address(text, hub(), plain_http::loopback_only).value();
      BOOST_TEST(read.url.shown() == url);
      BOOST_TEST(read.revision == revision);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_ref_s_name_is_no_revision) {
  for (const std::string_view text :
       {"owner/name@", "owner/name@a b", "owner/name@*", "owner/name@a..b", "name@v1",
        "owner/name@0123456789012345678901234567890123456789", "https://huggingface.co/owner/name/tree/v1/folder"}) {
    BOOST_TEST(refusal(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(an_ssh_address_is_answered_with_the_https_one) {
  BOOST_TEST(refusal("git@gitlab.example.com:group/sub/name.git")->hint() ==
             "write https://gitlab.example.com/group/sub/name.git");
  BOOST_TEST(refusal("ssh://git@gitlab.example.com:2222/group/name")->hint() ==
             "write https://gitlab.example.com/group/name");
  BOOST_TEST(refusal("git@ho st:a/b")->hint() == "write https://host/owner/name.git");
}

BOOST_AUTO_TEST_CASE(a_page_about_a_file_names_its_repository) {
  const auto why = refusal("https://huggingface.co/owner/name/blob/main/config.json");
  BOOST_TEST(why->hint().find("https://huggingface.co/owner/name ") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_page_of_another_host_is_answered_with_what_to_write) {
  struct row {
    std::string_view text, hint;
  };
  for (const auto& [text, hint] :
       {row{"https://gitlab.example.com/group/sub/name/-/tree/main?ref_type=heads",
            "write https://gitlab.example.com/group/sub/name, and --refs +refs/heads/main:refs/heads/main for that "
            "branch alone"},
        row{"https://gitlab.example.com/group/name/-/blob/main/README.md?ref_type=heads",
            "write https://gitlab.example.com/group/name"},
        row{"https://u:canary@gitea.example.com/owner/name/src/commit/0123",
            "write https://gitea.example.com/owner/name"},
        row{"https://openxlab.org.cn/models/detail/owner/name", "write https://code.openxlab.org.cn/owner/name"},
        row{"https://gitlab.example.com/group/name?tab=files#top", "write https://gitlab.example.com/group/name"}}) {
    BOOST_TEST_CONTEXT(text) {
      const auto why = refusal(text);
      BOOST_REQUIRE(why.has_value());
      BOOST_CHECK(why->code() == errc::bad_url);
      BOOST_TEST(why->hint() == hint);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_front_page_of_modelscope_is_its_repository) {
  BOOST_TEST(shown("https://modelscope.cn/models/owner/name") == "https://modelscope.cn/models/owner/name.git");
  BOOST_TEST(shown("https://www.modelscope.cn/datasets/owner/name/summary") ==
             "https://www.modelscope.cn/datasets/owner/name.git");
  BOOST_TEST(shown("https://www.modelscope.cn/owner/name.git") == "https://www.modelscope.cn/owner/name.git");
}

BOOST_AUTO_TEST_CASE(plain_http_goes_to_this_machine_only) {
  BOOST_TEST(shown("http://127.0.0.1:8080/a/b.git") == "http://127.0.0.1:8080/a/b.git");
  BOOST_TEST(shown("http://localhost:8080/a/b.git") == "http://localhost:8080/a/b.git");
  BOOST_CHECK(refusal("http://git.example.com/a/b.git")->code() == errc::insecure_refused);
  BOOST_TEST(parse_address("http://git.example.com/a/b.git", hub(), plain_http::anywhere).has_value());
}

BOOST_AUTO_TEST_CASE(the_endpoint_obeys_the_same_rule) {
  BOOST_CHECK(hub_endpoint("http://hub.example.com", plain_http::loopback_only).error().code() ==
              errc::insecure_refused);
  BOOST_TEST(hub_endpoint("http://hub.example.com", plain_http::anywhere).has_value());
  BOOST_CHECK(hub_endpoint("hub.example.com", plain_http::anywhere).error().code() == errc::bad_url);
}

BOOST_AUTO_TEST_CASE(what_begins_as_a_path_is_a_folder_of_this_machine) {
  const std::string here = "file://" + std::filesystem::current_path().string();
  const std::vector<std::pair<std::string, std::string>> rows{{"/srv/a.git", "file:///srv/a.git"},
                                                              {"/srv/x/../a.git/", "file:///srv/a.git"},
                                                              {"./a.git", here + "/a.git"},
                                                              {"./owner/name", here + "/owner/name"},
                                                              {".", here},
                                                              {"file:///srv/a%20b", "file:///srv/a%20b"},
                                                              {"file://localhost/srv/a", "file:///srv/a"},
                                                              {"/srv/a b?#%41", "file:///srv/a%20b%3F%23%2541"}};
  for (const auto& [text, expected] : rows) BOOST_TEST(shown(text) == expected);
  BOOST_TEST(parse_address("/srv/a b%41", hub(), plain_http::loopback_only).value().url.folder() == "/srv/a b%41");
}

BOOST_AUTO_TEST_CASE(what_is_no_folder_of_this_machine_is_refused) {
  for (const std::string_view text : {"file://elsewhere/a", "file://relative", "file:///a?b", "file:///a%00b", "~/a"}) {
    BOOST_TEST(refusal(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(no_refusal_repeats_a_secret) {
  for (const std::string_view text :
       {"https://u:canary@", "https://u:canary@host", "https://canary@host/?x", "ftp://u:canary@host/a/b",
        "http://u:canary@git.example.com/a/b", "u:canary@host/a/b", "hf_canary", "hf://hf_canary/x/y/z",
        "https://host/a?token=canary", "https://u:canary@ho st/a/b"}) {
    BOOST_TEST_CONTEXT(text) {
      const auto why = refusal(text);
      BOOST_REQUIRE(why.has_value());
      BOOST_TEST((why->what() + std::string(why->hint())).find("canary") == std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
