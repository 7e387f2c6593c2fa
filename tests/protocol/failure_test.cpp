#include "protocol/failure.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

BOOST_AUTO_TEST_SUITE(failure_test)

BOOST_AUTO_TEST_CASE(the_table_has_every_code_at_its_own_place) {
  for (std::size_t i = 0; i < all_errors().size(); ++i) {
    BOOST_TEST_CONTEXT(all_errors()[i].name) BOOST_TEST(static_cast<std::size_t>(all_errors()[i].code) == i);
  }
  BOOST_CHECK(all_errors().back().code == errc::internal);
}

BOOST_AUTO_TEST_CASE(frames_run_from_the_innermost_outwards) {
  const auto why = failure(errc::digest_mismatch).at("digest_guard").at("read blob");
  BOOST_TEST(why.where().front() == "digest_guard");
  BOOST_TEST(why.where().back() == "read blob");
}

BOOST_AUTO_TEST_CASE(the_first_blame_stays) {
  BOOST_CHECK(failure(errc::timed_out).blame(side::source).blame(side::target).blamed() == side::source);
}

BOOST_AUTO_TEST_CASE(the_hint_of_the_place_wins_over_the_usual_remedy) {
  BOOST_TEST(failure(errc::timed_out).hint("wait").hint() == "wait");
  BOOST_TEST(!failure(errc::timed_out).hint().empty());
}

BOOST_AUTO_TEST_CASE(an_outcome_without_a_value_throws_its_failure) {
  const outcome<int> nothing = failure(errc::not_found);
  BOOST_CHECK_EXCEPTION(nothing.value(), failed, [](const failed& e) { return e.why().code() == errc::not_found; });
}

BOOST_AUTO_TEST_CASE(server_text_cannot_touch_the_terminal) {
  BOOST_TEST(clean_server_text("a\x1b[31mb\r\nc\td\n\n") == "a\\x1b[31mb / c d");
  BOOST_TEST(clean_server_text(std::string(5000, 'x')).size() == server_text_limit);
}

BOOST_AUTO_TEST_CASE(server_text_shows_no_secret_of_a_url) {
  struct row {
    std::string raw, clean;
  };
  for (const row& r :
       {row{"see https://cdn/x?sig=canary, really? yes", "see https://cdn/x?..., really? yes"},
        row{"\"/y?t=canary\"", "\"/y?...\""}, row{"https://u:canary@host/x y", "https://...@host/x y"},
        row{"https://canary@host", "https://...@host"}, row{"https://a@canary@host/b@c", "https://...@host/b@c"},
        row{"https://host/x@y", "https://host/x@y"}, row{"a://b@c://d@e", "a://...@c://...@e"},
        row{"https://host mail me@host", "https://host mail me@host"}, row{"why??canary", "why?..."}, row{"://", "://"},
        row{"?", "?"}, row{"a: b: c", "a: b: c"},
        row{R"({"href":"https:\/\/u:canary@host\/x?t=canary"})", R"({"href":"https:\/\/...@host\/x?..."})"}}) {
    BOOST_TEST(clean_server_text(r.raw) == r.clean);
  }
}

BOOST_AUTO_TEST_CASE(a_url_that_is_cut_shows_no_secret_wherever_the_cut_is) {
  const std::string url = "https://user:canary@host/x?sig=canary ";
  for (std::size_t before = server_text_limit - url.size(); before < server_text_limit; ++before) {
    const std::string clean = clean_server_text(std::string(before, 'x') + url + "y");
    BOOST_TEST(clean.find("can") == std::string::npos, clean.substr(before));
  }
  for (std::size_t most = 0; most < url.size(); ++most) {
    BOOST_TEST(clean_server_text(url, most) == clean_server_text(url).substr(0, most));
  }
}

BOOST_AUTO_TEST_CASE(a_text_at_the_limit_keeps_what_stands_before_its_last_url) {
  const std::string before(server_text_limit - 20, 'x');
  for (const auto& [end, clean] :
       {std::pair("https://abcdefghijkl", "https://..."), std::pair("https://abcdefghijk/", "https://abcdefghijk/")}) {
    BOOST_TEST((clean_server_text(before + end) == before + clean), end);
  }
}

BOOST_AUTO_TEST_SUITE_END()
