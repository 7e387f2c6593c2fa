#include "engine/digest_guard.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace digest_guard_test {

/// Lends `text` in pieces of `step`; then ends or fails.
class piecewise final : public chunk_source {
 public:
  piecewise(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}
  bool fails = false;

  task<std::span<const std::byte>> next() override {
    const auto all = std::as_bytes(std::span(text_));
    const auto piece = all.subspan(at_, std::min(step_, all.size() - at_));
    if (piece.empty() && fails) throw failed(failure(errc::connection_lost));
    at_ += piece.size();
    co_return piece;
  }

 private:
  std::string text_;
  std::size_t step_;
  std::size_t at_ = 0;
};

struct passage {
  std::string let_through;
  std::optional<failure> broken;
};

passage pass(chunk_source& from) {
  passage seen;
  auto drain = [&]() -> task<> {
    for (;;) {
      const auto piece = co_await from.next();
      if (piece.empty()) co_return;
      seen.let_through.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
  };
  try {
    run_task(drain());
  } catch (const failed& thrown) {
    seen.broken = thrown.why();
  }
  return seen;
}

passage pass(std::string bytes, std::size_t step, const lfs_object& as) {
  piecewise from(std::move(bytes), step);
  digest_guard guard(from, as);
  return pass(guard);
}

}  // namespace digest_guard_test

BOOST_AUTO_TEST_SUITE(digest_guard_test)

BOOST_AUTO_TEST_CASE(a_right_blob_passes_whole) {
  for (const std::size_t size : {0U, 1U, 7U, 100U}) {
    const std::string bytes = some_bytes(size, 1);
    for (std::size_t step = 1; step <= size + 1; ++step) {
      const passage seen = pass(bytes, step, blob_of(bytes));
      BOOST_TEST_CONTEXT(size << " bytes in pieces of " << step) {
        BOOST_TEST(!seen.broken);
        BOOST_TEST((seen.let_through == bytes));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(trap_18_a_wrong_blob_never_yields_its_last_byte) {
  const std::string bytes = some_bytes(60, 1);
  for (std::size_t wrong = 0; wrong < bytes.size(); ++wrong) {
    std::string other = bytes;
    other[wrong] = static_cast<char>(other[wrong] ^ 0x40);
    const passage seen = pass(other, 7, blob_of(bytes));
    BOOST_TEST_CONTEXT("byte " << wrong) {
      BOOST_REQUIRE(seen.broken);
      BOOST_CHECK(seen.broken->code() == errc::digest_mismatch);
      BOOST_TEST(seen.let_through.size() < bytes.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_truncated_blob_is_a_size_mismatch) {
  const std::string bytes = some_bytes(40, 1);
  for (std::size_t kept = 0; kept < bytes.size(); ++kept) {
    const passage seen = pass(bytes.substr(0, kept), 7, blob_of(bytes));
    BOOST_TEST_CONTEXT(kept << " bytes") {
      BOOST_REQUIRE(seen.broken);
      BOOST_CHECK(seen.broken->code() == errc::size_mismatch);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_longer_blob_is_a_size_mismatch_in_whatever_piece_the_excess_comes) {
  const std::string bytes = some_bytes(40, 1);
  for (std::size_t step = 1; step <= 42; ++step) {
    const passage seen = pass(bytes + "!", step, blob_of(bytes));
    BOOST_TEST_CONTEXT("pieces of " << step) {
      BOOST_REQUIRE(seen.broken);
      BOOST_CHECK(seen.broken->code() == errc::size_mismatch);
      BOOST_TEST(seen.let_through.size() <= bytes.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(an_empty_blob_must_have_the_name_of_nothing) {
  lfs_object wrong = blob_of("something");
  wrong.size = byte_count();
  const passage seen = pass("", 7, wrong);
  BOOST_REQUIRE(seen.broken);
  BOOST_CHECK(seen.broken->code() == errc::digest_mismatch);
}

BOOST_AUTO_TEST_CASE(a_mismatch_is_the_sources_and_names_both_digests) {
  const passage seen = pass("abd", 7, blob_of("abc"));
  BOOST_REQUIRE(seen.broken);
  BOOST_CHECK(seen.broken->blamed() == side::source);
  BOOST_TEST(seen.broken->detail() ==
             "got " + blob_of("abd").oid.short_hex() + ", expected " + blob_of("abc").oid.short_hex());
}

BOOST_AUTO_TEST_CASE(after_a_failure_it_gives_nothing_but_the_failure) {
  piecewise from("abd", 3);
  digest_guard guard(from, blob_of("abc"));
  for (int again = 0; again < 3; ++again) {
    const passage seen = pass(guard);
    BOOST_REQUIRE(seen.broken);
    BOOST_CHECK(seen.broken->code() == errc::digest_mismatch);
    BOOST_TEST(seen.let_through.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_failure_behind_it_is_passed_on_for_ever) {
  piecewise from("ab", 1);
  from.fails = true;
  digest_guard guard(from, blob_of("abc"));
  BOOST_TEST(pass(guard).let_through == "ab");
  from.fails = false;
  const passage seen = pass(guard);
  BOOST_REQUIRE(seen.broken);
  BOOST_CHECK(seen.broken->code() == errc::connection_lost);
}

BOOST_AUTO_TEST_CASE(after_the_end_it_stays_at_the_end) {
  for (const std::string bytes : {"", "abc"}) {
    piecewise from(bytes, 2);
    digest_guard guard(from, blob_of(bytes));
    pass(guard);
    const passage seen = pass(guard);
    BOOST_TEST(!seen.broken);
    BOOST_TEST(seen.let_through.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
