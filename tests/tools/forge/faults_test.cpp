#include "tools/forge/faults.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::forge;
namespace json = boost::json;

namespace faults_test {

const fault_subject any{.method = "GET", .target = "/acme/model/info/refs", .oid = "abc"};

bool add(fault_board& board, std::string_view rule) {
  return board.add(json::parse(std::string(rule))).has_value();
}

}  // namespace faults_test

BOOST_AUTO_TEST_SUITE(faults_test)

BOOST_AUTO_TEST_CASE(a_fault_happens_as_often_as_asked_and_is_counted) {
  fault_board board;
  BOOST_TEST(add(board, R"({"fault":"blob_cut","times":2,"at":5})"));

  BOOST_TEST(board.take("blob_cut", any)->at.value() == 5u);
  BOOST_TEST(board.take("blob_cut", any).has_value());
  BOOST_TEST(!board.take("blob_cut", any).has_value());
  BOOST_TEST(board.show().at("hits").at("blob_cut").to_number<int>() == 2);
}

BOOST_AUTO_TEST_CASE(minus_one_is_for_ever_and_skip_lets_the_first_ones_pass) {
  fault_board board;
  BOOST_TEST(add(board, R"({"fault":"blob_status","times":-1,"skip":2})"));

  BOOST_TEST(!board.take("blob_status", any).has_value());
  BOOST_TEST(!board.take("blob_status", any).has_value());
  for (int i = 0; i < 5; ++i) BOOST_TEST(board.take("blob_status", any).has_value());
}

BOOST_AUTO_TEST_CASE(a_match_spares_everybody_else) {
  for (const char* rule :
       {R"({"fault":"blob_cut","match":{"oid":"abd"}})", R"({"fault":"blob_cut","match":{"path":"/other/"}})",
        R"({"fault":"blob_cut","match":{"method":"PUT"}})"}) {
    fault_board board;
    BOOST_TEST(add(board, rule));
    BOOST_TEST_CONTEXT(rule) BOOST_TEST(!board.take("blob_cut", any).has_value());
  }
  fault_board board;
  BOOST_TEST(add(board, R"({"fault":"blob_cut","match":{"oid":"abc","path":"/acme/","method":"GET"}})"));
  BOOST_TEST(board.take("blob_cut", any).has_value());
}

BOOST_AUTO_TEST_CASE(a_fault_at_a_byte_waits_for_the_range_that_holds_it) {
  fault_board board;
  BOOST_TEST(add(board, R"({"fault":"blob_corrupt_byte","at":100})"));
  fault_subject range = any;

  range.first = 0, range.end = 100;
  BOOST_TEST(!board.take("blob_corrupt_byte", range).has_value());
  range.first = 101, range.end = 200;
  BOOST_TEST(!board.take("blob_corrupt_byte", range).has_value());
  range.first = 100, range.end = 101;
  BOOST_TEST(board.take("blob_corrupt_byte", range).has_value());
}

BOOST_AUTO_TEST_CASE(clearing_keeps_the_counts) {
  fault_board board;
  BOOST_TEST(add(board, R"({"fault":"stall","times":-1})"));
  board.take("stall", any);
  board.clear();

  BOOST_TEST(!board.take("stall", any).has_value());
  BOOST_TEST(board.show().at("hits").at("stall").to_number<int>() == 1);
}

BOOST_AUTO_TEST_CASE(faults_are_counted_for_each_object_and_repository) {
  fault_board board;
  BOOST_TEST(add(board, R"({"fault":"blob_cut","times":-1})"));
  fault_subject here = any;
  here.repository = "acme/model";
  board.take("blob_cut", here);
  board.take("blob_cut", here);
  here.oid = "def";
  board.take("blob_cut", here);

  const json::value shown = board.show();
  BOOST_TEST(shown.at_pointer("/objects/abc/blob_cut").to_number<int>() == 2);
  BOOST_TEST(shown.at_pointer("/objects/def/blob_cut").to_number<int>() == 1);
  BOOST_TEST(shown.at("repositories").at("acme/model").at("blob_cut").to_number<int>() == 3);
}

BOOST_AUTO_TEST_CASE(those_of_one_path_are_cleared_alone) {
  fault_board board;
  BOOST_TEST(add(board, R"({"fault":"blob_cut","times":-1,"match":{"path":"/acme/"}})"));
  BOOST_TEST(add(board, R"({"fault":"stall","times":-1})"));

  board.clear("/acme/");

  BOOST_TEST(!board.take("blob_cut", any).has_value());
  BOOST_TEST(board.take("stall", any).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_asked_for_comes_before_what_a_storm_brings) {
  fault_board board(fault_storm({.seed = 1, .rate = 1, .kinds = {"blob_cut"}, .times = 1}));
  fault_subject here = any;
  here.repository = "acme/model";
  BOOST_TEST(add(board, R"({"fault":"blob_cut","at":77})"));

  BOOST_TEST(board.take("blob_cut", here)->at.value() == 77u);
  BOOST_TEST(board.take("blob_cut", here).has_value());
  BOOST_TEST(!board.take("blob_cut", here).has_value());
  BOOST_TEST(add(board, R"({"storm":"renew","repository":"acme/model"})"));
  BOOST_TEST(board.take("blob_cut", here).has_value());
  BOOST_TEST(add(board, R"({"storm":"spare","repository":"acme/model"})"));
  BOOST_TEST(add(board, R"({"storm":"renew","repository":"acme/model"})"));
  BOOST_TEST(!board.take("blob_cut", here).has_value());
  BOOST_TEST(board.show().at("hits").at("blob_cut").to_number<int>() == 3);
}

BOOST_AUTO_TEST_CASE(a_misspelt_rule_is_refused) {
  fault_board board;
  for (const char* rule : {R"({"fault":"blob_cot"})", R"({"fault":"blob_cut","tymes":1})",
                           R"({"fault":"blob_cut","at":-1})", R"({"fault":"blob_cut","match":{"oit":"a"}})",
                           R"({"fault":7})", R"({"storm":"renew","repository":"a/b"})", "[]", "{}"}) {
    BOOST_TEST_CONTEXT(rule) BOOST_TEST(!add(board, rule));
  }
}

BOOST_AUTO_TEST_SUITE_END()
