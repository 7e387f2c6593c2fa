#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <ctime>
#include <sstream>

#include "tests/support/copy_story.hpp"
#include "tests/support/sanitized.hpp"

// Every fault that the forge knows, on the side where it can happen, and what hfpipe makes of it: either the copy is
// whole in the end, or a clear error with its exit code and side, and no ref was moved. Peak memory stays where it is
// promised either way.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace fault_table_test {

// The least ceiling, and what architecture.md adds to it.
const byte_count rss_limit = resident_limit(16_MiB + 32_MiB);

struct row {
  side where;
  json::object fault;
  int exit_code = 0;
  std::string words = {};  ///< of the message, where there is an error
  std::vector<std::string> flags = {};
};

row survived(side where, json::object fault, std::vector<std::string> flags = {}) {
  return {where, std::move(fault), 0, "", std::move(flags)};
}

/// Two hosts, one of them ill, and every row with a commit and an object of its own.
class ill_story : public copy_story {
 public:
  explicit ill_story(story_setup setup = {}, byte_count size = byte_count(300'000))
      : copy_story(std::move(setup)), size_(size) {
    original().commit("main", {{"README.md", "# a model\n"}});
    const copy_run before = run();
    BOOST_TEST_REQUIRE(before.exit_code() == 0, before.said());
  }

  void check(const row& r) {
    BOOST_TEST_CONTEXT(to_text(r.where) << ' ' << json::serialize(r.fault)) {
      const std::string kind = json::value_to<std::string>(r.fault.at("fault"));
      const forge_process& ill = r.where == side::source ? source() : target();
      const auto refs_before = copied().refs();
      publish();
      const std::uint64_t hits_before = ill.hits(kind);
      ill.fault(r.fault);

      const copy_run run = this->run(flags_for(r));

      const std::uint64_t hits = ill.hits(kind) - hits_before;
      ill.clear_faults();
      BOOST_TEST(hits >= 1u);
      BOOST_TEST(run.exit_code() == r.exit_code, run.said());
      BOOST_TEST((run.process.peak_rss < rss_limit), "the peak was " + to_text(run.process.peak_rss));
      r.exit_code == 0 ? check_whole(run) : check_refused(r, run, refs_before);
    }
  }

  void check(std::initializer_list<row> rows) {
    for (const row& each : rows) check(each);
    const copy_run after = run();
    BOOST_TEST(after.exit_code() == 0, after.said());
    BOOST_TEST(difference() == "");
  }

 private:
  void publish() {
    const std::string number = std::to_string(++published_);
    original().commit("main", {{"notes-" + number, noise(3'000, published_)}});
    if (size_ < 16_MiB) {
      commit_objects("main", "weights-" + number, 1, size_.as_size());
    } else {
      commit_generated("main", size_, published_);
    }
  }

  static std::vector<std::string> flags_for(const row& r) {
    std::vector<std::string> flags{"--max-buffer-memory", "16MiB", "--retry-delay", "20ms"};
    if (r.fault.contains("times")) flags.insert(flags.end(), {"--retries", "1"});
    flags.insert(flags.end(), r.flags.begin(), r.flags.end());
    return flags;
  }

  void check_whole(const copy_run& run) {
    BOOST_TEST((copied().refs() == original().refs()));
    BOOST_TEST(stored_uploads(run.target_log) + events_of(run.target_log, "part").size() >= 1u);
    const std::int64_t bytes = run.number("lfs.bytes");
    BOOST_TEST(run.number("lfs.sent_bytes") + run.number("lfs.present_bytes") == bytes, run.said());
  }

  void check_refused(const row& r, const copy_run& run, const std::map<std::string, std::string>& refs_before) {
    BOOST_TEST(run.error("side") == to_text(r.where), run.said());
    BOOST_TEST(run.error().find(r.words) != std::string::npos, run.said());
    BOOST_TEST((copied().refs() == refs_before));
    BOOST_TEST(ref_pushes(run.target_log) == 0u);
  }

  byte_count size_;
  unsigned published_ = 0;
};

json::object once(std::string_view name, json::object more = {}) {
  more["fault"] = name;
  return more;
}

json::object for_ever(std::string_view name, json::object more = {}) {
  more["fault"] = name;
  more["times"] = -1;
  return more;
}

json::object on(std::string_view path, std::string_view method = {}) {
  json::object match{{"path", path}};
  if (!method.empty()) match["method"] = method;
  return match;
}

const std::string batch = "/info/lfs/objects/batch";

// Retry-After as a date, two seconds from now: in one at least, since dates have whole seconds.
std::string soon() {
  const std::time_t then = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) + 2;
  char text[40];
  std::tm parts{};
  ::gmtime_r(&then, &parts);
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

constexpr side source = side::source;
constexpr side target = side::target;

story_setup in_parts(const std::string& personality) {
  story_setup setup;
  setup.target.personality = personality;
  setup.target.flags = {"--part-size", "6MiB"};
  return setup;
}

}  // namespace fault_table_test

BOOST_AUTO_TEST_SUITE(fault_table_test)

BOOST_AUTO_TEST_CASE(connections_that_fail_before_a_request_are_made_again) {
  ill_story story;
  for (const side where : {source, target}) {
    story.check({survived(where, once("connection_refused", {{"ms", 100}}), {"--retry-delay", "150ms"}),
                 survived(where, once("connection_reset")), survived(where, once("tls_cut")),
                 survived(where, once("tls_garbage")), survived(where, once("tls_stall"), {"--contimeout", "1s"})});
  }
}

BOOST_AUTO_TEST_CASE(requests_that_get_no_answer_are_made_again) {
  ill_story story;
  for (const side where : {source, target}) {
    story.check({survived(where, once("request_cut", {{"match", on(batch)}})),
                 survived(where, once("request_cut", {{"at", 20}, {"match", on(batch)}})),
                 survived(where, once("request_cut", {{"match", on("/info/refs")}})),
                 survived(where, once("half_close", {{"match", on(batch)}})),
                 survived(where, once("not_http", {{"match", on(batch)}})),
                 survived(where, once("reply_cut", {{"match", on(batch)}})),
                 survived(where, once("reply_cut", {{"at", 60}, {"match", on(batch)}})),
                 survived(where, once("reply_cut", {{"at", 300}, {"match", on(batch)}}))});
  }
  story.check({survived(source, once("half_close", {{"match", on("/git-upload-pack")}})),
               survived(source, once("reply_cut", {{"at", 200}, {"match", on("/git-upload-pack")}})),
               survived(target, once("request_cut", {{"at", 2}, {"match", on("/git-receive-pack", "POST")}}))});
}

BOOST_AUTO_TEST_CASE(a_push_whose_answer_is_lost_is_judged_by_the_refs) {
  ill_story story;
  // The first is the empty push.
  for (const std::uint64_t at : {0, 100, 200}) {
    story.check(
        {survived(target, once("reply_cut", {{"at", at}, {"skip", 1}, {"match", on("/git-receive-pack", "POST")}}))});
  }
  story.check({survived(target, once("request_cut", {{"at", 1'000}, {"match", on("/git-receive-pack", "POST")}})),
               survived(target, once("half_close", {{"skip", 1}, {"match", on("/git-receive-pack", "POST")}})),
               survived(target, once("push_status", {{"status", 502}, {"skip", 1}}))});
}

BOOST_AUTO_TEST_CASE(an_upload_whose_answer_is_lost_is_asked_about_and_not_sent_again) {
  ill_story story;
  story.check({survived(target, once("reply_cut", {{"match", on("/info/lfs/objects/", "PUT")}})),
               survived(target, once("reply_cut", {{"at", 30}, {"match", on("/info/lfs/objects/", "PUT")}})),
               survived(target, once("reply_late", {{"ms", 2'500}, {"match", on("/info/lfs/objects/", "PUT")}}),
                        {"--finalize-timeout", "1s"})});
  const auto uploads = story.target().log_of("upload");
  BOOST_TEST(uploads.size() == 3u);
}

BOOST_AUTO_TEST_CASE(busy_hosts_are_waited_for_as_they_ask) {
  ill_story story;
  for (const side where : {source, target}) {
    for (const int status : {500, 502, 503, 504, 429}) {
      story.check(survived(where, once("batch_status", {{"status", status}})));
    }
    story.check(
        {survived(where, once("any_status", {{"status", 503}, {"times", 4}}), {"--retries", "8"}),
         survived(where, once("batch_status", {{"status", 429}, {"headers", {{"Retry-After", "1"}}}})),
         survived(where, once("batch_status", {{"status", 429}, {"headers", {{"Retry-After", soon()}}}})),
         survived(where, once("batch_status", {{"status", 429}, {"headers", {{"RateLimit", "\"api\";r=0;t=1"}}}}))});
  }
}

BOOST_AUTO_TEST_CASE(slow_hosts_are_waited_for) {
  ill_story story;
  for (const side where : {source, target}) {
    story.check({survived(where, once("reply_late", {{"ms", 700}, {"match", on(batch)}})),
                 survived(where, once("reply_drip", {{"rate", 1'000}, {"match", on(batch)}}), {"--timeout", "2s"}),
                 survived(where, once("slow", {{"rate", 400'000},
                                               {"match", on(where == source ? "/blob/" : "/info/lfs/objects/")}}))});
  }
  story.check({survived(target, once("reply_late", {{"ms", 1'500}, {"match", on("/info/lfs/objects/", "PUT")}}),
                        {"--timeout", "1s"}),
               survived(source, once("stall", {{"at", 100'000}, {"match", on("/blob/")}}), {"--timeout", "1s"})});
}

BOOST_AUTO_TEST_CASE(an_object_of_the_source_is_read_on_or_read_anew) {
  ill_story story;
  story.check({survived(source, once("blob_corrupt_byte", {{"at", 299'999}})),
               survived(source, once("blob_short", {{"at", 100}})), survived(source, once("blob_long")),
               survived(source, once("blob_cut", {{"at", 299'999}})), survived(source, once("blob_wrong_range")),
               survived(source, for_ever("blob_ignore_range")),
               survived(source, for_ever("blob_capped_range", {{"at", 40'000}})),
               survived(source, once("blob_status", {{"status", 503}, {"times", 3}}), {"--retries", "8"}),
               survived(source, once("blob_status", {{"status", 404}})), survived(source, once("link_revoked")),
               survived(source, once("link_expired")),
               survived(source, once("redirect_loop", {{"times", 2}, {"match", on("/blob/")}}), {"--retries", "8"})});
}

BOOST_AUTO_TEST_CASE(a_batch_reply_may_say_too_much_and_stumble_over_one_object) {
  ill_story story;
  for (const side where : {source, target}) {
    story.check({survived(where, for_ever("batch_repeat_object")), survived(where, for_ever("batch_invent_object")),
                 survived(where, once("batch_object_error", {{"status", 503}})),
                 survived(where, once("batch_object_error", {{"status", 429}}))});
  }
}

BOOST_AUTO_TEST_CASE(an_upload_that_fails_for_now_is_sent_again) {
  ill_story story;
  story.check({survived(target, once("upload_status", {{"status", 500}})),
               survived(target, once("upload_late_status", {{"status", 503}})), survived(target, once("upload_cut")),
               survived(target, once("upload_cut", {{"at", 299'999}})),
               survived(target, once("half_close", {{"match", on("/info/lfs/objects/", "PUT")}})),
               survived(target, once("request_cut", {{"at", 100'000}, {"match", on("/info/lfs/objects/", "PUT")}})),
               survived(target, once("stall", {{"at", 100'000}, {"match", on("/info/lfs/objects/")}}),
                        {"--timeout", "1s", "--finalize-timeout", "1s"}),
               survived(target, once("verify_status", {{"status", 500}}))});
}

BOOST_AUTO_TEST_CASE(an_upload_in_parts_that_fails_for_now_is_made_again) {
  for (const std::string personality : {"huggingface", "giftless"}) {
    ill_story story(in_parts(personality), 17_MiB);  // none is asked about parts below 16 MiB
    BOOST_TEST_CONTEXT(personality) {
      story.check({survived(target, once("part_status", {{"status", 500}, {"skip", 1}})),
                   survived(target, once("part_cut", {{"at", 50'000}, {"skip", 2}})),
                   survived(target, once("request_cut", {{"at", 50'000}, {"match", on("/part/")}})),
                   survived(target, once("reply_cut", {{"match", on("/part/")}})),
                   survived(target, once("commit_status", {{"status", 503}}))});
    }
  }
}

BOOST_AUTO_TEST_CASE(what_no_repetition_changes_ends_in_a_clear_error_and_moves_no_ref) {
  ill_story story;
  for (const side where : {source, target}) {
    story.check({
        {where, for_ever("head_bomb", {{"match", on(batch)}}), 1, "header block"},
        {where, for_ever("interim_flood", {{"match", on(batch)}}), 1, "interim"},
        {where, for_ever("redirect_loop", {{"match", on("/info/refs")}}), 1, "more than 5 redirects"},
        {where, for_ever("redirect_plain", {{"match", on("/info/refs")}}), 1, "from https to http"},
        {where, for_ever("redirect_plain", {{"match", on(batch)}}), 1, "redirect"},
        {where, for_ever("any_status", {{"status", 401}, {"match", on(batch)}}), 7, "credentials were refused"},
        {where, for_ever("any_status", {{"status", 403}, {"match", on(batch)}}), 7, "not allowed"},
        {where, for_ever("batch_huge_json", {{"at", 40'000'000}}), 1, "more than"},
        {where, for_ever("batch_garbage_json"), 1, "cannot be read"},
        {where, for_ever("batch_empty_200"), 1, "cannot be read"},
        {where, for_ever("batch_omit_object"), 6, "failed, first"},
        {where, for_ever("batch_object_error", {{"status", 403}}), where == source ? 7 : 6, "failed, first"},
        {where, for_ever("batch_object_error", {{"status", 409}}), 6, "failed, first"},
        {where, for_ever("batch_object_error", {{"status", 422}}), 6, "failed, first"},
        {where, for_ever("batch_status", {{"status", 429}, {"headers", {{"Retry-After", "3000"}}}}), 5,
         "too many requests"},
        {where, for_ever("not_http", {{"match", on(batch)}}), 5, "HTTP"},
        {where, for_ever("tls_garbage"), 5, "TLS"},
        {where, for_ever("tls_stall"), 5, "in time", {"--contimeout", "1s", "--retries", "0"}},
        {where, for_ever("connection_reset"), 5, ""},
        {where, for_ever("half_close", {{"match", on("/info/refs")}}), 5, "broke off"},
        {where,
         for_ever("reply_drip", {{"rate", 1}, {"match", on(batch)}}),
         5,
         "in time",
         {"--timeout", "500ms", "--retries", "0"}},
    });
  }
  story.check({{target, for_ever("batch_object_error", {{"status", 410}}), 6, "failed, first"}});
}

BOOST_AUTO_TEST_CASE(one_object_that_cannot_be_read_ends_in_a_clear_error_and_moves_no_ref) {
  ill_story story;
  story.check({{source, for_ever("blob_status", {{"status", 404}}), 6, "failed, first"},
               {source, for_ever("blob_status", {{"status", 401}}), 7, "failed, first"},
               {source, for_ever("link_revoked"), 7, "failed, first"},
               {source, for_ever("link_expired"), 7, "failed, first"},
               {source, for_ever("redirect_loop", {{"match", on("/blob/")}}), 6, "failed, first"},
               {source, for_ever("redirect_plain", {{"match", on("/blob/")}}), 6, "failed, first"},
               {source, for_ever("redirect_away", {{"match", on("/blob/")}}), 6, "failed, first"}});
}

BOOST_AUTO_TEST_CASE(one_object_that_is_not_taken_ends_in_a_clear_error_and_moves_no_ref) {
  ill_story story;
  story.check({{target, for_ever("upload_status", {{"status", 413}}), 7, "failed, first"},
               {target, for_ever("upload_late_status", {{"status", 413}}), 7, "failed, first"},
               {target, for_ever("upload_status", {{"status", 409}}), 6, "failed, first"},
               {target, for_ever("upload_status", {{"status", 422}}), 6, "failed, first"},
               {target, for_ever("upload_status", {{"status", 507}}), 7, "failed, first"},
               {target, for_ever("redirect_away", {{"match", on("/info/lfs/objects/", "PUT")}}), 6, "failed, first"},
               {target, for_ever("verify_status", {{"status", 404}}), 6, "failed, first"}});
}

BOOST_AUTO_TEST_CASE(retries_count_no_byte_twice_in_the_progress) {
  copy_story story;
  story.original().commit("main", {{"README.md", "# a model\n"}});
  story.commit_objects("main", "weights", 1, 3'000'000);
  story.source().fault(for_ever("slow", {{"rate", 4'000'000}, {"match", on("/blob/")}}));  // so that there is progress
  story.source().fault(once("blob_cut", {{"at", 1'000'000}}));
  story.source().fault(once("blob_corrupt_byte", {{"at", 2'900'000}, {"skip", 2}}));
  story.target().fault(once("upload_cut", {{"at", 2'000'000}}));

  const copy_run run =
      story.run({"--retry-delay", "20ms", "--progress", "json", "--stats", "20ms", "--max-buffer-memory", "16MiB"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(run.number("retries") >= 3);
  BOOST_TEST(run.number("lfs.sent") == 1);
  BOOST_TEST(run.number("lfs.sent_bytes") == 3'000'000);
  std::istringstream lines(run.process.err);
  unsigned seen = 0;
  for (std::string line; std::getline(lines, line);) {
    const json::object event = json::parse(line).as_object();
    const json::value* const total = event.if_contains("total");
    if (!event.contains("bytes") || total == nullptr || !total->is_number()) continue;
    ++seen;
    BOOST_TEST(event.at("bytes").to_number<std::int64_t>() <= total->to_number<std::int64_t>(), line);
  }
  BOOST_TEST(seen >= 1u);
}

BOOST_AUTO_TEST_CASE(credentials_that_die_in_mid_run_end_it) {
  ill_story story;
  story.check({{source, for_ever("any_status", {{"status", 401}, {"skip", 2}}), 7, "credentials were refused"},
               {target, for_ever("any_status", {{"status", 401}, {"skip", 4}}), 7, "credentials were refused"}});
}

BOOST_AUTO_TEST_CASE(an_upload_in_parts_that_is_not_taken_ends_in_a_clear_error) {
  ill_story story(in_parts("huggingface"), 17_MiB);
  story.check({{target, for_ever("part_status", {{"status", 403}}), 7, "failed, first"},
               {target, for_ever("part_etag"), 5, "failed, first"}});
}

BOOST_AUTO_TEST_SUITE_END()
