#include "protocol/git/refspec.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/fails_with.hpp"

using namespace hfpipe;
using hfpipe::git::refspec;
using testing::fails_with;

namespace refspec_test {

ref_name name(std::string_view text) {
  return ref_name::parse(text).value();
}

refspec spec(std::string_view text) {
  return refspec::parse(text).value();
}

/// The mapped name, or empty.
std::string mapped(std::string_view text, std::string_view source) {
  const auto to = spec(text).map(name(source)).value();
  return to ? to->text() : "";
}

}  // namespace refspec_test

BOOST_AUTO_TEST_SUITE(refspec_test)

BOOST_AUTO_TEST_CASE(names_are_mapped) {
  struct row {
    const char *text, *source, *target;
  };
  const row table[]{
      {"+refs/heads/*:refs/heads/*", "refs/heads/a/b", "refs/heads/a/b"},
      {"refs/heads/*:refs/mirror/*", "refs/heads/a", "refs/mirror/a"},
      {"refs/heads/main:refs/heads/prod", "refs/heads/main", "refs/heads/prod"},
      {"refs/heads/main", "refs/heads/main", "refs/heads/main"},
      {"refs/heads/*", "refs/heads/x", "refs/heads/x"},
      {"refs/heads/v*-rc:refs/tags/*/rc", "refs/heads/v1.0-rc", "refs/tags/1.0/rc"},
      {"refs/*:refs/*", "refs/pr/1", "refs/pr/1"},
      {"refs/heads/*", "refs/tags/x", ""},
      {"refs/heads/main", "refs/heads/main2", ""},
      {"refs/heads/ab*ba", "refs/heads/aba", ""},
      {"^refs/heads/*", "refs/heads/x", ""},
  };
  for (const auto& [text, source, target] : table) {
    BOOST_TEST_CONTEXT(text << " of " << source) BOOST_TEST(mapped(text, source) == target);
  }
}

BOOST_AUTO_TEST_CASE(signs_are_read) {
  BOOST_TEST(spec("+refs/heads/*").is_forced());
  BOOST_TEST(!spec("refs/heads/*").is_forced());
  BOOST_TEST(spec("^refs/pr/*").is_negative());
  BOOST_TEST(!spec("+refs/pr/*").is_negative());
}

BOOST_AUTO_TEST_CASE(a_negative_one_matches_and_maps_nothing) {
  const auto hidden = spec("^refs/pr/*");
  BOOST_TEST(hidden.matches(name("refs/pr/7")));
  BOOST_TEST(!hidden.matches(name("refs/heads/pr")));
  BOOST_TEST(!hidden.source_of(name("refs/pr/7")).has_value());
}

BOOST_AUTO_TEST_CASE(an_image_is_led_back_to_the_name_at_the_source) {
  const auto moved = spec("refs/heads/*:refs/mirror/*");
  BOOST_REQUIRE(moved.source_of(name("refs/mirror/x/y")).has_value());
  BOOST_TEST(moved.source_of(name("refs/mirror/x/y"))->text() == "refs/heads/x/y");
  BOOST_TEST(!moved.source_of(name("refs/heads/x")).has_value());
  BOOST_TEST(!spec("refs/heads/x.*:refs/heads/*").source_of(name("refs/heads/lock")).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_refspec_is_refused) {
  for (const char* text : {"",
                           "+",
                           "^",
                           ":",
                           "main",
                           "HEAD",
                           "*",
                           ":refs/heads/a",
                           "refs/heads/a:",
                           "refs/heads/*:refs/heads/a",
                           "refs/heads/a:refs/heads/*",
                           "refs/*/*:refs/*/*",
                           "^refs/heads/a:refs/heads/a",
                           "^+refs/heads/a",
                           "+^refs/heads/a",
                           "++refs/heads/a",
                           "refs/heads/a..b",
                           "refs/heads/a b",
                           "refs/heads/a:refs/heads/b:refs/heads/c",
                           "refs/heads/"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(fails_with(refspec::parse(text), errc::bad_refspec));
  }
}

BOOST_AUTO_TEST_CASE(a_mapping_to_an_invalid_name_fails_and_names_the_source) {
  const auto read = spec("refs/heads/*:refs/heads/x.*").map(name("refs/heads/lock"));
  BOOST_TEST(fails_with(read, errc::bad_refspec));
  BOOST_TEST(read.error().detail().find("refs/heads/lock would become") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(text_reads_back_as_the_same) {
  for (const char* text : {"+refs/heads/*:refs/heads/*", "refs/heads/a:refs/heads/b", "^refs/pr/*"}) {
    BOOST_TEST(spec(text).text() == text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
