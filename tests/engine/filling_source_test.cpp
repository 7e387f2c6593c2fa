#include "engine/filling_source.hpp"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace {

/// Gives `text` in reads of `step`, each after `pause`; then ends, or fails.
class dripping_source final : public byte_source {
 public:
  dripping_source(std::string text, std::size_t step, duration pause = {})
      : text_(std::move(text)), step_(step), pause_(pause) {}
  bool fails = false;
  unsigned reads_after_end = 0;

  task<std::size_t> read_some(std::span<std::byte> room) override {
    BOOST_TEST(!room.empty());
    if (pause_ != duration::zero()) co_await sleep_for(pause_);
    const std::size_t many = std::min({room.size(), step_, text_.size() - at_});
    if (many == 0 && fails) throw failed(failure(errc::connection_lost));
    if (many == 0) ++reads_after_end;
    std::memcpy(room.data(), text_.data() + at_, many);
    at_ += many;
    co_return many;
  }

 private:
  std::string text_;
  std::size_t step_;
  duration pause_;
  std::size_t at_ = 0;
};

leased_buffer buffer_of(byte_budget& budget, byte_count size) {
  return {*budget.try_take(size), size};
}

std::vector<std::string> pieces_of(chunk_source& from) {
  std::vector<std::string> pieces;
  auto drain = [&]() -> task<> {
    for (;;) {
      const auto piece = co_await from.next();
      if (piece.empty()) co_return;
      pieces.emplace_back(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
  };
  run_task(drain());
  return pieces;
}

using words = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(filling_source_test)

BOOST_AUTO_TEST_CASE(the_buffer_is_full_whatever_the_reads_are) {
  for (std::size_t step = 1; step <= 11; ++step) {
    byte_budget budget(4_B);
    dripping_source from("abcdefghij", step);
    filling_source filled(from, buffer_of(budget, 4_B));
    const words expected{"abcd", "efgh", "ij"};
    BOOST_TEST_CONTEXT("reads of " << step) BOOST_TEST(pieces_of(filled) == expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(an_end_at_a_full_buffer_is_the_end) {
  byte_budget budget(4_B);
  dripping_source from("abcdefgh", 3);
  filling_source filled(from, buffer_of(budget, 4_B));
  BOOST_TEST(pieces_of(filled).size() == 2u);
}

BOOST_AUTO_TEST_CASE(nothing_at_all_is_the_end) {
  byte_budget budget(4_B);
  dripping_source from("", 3);
  filling_source filled(from, buffer_of(budget, 4_B));
  BOOST_TEST(pieces_of(filled).empty());
}

BOOST_AUTO_TEST_CASE(the_end_is_asked_for_once) {
  byte_budget budget(4_B);
  dripping_source from("abcdef", 3);
  filling_source filled(from, buffer_of(budget, 4_B));
  pieces_of(filled);
  pieces_of(filled);
  BOOST_TEST(from.reads_after_end == 1u);
}

BOOST_AUTO_TEST_CASE(bytes_of_a_slow_source_are_not_held_back) {
  byte_budget budget(100_B);
  dripping_source from("abcdef", 1, 10ms);
  filling_source filled(from, buffer_of(budget, 100_B), 15ms);
  const words pieces = pieces_of(filled);
  BOOST_TEST(pieces.size() >= 2u);
  std::string all;
  for (const std::string& piece : pieces) all += piece;
  BOOST_TEST(all == "abcdef");
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_source_is_blamed_on_it) {
  byte_budget budget(100_B);
  dripping_source from("abcdef", 2);
  from.fails = true;
  filling_source filled(from, buffer_of(budget, 100_B));
  try {
    pieces_of(filled);
    BOOST_ERROR("did not fail");
  } catch (const failed& thrown) {
    BOOST_CHECK(thrown.why().code() == errc::connection_lost);
    BOOST_CHECK(thrown.why().blamed() == side::source);
  }
}

BOOST_AUTO_TEST_CASE(the_lease_lives_as_long_as_the_buffer) {
  byte_budget budget(100_B);
  {
    dripping_source from("abc", 2);
    filling_source filled(from, leased_buffer(*budget.try_take(90_B), 10_B));
    BOOST_TEST(budget.in_use().value() == 90u);
  }
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
