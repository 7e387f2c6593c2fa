#include <array>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <span>
#include <sstream>

#include "protocol/git/push_dialogue.hpp"
#include "tests/tools/hfpipe/full_report.hpp"
#include "tools/hfpipe/console.hpp"
#include "tools/hfpipe/display.hpp"
#include "tools/hfpipe/options.hpp"
#include "tools/hfpipe/result_document.hpp"
#include "tools/hfpipe/result_summary.hpp"

// The canary test: a run whose every address holds a secret, shown in every way there is.

using namespace hfpipe;
using namespace hfpipe::cli;

namespace secrecy_test {

const std::string canary = "c4n4ry";

/// What a server says that quotes the addresses it was asked at and signed.
const std::string echo = "cannot read https://me:" + canary + "@hub.example/o/n.git?token=" + canary;

std::string packet(const std::string& payload) {
  std::string made;
  git::append_pkt_line(made, payload);
  return made;
}

/// What a push leaves when its target echoes on every channel that its answer has.
outcome<git::push_report> read_report(const std::string& body) {
  git::push_report_reader reader(3);
  const auto fed = reader.feed(std::as_bytes(std::span(body)));
  if (fed.has_error()) return fed.error();
  return reader.finish();
}

git::push_report echoing_report() {
  return read_report(packet("\2" + echo + "\n") + packet("unpack " + echo + "\n") +
                     packet("ng refs/heads/main " + echo + "\n") + "0000")
      .value();
}

/// Every failure that holds words of a Git server.
std::vector<failure> echoing_failures() {
  const std::string unpack = packet("unpack ok\n");
  std::vector<failure> all;
  for (const auto& body : {packet("ERR " + echo), packet("\3" + echo), packet("\2" + echo), packet(echo),
                           unpack + packet("ng " + echo), unpack + packet(echo)}) {
    all.push_back(read_report(body).error());
  }
  return all;
}

/// As an adapter makes it: URLs enter a failure through shown(), and this one is signed.
failure with_signed_url(errc code) {
  const auto url = http::url::parse("https://cdn.example.com/objects/1?X-Sig=" + canary).value();
  return failure(code).blame(side::source).detail("from " + url.shown()).at(url.shown()).at(url.origin().text());
}

copy_request secret_request() {
  const file_reader none = [](const std::string&) -> outcome<small_file> { return failure(errc::not_found); };
  const environment env{{"HF_TOKEN", canary}, {"HTTPS_PROXY", "http://me:" + canary + "@proxy.example:1"}};
  const std::string target = "https://" + canary + ":" + canary + "@h.example/g/n.git";
  const std::vector<std::string> args{"copy", "https://me:" + canary + "@hub.example/o/n", target};
  return std::get<copy_request>(parse_options(args, env, none).value());
}

std::unique_ptr<display> display_on(std::ostream& out, progress_style style, std::string title) {
  talk_options wanted;
  wanted.progress = style;
  wanted.verbosity = verbosity::verbose;
  const auto window = [] { return window_size{200, 24}; };
  return make_display(wanted, {.out = out,
                               .is_terminal = true,
                               .window = window,
                               .now = [] { return time_point(); },
                               .timestamp = [] { return std::string("T"); },
                               .title = std::move(title)});
}

constexpr std::array all_styles{progress_style::tty, progress_style::plain, progress_style::json, progress_style::none};

void check_clean(const std::string& text) {
  BOOST_TEST(!text.empty());
  BOOST_TEST(text.find(canary) == std::string::npos, text);
}

}  // namespace secrecy_test

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
  for (const auto style : all_styles) {
    std::ostringstream out;
    const auto shown = display_on(out, style, short_title(request.source, request.target));
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

BOOST_AUTO_TEST_CASE(no_display_shows_a_secret_that_a_git_server_repeats) {
  const auto report = echoing_report();
  for (const auto style : all_styles) {
    std::ostringstream out;
    const auto shown = display_on(out, style, "title");
    for (const auto& why : echoing_failures()) {
      for (const auto& happened : testing::every_event(why, report.remote_lines.front())) {
        shown->on(happened);
        shown->tick();
      }
    }
    shown->close(echoing_failures().front(), 1);
    check_clean(out.str());
  }
}

BOOST_AUTO_TEST_CASE(no_result_shows_a_secret_that_a_git_server_repeats) {
  const auto pushed = echoing_report();
  auto report = testing::full_report();
  report.result.refs[0].status = ref_status::rejected;
  report.result.refs[0].reason = pushed.verdicts.front().reason + pushed.unpack_error;
  report.remote_lines = pushed.remote_lines;
  for (const auto& why : echoing_failures()) {
    report.result.error = why;
    std::ostringstream document;
    write_document(document, report);
    check_clean(document.str());
    check_clean(summary_of(report));
    check_clean(rendered(why, colour::off));
  }
}

BOOST_AUTO_TEST_SUITE_END()
