#include "engine/blob_plan.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace hfpipe;

namespace blob_plan_test {

lfs_object object(char name, byte_count size) {
  return {lfs_oid::from_hex(std::string(64, name)).value(), size};
}

std::string names(const std::vector<lfs_object>& objects) {
  std::string all;
  for (const lfs_object& each : objects) all += each.oid.hex()[0];
  return all;
}

}  // namespace blob_plan_test

BOOST_AUTO_TEST_SUITE(blob_plan_test)

BOOST_AUTO_TEST_CASE(large_ones_go_by_size_and_small_ones_as_found) {
  const blob_plan plan = plan_blobs({object('a', 5_B), object('b', 2_MiB), object('c', 0_B), object('d', 9_GiB),
                                     object('e', 7_B), object('f', 2_MiB), object('9', 1_MiB)});
  BOOST_TEST(names(plan.large) == "dbf9");
  BOOST_TEST(names(plan.small) == "ace");
  BOOST_TEST(plan.objects() == 7u);
  BOOST_TEST(plan.bytes.value() == (9_GiB + 5_MiB + 12_B).value());
}

BOOST_AUTO_TEST_CASE(widths_follow_the_transfers_and_the_budget) {
  struct row {
    unsigned transfers;
    byte_count budget;
    relay_widths widths;
  };
  for (const row& r : {row{8, 128_MiB, {8, 1_MiB, 96, 167936_B}}, row{8, 1_GiB, {8, 1_MiB, 96, 1_MiB}},
                       row{8, 16_MiB, {8, 376832_B, 4, 114688_B}}, row{1, 16_MiB, {1, 1_MiB, 12, 167936_B}},
                       row{100, 16_MiB, {13, 74358_B, 4, 114688_B}}, row{0, 128_MiB, {1, 1_MiB, 1, 1_MiB}},
                       row{8, 1_MiB, {1, 64_KiB, 1, 64_KiB}}}) {
    BOOST_TEST_CONTEXT(r.transfers << " transfers in " << to_text(r.budget)) {
      const relay_widths got = plan_widths(r.transfers, r.budget);
      BOOST_TEST(got.large == r.widths.large);
      BOOST_TEST(got.large_buffer.value() == r.widths.large_buffer.value());
      BOOST_TEST(got.small == r.widths.small);
      BOOST_TEST(got.small_buffer.value() == r.widths.small_buffer.value());
    }
  }
}

BOOST_AUTO_TEST_CASE(all_relays_of_a_plan_fit_into_half_of_any_budget_we_accept) {
  for (unsigned transfers = 1; transfers <= 64; ++transfers) {
    for (byte_count budget = 16_MiB; budget <= 512_MiB; budget = budget * 2) {
      const relay_widths w = plan_widths(transfers, budget);
      const byte_count all =
          (w.large_buffer + connection_allowance) * w.large + (w.small_buffer + connection_allowance) * w.small;
      BOOST_TEST_CONTEXT(transfers << " transfers in " << to_text(budget))
      BOOST_TEST(all.value() * 2 <= budget.value());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_buffer_is_the_object_and_one_byte_in_whole_pages) {
  struct row {
    byte_count size, largest, buffer;
  };
  for (const row& r :
       {row{0_B, 1_MiB, 4_KiB}, row{1_B, 1_MiB, 4_KiB}, row{4095_B, 1_MiB, 4_KiB}, row{4_KiB, 1_MiB, 8_KiB},
        row{1_MiB - 1_B, 1_MiB, 1_MiB}, row{1_MiB, 1_MiB, 1_MiB}, row{9_GiB, 1_MiB, 1_MiB},
        row{100_KiB, 64_KiB, 64_KiB}, row{60_B, 100_B, 100_B}, row{byte_count(~0ULL), 1_MiB, 1_MiB}}) {
    BOOST_TEST_CONTEXT(r.size.value() << " of " << r.largest.value())
    BOOST_TEST(relay_buffer(r.size, r.largest).value() == r.buffer.value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
