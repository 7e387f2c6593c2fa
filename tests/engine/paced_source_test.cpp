#include "engine/paced_source.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/fake_endpoints.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace paced_source_test {

/// Lends `bytes` in pieces of `step`.
class stepped final : public chunk_source {
 public:
  stepped(std::string_view bytes, std::size_t step) : bytes_(bytes), step_(step) {}
  task<std::span<const std::byte>> next() override {
    const std::string_view piece = bytes_.substr(0, step_);
    bytes_.remove_prefix(piece.size());
    co_return std::as_bytes(std::span(piece));
  }

 private:
  std::string_view bytes_;
  std::size_t step_;
};

struct fixture {
  const std::string bytes = some_bytes(10'000, 1);
  stepped from{bytes, 3000};
  manual_clock clock;
  std::vector<std::size_t> pieces;
  std::string got;

  task<> read(paced_source& paced) {
    for (;;) {
      const std::span<const std::byte> piece = co_await paced.next();
      if (piece.empty()) co_return;
      pieces.push_back(piece.size());
      got.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
  }
};

}  // namespace paced_source_test

BOOST_FIXTURE_TEST_SUITE(paced_source_test, fixture)

BOOST_AUTO_TEST_CASE(without_a_limit_pieces_pass_as_they_are) {
  rate_limit none({}, &clock);
  for (rate_limit* pace : {static_cast<rate_limit*>(nullptr), &none}) {
    stepped again(bytes, 3000);
    paced_source paced(again, pace);
    got.clear();
    pieces.clear();
    run_task(read(paced));
    const std::vector<std::size_t> expected{3000, 3000, 3000, 1000};
    BOOST_TEST(pieces == expected, boost::test_tools::per_element());
    BOOST_TEST((got == bytes));
    BOOST_CHECK(paced.waited() == 0s);
  }
  BOOST_TEST(clock.sleeps == 0u);
}

BOOST_AUTO_TEST_CASE(a_slow_rate_trickles_all_bytes_in_their_time) {
  rate_limit pace(1000, &clock);
  paced_source paced(from, &pace);
  run_task(read(paced));
  BOOST_TEST((got == bytes));
  for (const std::size_t each : pieces) BOOST_TEST(each <= 256u);
  BOOST_TEST(pace.taken() == bytes.size());
  // Ten seconds but for the slack at the beginning and the last piece, behind which nobody waits.
  BOOST_TEST(clock.seconds() <= 10.0);
  BOOST_TEST(clock.seconds() >= 10.0 - 0.1 - 0.256);
  BOOST_CHECK(paced.waited() == clock.now() - clock.start);
}

BOOST_AUTO_TEST_CASE(a_limit_that_is_set_and_lifted_on_the_way_holds_meanwhile) {
  rate_limit pace({}, &clock);
  paced_source paced(from, &pace);
  const auto whole = [&]() -> task<> {
    const std::span<const std::byte> first = co_await paced.next();
    BOOST_TEST(first.size() == 3000u);
    pace.set_rate(1000);
    const std::span<const std::byte> second = co_await paced.next();
    BOOST_TEST(second.size() == 256u);
    pace.set_rate(std::nullopt);
    const std::span<const std::byte> third = co_await paced.next();
    BOOST_TEST(third.size() == 3000u - 256u);
  };
  run_task(whole());
}

BOOST_AUTO_TEST_SUITE_END()
