#include "protocol/ref_name.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

BOOST_AUTO_TEST_SUITE(ref_name_test)

BOOST_AUTO_TEST_CASE(names_that_git_accepts_are_accepted) {
  for (const char* name : {"refs/heads/main", "refs/tags/v1.0", "refs/pr/12", "refs/heads/a/b.c", "refs/heads/@",
                           "refs/heads/{x}", "refs/heads/\xc3\xa4", "refs/heads/-x"}) {
    BOOST_TEST_CONTEXT(name) BOOST_TEST(ref_name::parse(name).has_value());
  }
}

BOOST_AUTO_TEST_CASE(each_rule_of_check_ref_format_refuses) {
  for (const char* name : {"HEAD",
                           "refs/heads/",
                           "refs/heads/.x",
                           "refs/heads/x..y",
                           "refs/heads/x.lock",
                           "refs/heads/x.lock/y",
                           "refs/heads/x y",
                           "refs/heads/x~1",
                           "refs/heads/x^",
                           "refs/heads/x:y",
                           "refs/heads/x?",
                           "refs/heads/*",
                           "refs/heads/[x",
                           "refs/heads/x\\y",
                           "refs/heads/x.",
                           "refs/heads//x",
                           "refs/heads/x@{1}",
                           "refs/heads/\x01",
                           "refs/heads/\x7f",
                           "",
                           "refs/"}) {
    BOOST_TEST_CONTEXT(name) {
      const auto read = ref_name::parse(name);
      BOOST_REQUIRE(read.has_error());
      BOOST_CHECK(read.error().code() == errc::bad_ref_name);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_ref_is_found_by_name_and_a_name_may_stand_only_once) {
  const auto id = git_oid::from_hex(std::string(40, '1')).value();
  const auto a = ref_name::parse("refs/heads/a").value();
  const auto b = ref_name::parse("refs/heads/b").value();
  const auto refs = sorted_refs({{b, id}, {a, id}}).value();
  BOOST_TEST(refs.front().name.text() == "refs/heads/a");
  BOOST_TEST(find_ref(refs, b) != nullptr);
  BOOST_TEST(find_ref(refs, ref_name::parse("refs/heads/c").value()) == nullptr);
  BOOST_TEST(sorted_refs({{a, id}, {a, id}}).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
