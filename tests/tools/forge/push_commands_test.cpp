#include "tools/forge/push_commands.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdio>

using namespace hfpipe::forge;

namespace push_commands_test {

std::string pkt(const std::string& payload) {
  char length[5];
  std::snprintf(length, sizeof length, "%04zx", payload.size() + 4);
  return length + payload;
}

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

const std::string zero(40, '0');
const std::string one(40, '1');

std::string push_head() {
  return pkt(zero + " " + one + " refs/heads/main" + std::string(1, '\0') + " report-status side-band-64k") +
         pkt(one + " " + zero + " refs/tags/v1\n") + "0000";
}

}  // namespace push_commands_test

BOOST_AUTO_TEST_SUITE(push_commands_test)

BOOST_AUTO_TEST_CASE(the_commands_are_read_whatever_the_pieces) {
  const std::string stream = push_head() + "PACK and the rest";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    push_commands seen;
    const bool first = seen.feed(bytes(stream).first(cut));
    const bool second = seen.feed(bytes(stream).subspan(cut));

    BOOST_TEST_CONTEXT(cut) {
      BOOST_TEST((first != second));
      BOOST_TEST_REQUIRE(seen.refs().size() == 2u);
      BOOST_TEST(seen.refs()[0].name == "refs/heads/main");
      BOOST_TEST(seen.refs()[0].new_id == one);
      BOOST_TEST(seen.refs()[1].name == "refs/tags/v1");
      BOOST_TEST(seen.refs()[1].old_id == one);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_probe_has_no_commands) {
  push_commands seen;

  BOOST_TEST(!seen.feed(bytes("0000")));
  BOOST_TEST(seen.refs().empty());
}

BOOST_AUTO_TEST_CASE(the_verdicts_are_read_through_the_sideband_whatever_the_pieces) {
  const std::string report =
      pkt("unpack ok\n") + pkt("ok refs/heads/main\n") + pkt("ng refs/tags/v1 hook declined\n") + "0000";
  const std::string stream =
      pkt("\2Resolving deltas\n") + pkt("\1" + report.substr(0, 20)) + pkt("\1" + report.substr(20)) + "0000";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    push_verdicts seen;
    seen.feed(bytes(stream).first(cut));
    seen.feed(bytes(stream).subspan(cut));

    auto verdicts = seen.read();
    BOOST_TEST_CONTEXT(cut) {
      BOOST_TEST(verdicts["unpack"] == "ok");
      BOOST_TEST(verdicts["refs/heads/main"] == "ok");
      BOOST_TEST(verdicts["refs/tags/v1"] == "hook declined");
    }
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_pkt_line_end_the_cutting) {
  pkt_line_watch lines;

  BOOST_TEST(lines.feed(bytes("0008NAK\nPACK0004")).size() == 1u);
  BOOST_TEST(lines.has_ended());
}

BOOST_AUTO_TEST_SUITE_END()
