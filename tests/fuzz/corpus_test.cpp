#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/fuzz/outcomes.hpp"

// The corpus of the fuzzers, run through their targets in the ordinary build. An input is called OUTCOME-WORDS after
// the end that it is there for, and found-WORDS where a fuzzer found it; it must come to that end, and to no other
// harm. So each parser is driven to its success and into each of its errors, whatever build this is.

#define FOR_EACH_TARGET(each)                                                                                     \
  each(address) each(advertisement) each(batch) each(delta) each(dotenv) each(fetch_dialogue) each(header_values) \
      each(http_reply) each(inflater) each(jobs) each(lfsconfig) each(multipart) each(names) each(netrc)          \
          each(pack_walker) each(pkt_line) each(platform) each(pointer) each(push_report) each(url)

#define DECLARE(target) extern "C" int fuzz_##target(const std::uint8_t* bytes, std::size_t size);
FOR_EACH_TARGET(DECLARE)

namespace corpus_test {

namespace fs = std::filesystem;
using outcomes = std::set<std::string>;

struct target {
  std::string name;
  int (*run)(const std::uint8_t*, std::size_t);
};

#define ENTRY(target) {#target, fuzz_##target},
const std::vector<target> targets{FOR_EACH_TARGET(ENTRY)};

/// What a parser can come to. Not among them: what takes megabytes, as limits on lists do; unit tests have these.
const std::map<std::string, outcomes> all_ends{
    {"address", {"accepted", "folder", "user", "revision", "bad_url", "insecure_refused"}},
    {"advertisement",
     {"accepted", "bad_pkt_line", "bad_advertisement", "not_a_git_host", "remote_error", "empty_reply",
      "connection_lost"}},
    {"batch", {"accepted", "refusal", "bad_batch_reply", "insecure_refused"}},
    {"delta", {"accepted", "pack_corrupt", "no_header"}},
    {"dotenv", {"accepted", "fault", "bad_option"}},
    {"fetch_dialogue",
     {"accepted", "empty_reply", "pack_truncated", "bad_fetch_reply", "bad_pkt_line", "remote_error", "ref_vanished",
      "shallow_source"}},
    {"header_values",
     {"accepted", "bad_range_reply", "wait", "no_wait", "time", "no_time", "words", "unauthorized", "forbidden",
      "not_found", "timed_out", "payload_too_large", "rate_limited", "unexpected_status", "server_failed",
      "redirect_refused"}},
    {"http_reply", {"accepted", "bad_http_reply", "framed", "no_framing", "chunks_ended"}},
    {"inflater", {"accepted", "cut", "broken", "bomb"}},
    {"jobs", {"accepted", "bad_option"}},
    {"lfsconfig", {"accepted", "none"}},
    {"multipart", {"accepted", "hub", "giftless", "obstacle", "bad_batch_reply"}},
    {"names", {"accepted", "bad_ref_name", "refspec", "bad_refspec", "oid", "capabilities", "bad_advertisement"}},
    {"netrc", {"accepted", "found", "bad_option"}},
    {"pack_walker", {"accepted", "pointer", "unresolved", "pack_corrupt", "pack_truncated"}},
    {"pkt_line", {"accepted", "band", "cut", "bad_pkt_line", "remote_error", "ref_vanished"}},
    {"platform",
     {"accepted", "namespace", "mirror", "no_mirror", "user", "none_there", "remote_error", "unauthorized",
      "unexpected_status", "place", "bad_url"}},
    {"pointer", {"accepted", "no_pointer"}},
    {"push_report", {"accepted", "remote_error", "bad_pkt_line", "bad_push_report", "limit_exceeded"}},
    {"url", {"accepted", "relative", "bad_url"}},
};

fs::path corpus_of(const target& which) {
  return fs::path(HFPIPE_SOURCE_DIR) / "tests/fuzz/corpus" / which.name;
}

std::vector<std::uint8_t> content_of(const fs::path& file) {
  std::ifstream input(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

outcomes ends_of(const target& which, const fs::path& input) {
  const auto bytes = content_of(input);
  outcomes reached;
  hfpipe::fuzz::on_outcome = [&](std::string_view outcome) { reached.emplace(outcome); };
  which.run(bytes.data(), bytes.size());
  hfpipe::fuzz::on_outcome = nullptr;
  return reached;
}

}  // namespace corpus_test

BOOST_AUTO_TEST_SUITE(corpus_test)

BOOST_AUTO_TEST_CASE(every_input_comes_to_the_end_that_its_name_says) {
  for (const target& which : targets) {
    for (const auto& input : fs::directory_iterator(corpus_of(which))) {
      const auto name = input.path().filename().string();
      const auto expected = name.substr(0, name.find('-'));

      const auto reached = ends_of(which, input.path());

      BOOST_TEST((expected == "found" || reached.contains(expected)), which.name << "/" << name);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_parser_is_driven_to_its_success_and_into_each_of_its_errors) {
  for (const target& which : targets) {
    outcomes reached;
    for (const auto& input : fs::directory_iterator(corpus_of(which))) reached.merge(ends_of(which, input.path()));
    for (const auto& end : all_ends.at(which.name)) {
      BOOST_TEST(reached.contains(end), which.name << " is never driven to " << end);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_folder_of_the_corpus_is_nobodys) {
  const auto folders = std::distance(fs::directory_iterator(corpus_of(targets.front()).parent_path()), {});

  BOOST_TEST(static_cast<std::size_t>(folders) == targets.size());
  BOOST_TEST(all_ends.size() == targets.size());
}

BOOST_AUTO_TEST_SUITE_END()
