#include "transports/net/inbox.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <string>
#include <vector>

#include "tests/support/git_repository.hpp"

using namespace hfpipe;
using namespace hfpipe::net;
using namespace hfpipe::testing;

namespace inbox_test {

/// Two ends of one stream: `here` never blocks.
struct line {
  line() {
    std::array<int, 2> both{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both.data()) != 0) throw std::bad_alloc();
    here = both[0];
    there = both[1];
  }
  ~line() {
    ::close(here);
    hang_up();
  }
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  void send(std::string_view bytes) const { BOOST_REQUIRE(::write(there, bytes.data(), bytes.size()) > 0); }
  void hang_up() {
    if (there >= 0) ::close(there);
    there = -1;
  }

  int here = -1;
  int there = -1;
};

struct taken {
  std::string bytes;
  io_status last = io_status::moved;
};

/// Everything that comes without waiting, `step` bytes at a time.
taken take_all(inbox& box, std::size_t step) {
  taken all;
  std::vector<std::byte> room(step);
  for (;;) {
    const io_result got = box.take(room);
    all.last = got.status;
    if (got.status != io_status::moved) return all;
    BOOST_REQUIRE(got.bytes > 0u);
    BOOST_REQUIRE(got.bytes <= step);
    all.bytes.append(reinterpret_cast<const char*>(room.data()), got.bytes);
  }
}

}  // namespace inbox_test

BOOST_FIXTURE_TEST_SUITE(inbox_test, line)

BOOST_AUTO_TEST_CASE(bytes_come_whole_and_in_order_however_they_are_taken) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{100}, inbox_size - 1, inbox_size, inbox_size + 1}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{5}, std::size_t{16401}, inbox_size + 7}) {
      BOOST_TEST_CONTEXT(size << " bytes in steps of " << step) {
        inbox box(here);
        const std::string bytes = noise(size, 1);
        send(bytes);
        const taken seen = take_all(box, step);
        BOOST_TEST((seen.bytes == bytes));
        BOOST_TEST((seen.last == io_status::would_block));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_came_before_the_end_is_taken_before_the_end_is_told) {
  inbox box(here);
  send("last words");
  hang_up();
  const taken seen = take_all(box, 4);
  BOOST_TEST(seen.bytes == "last words");
  BOOST_TEST((seen.last == io_status::ended));
  BOOST_TEST((take_all(box, 4).last == io_status::ended));
}

BOOST_AUTO_TEST_CASE(a_break_is_told_with_its_reason) {
  inbox box(here);
  send("x");
  // A stream that is closed with bytes in it that nobody read is reset at the other end.
  BOOST_REQUIRE(::write(here, "unread", 6) == 6);
  BOOST_TEST(take_all(box, 1).bytes == "x");
  hang_up();
  std::array<std::byte, 4> room{};
  for (int n = 0; n < 2; ++n) {
    errno = 0;
    const io_result got = box.take(room);
    BOOST_TEST((got.status == io_status::broken));
    BOOST_TEST(errno == ECONNRESET);
  }
}

BOOST_AUTO_TEST_CASE(memory_is_held_until_the_socket_has_no_more_or_it_is_given_back) {
  inbox box(here);
  BOOST_TEST(box.held() == 0u);
  std::array<std::byte, 4> room{};
  send("1234");
  BOOST_TEST(box.take(std::span(room).first(3)).bytes == 3u);
  box.give_back_memory();  // not while a byte is here
  BOOST_TEST(box.take(room).bytes == 1u);
  BOOST_TEST(box.held() == inbox_size);
  box.give_back_memory();
  BOOST_TEST(box.held() == 0u);
  send("5");
  BOOST_TEST(take_all(box, 4).bytes == "5");
  BOOST_TEST(box.held() == 0u);
  hang_up();
  BOOST_TEST((take_all(box, 4).last == io_status::ended));
  BOOST_TEST(box.held() == 0u);
}

BOOST_AUTO_TEST_CASE(it_goes_on_after_there_was_nothing) {
  inbox box(here);
  BOOST_TEST((take_all(box, 3).last == io_status::would_block));
  send("more");
  BOOST_TEST(take_all(box, 3).bytes == "more");
}

BOOST_AUTO_TEST_SUITE_END()
