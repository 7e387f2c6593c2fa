#include "engine/kept_pack.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace kept_pack_test {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string read_back(const kept_pack& pack) {
  std::string all;
  const auto from = pack.read();
  auto drain = [&]() -> task<> {
    for (;;) {
      const auto piece = co_await from->next();
      if (piece.empty()) co_return;
      all.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
  };
  run_task(drain());
  return all;
}

}  // namespace kept_pack_test

BOOST_AUTO_TEST_SUITE(kept_pack_test)

BOOST_AUTO_TEST_CASE(what_was_kept_is_read_back_as_often_as_wanted) {
  const std::size_t block = kept_pack_block.as_size();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, block - 1, block, block + 1, 2 * block, 3 * block + 5}) {
    for (const std::size_t step : {std::size_t{997}, block, 2 * block + 1}) {
      byte_budget budget(10_MiB);
      kept_pack pack(budget, 1_MiB);
      const std::string bytes = some_bytes(size, 3);
      for (std::size_t at = 0; at < size; at += step)
        BOOST_REQUIRE(pack.append(bytes_of(std::string_view(bytes).substr(at, step))));
      BOOST_TEST_CONTEXT(size << " bytes in steps of " << step) {
        BOOST_TEST(pack.size().value() == size);
        BOOST_TEST((read_back(pack) == bytes));
        BOOST_TEST((read_back(pack) == bytes));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_maximum_is_kept_to_the_byte) {
  byte_budget budget(10_MiB);
  kept_pack pack(budget, 300_KiB);
  const std::string bytes = some_bytes(300 * 1024, 3);
  BOOST_REQUIRE(pack.append(bytes_of(bytes)));
  BOOST_TEST(!pack.append(bytes_of("!")));
  BOOST_TEST((read_back(pack) == bytes));
  BOOST_TEST(budget.in_use().value() == bytes.size());
}

BOOST_AUTO_TEST_CASE(a_pack_does_not_fit_when_the_budget_has_no_more) {
  byte_budget budget(300_KiB);
  kept_pack pack(budget, 10_MiB);
  BOOST_REQUIRE(pack.append(bytes_of("abc")));
  BOOST_TEST(!pack.append(bytes_of(some_bytes(300 * 1024, 3))));
  BOOST_TEST(read_back(pack) == "abc");
}

BOOST_AUTO_TEST_CASE(memory_is_leased_in_blocks_and_given_back) {
  byte_budget budget(10_MiB);
  {
    kept_pack pack(budget, 10_MiB);
    BOOST_TEST(budget.in_use().value() == 0u);
    BOOST_REQUIRE(pack.append(bytes_of("abc")));
    BOOST_TEST(budget.in_use().value() == kept_pack_block.value());
  }
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
