#include "engine/resumed_source.hpp"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <deque>
#include <string>

#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace resumed_source_test {

/// What one open() does: refuses with `refusal`, or gives `most` bytes and then ends, or breaks with `then`.
struct turn {
  std::size_t most = ~std::size_t{0};
  std::optional<failure> then = {};
  std::optional<failure> refusal = {};
};

class scripted_source final : public blob_source {
 public:
  std::string bytes;
  std::deque<turn> turns;  ///< one for each open(); the last stays
  std::vector<std::uint64_t> opened;
  std::size_t located = 0;
  bool expires_at_once = false;

  task<std::vector<lfs::batch_entry>> locate(std::vector<lfs_object> wanted) override {
    ++located;
    co_return std::vector<lfs::batch_entry>(1, link_to(wanted.front()));
  }
  lfs::batch_entry link_to(const lfs_object& object) const {
    lfs::action get{http::url::parse("https://blobs.example/x").value(), {}, {}, {}};
    if (expires_at_once) get.expires_in = 0s;
    return {object, std::move(get), {}, {}, {}};
  }
  task<std::unique_ptr<byte_source>> open(const lfs::batch_entry&, byte_count from, connection_use,
                                          std::optional<byte_count> until) override;
};

class scripted_bytes final : public byte_source {
 public:
  scripted_bytes(std::string_view bytes, turn how) : bytes_(bytes.substr(0, how.most)), then_(std::move(how.then)) {}
  task<std::size_t> read_some(std::span<std::byte> room) override {
    const std::size_t many = std::min(room.size(), bytes_.size());
    if (many == 0 && then_) throw failed(*then_);
    std::memcpy(room.data(), bytes_.data(), many);
    bytes_.remove_prefix(many);
    co_return many;
  }

 private:
  std::string_view bytes_;
  std::optional<failure> then_;
};

task<std::unique_ptr<byte_source>> scripted_source::open(const lfs::batch_entry&, byte_count from, connection_use,
                                                         std::optional<byte_count> until) {
  opened.push_back(from.value());
  const turn now = turns.front();
  if (turns.size() > 1) turns.pop_front();
  if (now.refusal) throw failed(*now.refusal);
  co_return std::make_unique<scripted_bytes>(std::string_view(bytes).substr(0, until->as_size()).substr(from.as_size()),
                                             now);
}

struct fixture {
  scripted_source host;
  event_recorder seen;
  resume_terms terms{.waits = {.retries = 3, .first_wait = 10us, .longest_wait = 20us}};
  std::string got;
  const failure cut{errc::connection_lost};

  fixture() { host.bytes = some_bytes(1000, 3); }

  task<> read() {
    blob_link link(host, host.link_to(blob_of(host.bytes)), moment::now());
    resumed_source from(link, terms, seen);
    co_await from.open(connection_use::any);
    std::array<std::byte, 64> buffer{};
    const std::span<std::byte> room(buffer);
    for (std::size_t count = 1; count != 0;) {
      count = co_await from.read_some(room);
      got.append(reinterpret_cast<const char*>(buffer.data()), count);
    }
    const std::size_t again = co_await from.read_some(room);
    BOOST_TEST(again == 0u);
  }

  std::optional<failure> broken(std::deque<turn> turns) {
    host.turns = std::move(turns);
    try {
      run_task(read());
    } catch (const failed& thrown) {
      return thrown.why();
    }
    return std::nullopt;
  }
  void check_whole(std::deque<turn> turns) {
    BOOST_TEST(!broken(std::move(turns)));
    BOOST_TEST((got == host.bytes));
  }
};

}  // namespace resumed_source_test

BOOST_FIXTURE_TEST_SUITE(resumed_source_test, fixture)

BOOST_AUTO_TEST_CASE(an_unbroken_stream_is_read_once) {
  check_whole({{}});
  BOOST_TEST(host.opened.size() == 1u);
  BOOST_TEST(seen.events.empty());
}

