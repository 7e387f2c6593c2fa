#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/tools/hfpipe/full_report.hpp"
#include "tools/hfpipe/console.hpp"
#include "tools/hfpipe/display.hpp"
#include "tools/hfpipe/options.hpp"
#include "tools/hfpipe/result_document.hpp"
#include "tools/hfpipe/result_summary.hpp"

// The canary test: a run whose every address holds a secret, shown in every way there is.

using namespace hfpipe;
using namespace hfpipe::cli;

namespace {

const std::string canary = "c4n4ry";

/// As an adapter makes it: URLs enter a failure through shown(), and this one is signed.
failure with_signed_url(errc code) {
  const auto url = http::url::parse("https://cdn.example.com/objects/1?X-Sig=" + canary).value();
  return failure(code).blame(side::source).detail("from " + url.shown()).at(url.shown()).at(url.origin().text());
}

copy_request secret_request() {
  const file_reader none = [](const std::string&) -> outcome<std::string> { return failure(errc::bad_option); };
  const environment env{{"HF_TOKEN", canary}, {"HTTPS_PROXY", "http://me:" + canary + "@proxy.example:1"}};
  const std::string target = "https://" + canary + ":" + canary + "@h.example/g/n.git";
  const std::vector<std::string> args{"copy", "https://me:" + canary + "@hub.example/o/n", target};
  return std::get<copy_request>(parse_options(args, env, none).value());
}

void check_clean(const std::string& text) {
  BOOST_TEST(!text.empty());
  BOOST_TEST(text.find(canary) == std::string::npos, text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(secrecy_test)

BOOST_AUTO_TEST_CASE(the_canary_is_really_there) {
  const auto request = secret_request();
  BOOST_TEST(request.network.proxies.for_https.value().password.value().reveal() == canary);
  BOOST_TEST(request.target_credential.has_value());
}

BOOST_AUTO_TEST_CASE(no_failure_shows_a_secret) {
  for (const auto& facts : all_errors()) {
    BOOST_TEST_CONTEXT(facts.name) {
      check_clean(rendered(with_signed_url(facts.code), colour::on));
      check_clean(in_one_line(with_signed_url(facts.code)));
    }
  }
}

BOOST_AUTO_TEST_CASE(no_display_shows_a_secret) {
  const auto request = secret_request();
  for (const auto style : {progress_style::tty, progress_style::plain, progress_style::json, progress_style::none}) {
    std::ostringstream out;
    talk_options wanted;
    wanted.progress = style;
    wanted.verbosity = verbosity::verbose;
    const auto shown = make_display(wanted, {.out = out,
                                             .is_terminal = true,
                                             .window =
                                                 [] {
                                                   return window_size{200, 24};
                                                 },
                                             .now = [] { return time_point(); },
                                             .timestamp = [] { return std::string("T"); },
                                             .title = short_title(request.source, request.target)});
    for (const auto& note : request.notes) shown->warn(note);
    for (const auto& facts : all_errors()) {
      for (const auto& happened : testing::every_event(with_signed_url(facts.code), "words")) {
        shown->on(happened);
        shown->tick();
      }
    }
    shown->close(with_signed_url(errc::internal), 1);
    check_clean(out.str());
  }
}

BOOST_AUTO_TEST_CASE(no_result_shows_a_secret) {
  const auto request = secret_request();
  auto report = testing::full_report();
  report.source = request.source.shown();
  report.target = request.target.shown();
  report.result.error = with_signed_url(errc::blobs_incomplete);
  report.result.lfs.failed[0].why = with_signed_url(errc::forbidden);
  std::ostringstream document;
  write_document(document, report);
  check_clean(document.str());
  check_clean(summary_of(report));
}

BOOST_AUTO_TEST_SUITE_END()
