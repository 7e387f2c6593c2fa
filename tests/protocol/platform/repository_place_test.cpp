#include "protocol/platform/repository_place.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace hfpipe;
using namespace hfpipe::platform;

namespace repository_place_test {

http::url url(std::string_view text) {
  return http::url::parse(text).value();
}

/// `category|owner|name`, or the error's name.
std::string place(std::string_view text, host_kind kind, std::optional<std::string_view> base = {}) {
  const auto repository = url(text);
  const auto found = place_of(repository, base ? url(*base) : api_base_of(repository, kind), kind);
  if (!found) return std::string(facts_of(found.error().code()).name);
  return found->category + "|" + found->owner + "|" + found->name;
}

}  // namespace repository_place_test

BOOST_AUTO_TEST_SUITE(repository_place_test)

BOOST_AUTO_TEST_CASE(a_name_tells_only_the_public_sites) {
  const auto hub = url("https://mirror.example:8443/").origin();
  const auto kind = [&](std::string_view text) { return kind_of_name(url(text).origin(), hub); };
  BOOST_CHECK(kind("https://huggingface.co/a/b") == host_kind::hugging_face);
  BOOST_CHECK(kind("https://mirror.example:8443/a/b") == host_kind::hugging_face);
  BOOST_CHECK(kind("https://www.modelscope.cn/a/b") == host_kind::modelscope);
  BOOST_CHECK(kind("https://gitlab.com/a/b") == host_kind::gitlab);
  BOOST_CHECK(kind("https://codeberg.org/a/b") == host_kind::gitea);
  for (const char* other : {"https://gitlab.example.com/a/b", "https://notgitlab.com/a/b",
                            "https://gitlab.com.evil.example/a/b", "https://mirror.example/a/b"}) {
    BOOST_TEST(!kind(other).has_value(), other);
  }
}

BOOST_AUTO_TEST_CASE(each_kind_has_its_api_at_its_own_path) {
  const auto base = [](host_kind kind) { return api_base_of(url("https://h.example:1234/a/b.git"), kind).shown(); };
  BOOST_TEST(base(host_kind::gitlab) == "https://h.example:1234/api/v4");
  BOOST_TEST(base(host_kind::gitea) == "https://h.example:1234/api/v1");
  BOOST_TEST(base(host_kind::hugging_face) == "https://h.example:1234/api");
  BOOST_TEST(base(host_kind::modelscope) == "https://h.example:1234/api/v1");
}

BOOST_AUTO_TEST_CASE(a_place_is_read_from_the_url) {
  BOOST_TEST(place("https://h/group/sub/name.git", host_kind::gitlab) == "|group/sub|name");
  BOOST_TEST(place("https://h/gr%C3%BC%20n/name/", host_kind::gitlab) == "|gr\xc3\xbc n|name");
  BOOST_TEST(place("https://h/o/n.git", host_kind::gitea) == "|o|n");
  BOOST_TEST(place("https://h/o/n", host_kind::hugging_face) == "models|o|n");
  BOOST_TEST(place("https://h/datasets/o/n", host_kind::hugging_face) == "datasets|o|n");
  BOOST_TEST(place("https://h/models/o/n.git", host_kind::modelscope) == "models|o|n");
}

BOOST_AUTO_TEST_CASE(the_folder_of_a_host_is_no_group) {
  BOOST_TEST(place("https://h/git/g/n", host_kind::gitlab, "https://h/git/api/v4") == "|g|n");
  BOOST_TEST(place("https://h/github/g/n", host_kind::gitlab, "https://h/git/api/v4") == "|github/g|n");
  BOOST_TEST(place("https://h/git/n", host_kind::gitlab, "https://api.h/git/api/v4") == "|git|n");
}

BOOST_AUTO_TEST_CASE(a_path_that_is_no_repository_is_refused) {
  for (const auto kind : {host_kind::gitlab, host_kind::gitea, host_kind::hugging_face, host_kind::modelscope}) {
    BOOST_TEST(place("https://h/", kind) == "bad_url");
    BOOST_TEST(place("https://h/alone", kind) == "bad_url");
  }
  BOOST_TEST(place("https://h/a/b/c", host_kind::gitea) == "bad_url");
  BOOST_TEST(place("https://h/datasets/a/b/c", host_kind::hugging_face) == "bad_url");
}

BOOST_AUTO_TEST_CASE(only_gitlab_knows_a_project_by_its_number) {
  BOOST_TEST(place_of_path("42", host_kind::gitlab).value().path() == "42");
  BOOST_TEST(!place_of_path("42", host_kind::gitea).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