BOOST_AUTO_TEST_CASE(a_cut_anywhere_is_resumed_at_its_byte) {
  for (std::size_t at = 1; at < 1000; at += 37) {
    fixture fresh;
    fresh.check_whole({{.most = at, .then = cut}, {}});
    const std::vector<std::uint64_t> expected{0, at};
    BOOST_TEST(fresh.host.opened == expected, boost::test_tools::per_element());
    BOOST_TEST(fresh.seen.count<event::retrying>() == 1u);
    BOOST_TEST(fresh.host.located == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_source_that_gives_a_little_each_time_is_read_to_its_end) {
  check_whole({{.most = 20, .then = cut}});
  BOOST_TEST(host.opened.size() == 50u);
  for (const auto& told : seen.all<event::retrying>()) BOOST_TEST(told.failures_so_far == 1u);
}

BOOST_AUTO_TEST_CASE(a_source_that_gives_no_more_byte_is_given_up) {
  const auto why = broken({{.most = 20, .then = cut}, {.most = 0, .then = cut}});
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::connection_lost);
  BOOST_CHECK(why->blamed() == side::source);
  BOOST_TEST(host.opened.size() == 4u);
}

BOOST_AUTO_TEST_CASE(what_never_gave_a_byte_is_not_resumed) {
  BOOST_TEST(broken({{.most = 0, .then = cut}}).has_value());
  BOOST_TEST(host.opened.size() == 1u);
  BOOST_TEST(seen.events.empty());
}

BOOST_AUTO_TEST_CASE(a_capped_range_is_followed_by_the_next_without_a_retry) {
  check_whole({{.most = 300}});
  const std::vector<std::uint64_t> expected{0, 300, 600, 900};
  BOOST_TEST(host.opened == expected, boost::test_tools::per_element());
  BOOST_TEST(seen.events.empty());
}

BOOST_AUTO_TEST_CASE(an_end_where_nothing_came_is_the_end) {
  BOOST_TEST(!broken({{.most = 300}, {.most = 0}}));
  BOOST_TEST(got.size() == 300u);
  BOOST_TEST(host.opened.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_link_that_died_is_asked_for_again_at_once) {
  for (const errc code : {errc::forbidden, errc::unauthorized, errc::not_found}) {
    fixture fresh;
    fresh.terms.waits.first_wait = 1h;
    fresh.terms.patience = 3h;
    fresh.check_whole({{.most = 500, .then = failure(code)}, {}});
    BOOST_TEST(fresh.host.located == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_fresh_link_that_is_refused_too_is_believed) {
  const auto why = broken({{.most = 500, .then = cut}, {.refusal = failure(errc::forbidden)}});
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::forbidden);
  BOOST_TEST(host.located == 1u);
}

BOOST_AUTO_TEST_CASE(a_link_whose_age_passed_is_not_used_again) {
  host.expires_at_once = true;
  check_whole({{.most = 500, .then = cut}, {}});
  BOOST_TEST(host.located == 1u);
}

BOOST_AUTO_TEST_CASE(a_source_without_ranges_fails_with_what_broke_the_stream) {
  const auto why = broken({{.most = 500, .then = cut}, {.refusal = failure(errc::bad_range_reply)}});
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::connection_lost);
}

BOOST_AUTO_TEST_CASE(a_wrong_range_after_a_capped_one_is_told_as_it_is) {
  const auto why = broken({{.most = 500}, {.refusal = failure(errc::bad_range_reply)}});
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::bad_range_reply);
}

BOOST_AUTO_TEST_CASE(a_cause_that_stays_is_not_tried_again) {
  const auto why = broken({{.most = 500, .then = failure(errc::size_mismatch)}});
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::size_mismatch);
  BOOST_TEST(host.opened.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_wait_beyond_the_patience_is_not_begun) {
  terms.patience = 50ms;
  const failure busy = failure(errc::rate_limited).retry_after(2s);
  const auto began = std::chrono::steady_clock::now();
  BOOST_TEST(broken({{.most = 500, .then = cut}, {.refusal = busy}}).has_value());
  BOOST_TEST((std::chrono::steady_clock::now() - began < 1s));
}

BOOST_AUTO_TEST_CASE(what_another_was_told_holds_the_next_stream_back) {
  for (const turn& first :
       {turn{.most = 500, .then = cut}, turn{.most = 500, .then = failure(errc::forbidden)}, turn{.most = 500}}) {
    fixture fresh;
    throttle told;
    const auto until = std::chrono::steady_clock::now() + 80ms;
    told.hold(side::source, until);
    fresh.terms.held_back = &told;
    fresh.check_whole({first, {}});
    BOOST_CHECK(std::chrono::steady_clock::now() >= until);
  }
}

BOOST_AUTO_TEST_CASE(a_source_that_wants_to_be_left_alone_for_longer_than_the_patience_is_not_asked) {
  for (const turn& first : {turn{.most = 500, .then = cut}, turn{.most = 500}}) {
    fixture fresh;
    throttle told;
    told.hold(side::source, std::chrono::steady_clock::now() + 1h);
    fresh.terms.held_back = &told;
    const auto why = fresh.broken({first, {}});
    BOOST_REQUIRE(why);
    BOOST_CHECK(why->cause() == cause::transient);
    BOOST_TEST(fresh.host.opened.size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_source_is_not_silent_while_nobody_reads_it) {
  terms.patience = 1s;
  host.turns = {{.most = 500, .then = cut}, {}};
  const auto read_slowly = [&]() -> task<> {
    blob_link link(host, host.link_to(blob_of(host.bytes)), moment::now());
    resumed_source from(link, terms, seen);
    co_await from.open(connection_use::any);
    std::array<std::byte, 500> buffer{};
    const std::span<std::byte> room(buffer);
    co_await from.read_some(room);
    co_await sleep_for(1100ms);
    const std::size_t rest = co_await from.read_some(room);
    BOOST_TEST(rest == 500u);
  };
  run_task(read_slowly());
}

BOOST_AUTO_TEST_CASE(without_retries_nothing_is_resumed) {
  terms.waits.retries = 0;
  for (const errc code : {errc::connection_lost, errc::forbidden}) {
    fixture fresh;
    fresh.terms.waits.retries = 0;
    BOOST_TEST(fresh.broken({{.most = 500, .then = failure(code)}, {}}).has_value());
    BOOST_TEST(fresh.host.opened.size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_wait_can_be_cancelled) {
  terms.waits.first_wait = 1h;
  terms.waits.longest_wait = 1h;
  terms.patience = 3h;
  host.turns = {{.most = 500, .then = cut}};
  asio::io_context loop(1);
  const auto why = run_cancelled(loop, read(), [&] { return !seen.events.empty(); });
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::cancelled);
}

BOOST_AUTO_TEST_SUITE_END()
