#include "transports/net/outbox.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/git_repository.hpp"

using namespace hfpipe;
using namespace hfpipe::net;
using namespace hfpipe::testing;

namespace outbox_test {

std::span<const std::byte> view(std::string_view text) {
  return std::as_bytes(std::span(text));
}

struct line {
  line() { BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0); }
  ~line() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  int here() const { return ends[0]; }
  std::string arrived() const {
    std::string all;
    std::array<char, 4096> room{};
    for (ssize_t got = 0; (got = ::read(ends[1], room.data(), room.size())) > 0;)
      all.append(room.data(), static_cast<std::size_t>(got));
    return all;
  }
  void hang_up() {
    ::close(ends[1]);
    ends[1] = -1;
  }

  std::array<int, 2> ends{-1, -1};
  outbox box;
};

}  // namespace outbox_test

BOOST_FIXTURE_TEST_SUITE(outbox_test, line)

BOOST_AUTO_TEST_CASE(what_is_collected_leaves_in_order_before_what_is_given_along) {
  BOOST_TEST(box.append(view("head ")) == 5u);
  BOOST_TEST(box.append_whole(view("and neck ")));
  const io_result sent = box.flush(here(), view("and tail"));
  BOOST_TEST((sent.status == io_status::moved));
  BOOST_TEST(sent.bytes == 8u);
  BOOST_TEST(box.empty());
  BOOST_TEST(arrived() == "head and neck and tail");
}

BOOST_AUTO_TEST_CASE(no_more_than_its_size_is_taken) {
  const std::string much = noise(outbox_size + 10, 1);
  BOOST_TEST(box.append(view(much)) == outbox_size);
  BOOST_TEST(box.append(view("x")) == 0u);
  BOOST_TEST(!box.append_whole(view("x")));
  BOOST_TEST((box.flush(here()).status == io_status::moved));
  BOOST_TEST((arrived() == much.substr(0, outbox_size)));
}

BOOST_AUTO_TEST_CASE(where_the_line_is_full_the_rest_stays_and_leaves_later) {
  std::string expected;
  io_result sent{io_status::moved, 0};
  for (unsigned n = 0; sent.status == io_status::moved && n < 1000; ++n) {
    const std::string piece = noise(outbox_size, n);
    BOOST_REQUIRE(box.append_whole(view(piece)));
    expected += piece;
    sent = box.flush(here());
  }
  BOOST_REQUIRE((sent.status == io_status::would_block));
  BOOST_TEST(!box.empty());
  std::string seen = arrived();
  while (box.flush(here()).status == io_status::would_block) seen += arrived();
  seen += arrived();
  BOOST_TEST((seen == expected));
  BOOST_TEST(box.empty());
}

BOOST_AUTO_TEST_CASE(memory_is_given_back_but_nothing_that_has_not_left) {
  box.append(view("kept"));
  box.give_back_memory();
  BOOST_TEST(box.held() != 0u);
  BOOST_TEST((box.flush(here()).status == io_status::moved));
  box.give_back_memory();
  BOOST_TEST(box.held() == 0u);
  box.append(view(" and more"));
  BOOST_TEST((box.flush(here()).status == io_status::moved));
  BOOST_TEST(arrived() == "kept and more");
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_gone_breaks_it_without_a_signal) {
  hang_up();
  box.append(view("x"));
  BOOST_TEST((box.flush(here()).status == io_status::broken));
}

BOOST_AUTO_TEST_SUITE_END()
