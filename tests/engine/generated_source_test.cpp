#include "engine/generated_source.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>

#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace generated_source_test {

lfs_object added(generated_objects& to, std::uint64_t size) {
  std::optional<lfs_object> made;
  const auto add = [&]() -> task<> {
    const lfs_object object = co_await to.add(byte_count(size));
    made = object;
  };
  run_task(add());
  return *made;
}

/// All bytes of `object` from `from` on, in reads of `step`.
task<std::string> bytes_of(generated_source& source, lfs_object object, byte_count from, std::size_t step) {
  std::vector<lfs_object> one(1, object);
  const std::vector<lfs::batch_entry> located = co_await source.locate(std::move(one));
  const auto stream = co_await source.open(located.front(), from, connection_use::any, std::nullopt);
  std::string all, room(step, '\0');
  for (;;) {
    const std::size_t got = co_await stream->read_some(std::as_writable_bytes(std::span(room)));
    if (got == 0) co_return all;
    all.append(room, 0, got);
  }
}

}  // namespace generated_source_test

BOOST_AUTO_TEST_SUITE(generated_source_test)

BOOST_AUTO_TEST_CASE(an_object_is_named_by_its_bytes_and_the_same_from_every_offset) {
  generated_objects made(7);
  generated_source source(made);
  for (const std::uint64_t size : {0U, 1U, 7U, 8U, 9U, 1000U}) {
    const lfs_object object = added(made, size);
    const std::string whole = run_task(bytes_of(source, object, byte_count(), 64));
    BOOST_TEST_CONTEXT(size << " bytes") {
      BOOST_CHECK(blob_of(whole) == object);
      for (const std::uint64_t from : {1U, 5U, 8U, 999U}) {
        if (from > size) continue;
        BOOST_TEST((run_task(bytes_of(source, object, byte_count(from), 13)) == whole.substr(from)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(one_seed_makes_the_same_objects_and_two_make_others) {
  generated_objects one(1), same(1), other(2);
  const lfs_object first = added(one, 100);
  BOOST_CHECK(added(same, 100) == first);
  BOOST_CHECK(added(one, 100) != first);
  BOOST_CHECK(added(other, 100) != first);
}

BOOST_AUTO_TEST_CASE(what_was_not_made_is_not_there) {
  const generated_objects made(1);
  generated_source source(made);
  const auto located = run_task(source.locate(std::vector<lfs_object>(1, blob_of("x"))));
  BOOST_REQUIRE(located.front().error);
  BOOST_TEST(located.front().error->code == 404);
}

BOOST_AUTO_TEST_SUITE_END()
