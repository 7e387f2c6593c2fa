#include "tools/hfpipe/json_display.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/tools/hfpipe/every_event.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;
using hfpipe::testing::blob;
namespace json = boost::json;

namespace json_display_test {

struct stage {
  std::ostringstream out;
  time_point now{};
  json_display display{{},
                       {.out = out,
                        .is_terminal = false,
                        .window = nullptr,
                        .now = [this] { return now; },
                        .timestamp = [] { return std::string("2026-01-02T03:04:05.678Z"); },
                        .title = ""}};

  std::vector<json::object> lines() {
    std::vector<json::object> all;
    std::istringstream text(out.str());
    for (std::string line; std::getline(text, line);) all.push_back(json::parse(line).as_object());
    return all;
  }
};

}  // namespace json_display_test

BOOST_AUTO_TEST_SUITE(json_display_test)

BOOST_AUTO_TEST_CASE(every_event_is_one_object_with_schema_time_and_name) {
  std::vector<std::string> names;
  for (const auto& happened : testing::every_event(failure(errc::timed_out), "words")) {
    const auto line = json_line(happened, "T");
    BOOST_TEST(line.find('\n') == line.size() - 1);
    const auto fields = json::parse(line).as_object();
    BOOST_TEST(fields.at("schema").as_int64() == 1);
    BOOST_TEST(fields.at("ts").as_string() == "T");
    names.emplace_back(fields.at("event").as_string());
  }
  const std::vector<std::string> wanted{
      "step",          "listed",          "planned",         "compared",
      "pack_progress", "objects_found",   "objects_present", "object_waits_for_memory",
      "object_start",  "object_progress", "object_finalise", "object_done",
      "object_proven", "object_failed",   "retry",           "throttled",
      "limits",        "push_start",      "push_progress",   "remote",
      "warning"};
  BOOST_TEST(names == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(progress_of_an_object_is_told_twice_a_second_at_most) {
  stage s;
  s.display.on(event::blob_started{blob('a'), 1});
  for (int i = 0; i < 100; ++i) {
    s.now += 10ms;
    s.display.on(event::blob_progress{blob('a'), byte_count(1)});
    s.display.on(event::pack_progress{byte_count(1), 0, 0});
  }
  BOOST_TEST(s.lines().size() == 5u);
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_null) {
  const auto pack = json::parse(json_line(event::pack_progress{byte_count(7), 0, 0}, "T")).as_object();
  BOOST_TEST(pack.at("objects").is_null());
  const auto push = json::parse(json_line(event::push_started{1, std::nullopt}, "T")).as_object();
  BOOST_TEST(push.at("total").is_null());
  stage s;
  s.display.tick();
  const auto line = s.lines().at(0);
  BOOST_TEST(line.at("event").as_string() == "progress");
  for (const auto* name : {"total", "percent", "eta_s", "stalled_s", "limited_by"}) {
    BOOST_TEST_CONTEXT(name) BOOST_TEST(line.at(name).is_null());
  }
}

BOOST_AUTO_TEST_CASE(progress_sums_up) {
  stage s;
  s.display.on(event::step_started{event::step::copying_blobs});
  s.display.on(event::blobs_found{2, byte_count(2000)});
  s.display.on(event::blob_started{blob('a'), 1});
  s.now += 10s;
  const event::relay_waits waited{{}, 9s, {}};
  s.display.on(event::blob_progress{blob('a'), byte_count(1000), waited});
  s.display.on(event::blob_stored{blob('a')});
  s.display.on(event::blob_started{blob('b'), 1});
  s.now += 6s;
  s.display.tick();
  const auto line = s.lines().back();
  BOOST_TEST(json::serialize(line) ==
             R"({"schema":1,"ts":"2026-01-02T03:04:05.678Z","event":"progress","step":"copying_objects","bytes":1000,)"
             R"("total":2000,"percent":50,"rate":62,"eta_s":16,"stalled_s":null,"limited_by":"source",)"
             R"("objects_moving":1,"objects_done":1,"objects_failed":0})");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_still_make_json) {
  stage s;
  s.display.on(event::target_said{"caf\xe9 \xf0\x9f\x98\x80"});
  BOOST_TEST(s.lines()[0].at("text").as_string() == "caf\xef\xbf\xbd \xf0\x9f\x98\x80");
}

BOOST_AUTO_TEST_CASE(the_end_is_an_error_and_a_done) {
  stage s;
  s.display.close(failure(errc::not_found).blame(side::source).at("hub").hint("look"), 3);
  const auto lines = s.lines();
  BOOST_REQUIRE(lines.size() == 2u);
  BOOST_TEST(lines[0].at("event").as_string() == "error");
  BOOST_TEST(json::serialize(lines[0].at("error")) ==
             R"({"code":"not_found","what":"not found","where":["hub"],"hint":"look","side":"source"})");
  BOOST_TEST(lines[1].at("event").as_string() == "done");
  BOOST_TEST(lines[1].at("exit_code").as_int64() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
