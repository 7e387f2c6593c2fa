#include "protocol/lfs/rfc3339.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

BOOST_AUTO_TEST_SUITE(rfc3339_test)

BOOST_AUTO_TEST_CASE(times_are_read) {
  struct row {
    const char* text;
    std::int64_t unix_time;
  };
  for (const row& r : {row{"2016-11-10T15:29:07Z", 1478791747}, row{"2016-11-10t15:29:07z", 1478791747},
                       row{"2016-11-10T15:29:07.999999999Z", 1478791747}, row{"2016-11-10T23:29:07+08:00", 1478791747},
                       row{"2016-11-10T10:59:07-04:30", 1478791747}, row{"2024-02-29T00:00:00Z", 1709164800}}) {
    BOOST_TEST_CONTEXT(r.text) {
      const auto time = lfs::parse_rfc3339(r.text);
      BOOST_REQUIRE(time.has_value());
      BOOST_TEST(std::chrono::system_clock::to_time_t(*time) == r.unix_time);
    }
  }
}

BOOST_AUTO_TEST_CASE(zero_times_and_never_are_no_limit) {
  for (const char* text :
       {"0001-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(!lfs::parse_rfc3339(text).has_value());
  }
}

BOOST_AUTO_TEST_CASE(every_cut_and_every_foreign_character_is_no_time) {
  const std::string whole = "2016-11-10T15:29:07+08:00";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    BOOST_TEST_CONTEXT(length) BOOST_TEST(!lfs::parse_rfc3339(whole.substr(0, length)).has_value());
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string broken = whole;
    broken[at] = 'x';
    BOOST_TEST_CONTEXT(broken) BOOST_TEST(!lfs::parse_rfc3339(broken).has_value());
  }
}

BOOST_AUTO_TEST_CASE(impossible_times_are_no_time) {
  for (const char* text :
       {"2016-13-10T15:29:07Z", "2015-02-29T00:00:00Z", "2016-11-10T24:00:00Z", "2016-11-10T15:60:00Z",
        "2016-11-10T15:29:61Z", "2016-11-10T15:29:07+24:00", "2016-11-10T15:29:07Zx"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(!lfs::parse_rfc3339(text).has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
