#include "tools/forge/fault_storm.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace hfpipe;
using namespace hfpipe::forge;

namespace fault_storm_test {

const fault_kind& kind(std::string_view name) {
  const fault_kind* const found = find_fault_kind(name);
  BOOST_TEST_REQUIRE(found != nullptr, name);
  return *found;
}

storm_options always(std::vector<std::string> kinds, unsigned times) {
  return {.seed = 1, .rate = 1, .kinds = std::move(kinds), .times = times};
}

storm_occasion at(std::string_view repository, std::string_view subject) {
  return {.repository = repository, .subject = subject, .first = {}, .end = {}};
}

std::vector<bool> first_hundred(std::uint64_t seed, std::string_view repository) {
  fault_storm storm({.seed = seed, .rate = 0.3, .kinds = {"blob_cut"}, .times = 1000});
  std::vector<bool> met;
  for (int n = 0; n < 100; ++n) met.push_back(storm.draw(kind("blob_cut"), at(repository, "oid")).has_value());
  return met;
}

}  // namespace fault_storm_test

BOOST_AUTO_TEST_SUITE(fault_storm_test)

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_faults_and_another_others) {
  BOOST_TEST((first_hundred(7, "a/b") == first_hundred(7, "a/b")));
  BOOST_TEST((first_hundred(7, "a/b") != first_hundred(8, "a/b")));
  BOOST_TEST((first_hundred(7, "a/b") != first_hundred(7, "a/c")));
}

BOOST_AUTO_TEST_CASE(about_as_many_occasions_meet_one_as_the_rate_says) {
  int met = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const bool one : first_hundred(seed, "a/b")) met += one;
  }
  BOOST_TEST(met > 500);
  BOOST_TEST(met < 700);
}

BOOST_AUTO_TEST_CASE(an_object_suffers_no_more_than_it_may_whatever_the_kinds) {
  fault_storm storm(always({"blob_cut", "blob_status"}, 3));

  int met = 0;
  for (int n = 0; n < 10; ++n) {
    met += storm.draw(kind("blob_cut"), at("a/b", "oid")).has_value();
    met += storm.draw(kind("blob_status"), at("a/b", "oid")).has_value();
  }

  BOOST_TEST(met == 3);
  BOOST_TEST(storm.draw(kind("blob_cut"), at("a/b", "another")).has_value());
  BOOST_TEST(storm.draw(kind("blob_cut"), at("a/c", "oid")).has_value());
}

BOOST_AUTO_TEST_CASE(an_object_is_wrong_once_in_a_round) {
  fault_storm storm(always({"wrong_once"}, 5));

  BOOST_TEST(storm.draw(kind("blob_short"), at("a/b", "oid")).has_value());
  BOOST_TEST(!storm.draw(kind("blob_long"), at("a/b", "oid")).has_value());
  storm.renew("a/b");
  BOOST_TEST(storm.draw(kind("blob_long"), at("a/b", "oid")).has_value());
}

BOOST_AUTO_TEST_CASE(only_the_chosen_kinds_come_and_none_where_nothing_shall) {
  fault_storm storm(always({"passing"}, 5));

  BOOST_TEST(!storm.draw(kind("redirect_loop"), at("a/b", "oid")).has_value());
  BOOST_TEST(storm.draw(kind("upload_cut"), at("a/b", "oid")).has_value());
  storm.spare("a/b");
  BOOST_TEST(!storm.draw(kind("upload_cut"), at("a/b", "other")).has_value());
}

BOOST_AUTO_TEST_CASE(a_byte_lies_in_the_range_that_is_at_stake) {
  fault_storm storm(always({"blob_cut", "pack_cut"}, 1000));
  for (std::uint64_t n = 0; n < 100; ++n) {
    const std::string subject = std::to_string(n);
    const auto cut = storm.draw(kind("blob_cut"), {"a/b", subject, 100, 110});
    BOOST_TEST_REQUIRE(cut.has_value());
    BOOST_TEST((cut->at >= 100 && cut->at < 110));
    BOOST_TEST(storm.draw(kind("pack_cut"), at("a/b", subject))->at < kind("pack_cut").most_at);
  }
  BOOST_TEST(!storm.draw(kind("blob_cut"), {"a/b", "empty", 0, 0}).has_value());
}

BOOST_AUTO_TEST_CASE(a_status_is_one_of_the_kind_s) {
  fault_storm storm(always({"blob_status"}, 1000));
  for (int n = 0; n < 50; ++n) {
    const auto fault = storm.draw(kind("blob_status"), at("a/b", "oid"));
    BOOST_TEST_REQUIRE((fault && fault->status));
    BOOST_TEST((*fault->status == 429 || *fault->status / 100 == 5));
    BOOST_TEST((!fault->asks_to_wait || *fault->status == 429));
  }
}

BOOST_AUTO_TEST_CASE(a_misspelt_kind_is_refused) {
  BOOST_CHECK_THROW(fault_storm(always({"blob_cot"}, 1)), failed);
}

BOOST_AUTO_TEST_SUITE_END()
