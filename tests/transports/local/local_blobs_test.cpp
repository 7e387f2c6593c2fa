#include "transports/local/local_blobs.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "protocol/digest.hpp"
#include "tests/support/git_repository.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
namespace fs = std::filesystem;

namespace local_blobs_test {

lfs_object object_of(std::string_view text) {
  digest sum = digest::sha256();
  sum.update(std::as_bytes(std::span(text)));
  return {lfs_oid::from_raw(sum.finish().first<32>()), byte_count(text.size())};
}

/// `text` in pieces of seven bytes; fails at byte `breaks_at`.
class pieces final : public chunk_source {
 public:
  explicit pieces(std::string text, std::size_t breaks_at = std::string::npos)
      : text_(std::move(text)), breaks_at_(breaks_at) {}
  task<std::span<const std::byte>> next() override {
    if (at_ >= breaks_at_) throw failed(failure(errc::connection_lost));
    const auto piece = std::as_bytes(std::span(text_)).subspan(at_, std::min<std::size_t>(7, text_.size() - at_));
    at_ += piece.size();
    co_return piece;
  }

 private:
  std::string text_;
  std::size_t breaks_at_, at_ = 0;
};

struct setting {
  temporary_folder folder;
  git_repository repository = git_repository::make(folder.path() / "r.git");
  local::local_blob_target target{repository.path().string()};
  local::local_blob_source source{repository.path().string()};

  std::size_t files() const {
    std::size_t found = 0;
    const fs::path lfs = repository.path() / "lfs";
    if (!fs::exists(lfs)) return found;
    for (const auto& entry : fs::recursive_directory_iterator(lfs)) found += entry.is_regular_file() ? 1 : 0;
    return found;
  }
  lfs::batch_entry asked(const lfs_object& object) {
    std::vector<lfs_object> wanted{object};
    return run_task(target.missing(std::move(wanted))).front();
  }
  errc put_fails_with(const lfs_object& object, pieces body) {
    const lfs::batch_entry entry = asked(object);
    const std::function<void()> sent = [] {};
    try {
      run_task(target.put(entry, body, sent));
    } catch (const failed& broken) {
      return broken.why().code();
    }
    return errc::internal;
  }
  std::string read(const lfs_object& object, std::uint64_t from) {
    std::string text;
    const auto whole = [&]() -> task<> {
      std::vector<lfs_object> wanted{object};
      const auto entries = co_await source.locate(std::move(wanted));
      const auto bytes = co_await source.open(entries.front(), byte_count(from));
      std::array<std::byte, 5> room;
      for (;;) {
        const std::size_t got = co_await bytes->read_some(room);
        if (got == 0) break;
        text.append(reinterpret_cast<const char*>(room.data()), got);
      }
    };
    run_task(whole());
    return text;
  }
};

const std::string content = "sixteen weights and a bias, in bytes";

}  // namespace local_blobs_test

BOOST_AUTO_TEST_SUITE(local_blobs_test)

BOOST_AUTO_TEST_CASE(what_is_put_is_there_and_no_longer_missing) {
  setting at;
  const lfs_object object = object_of(content);
  BOOST_TEST_REQUIRE(at.asked(object).upload.has_value());
  pieces body(content);
  const lfs::batch_entry entry = at.asked(object);
  unsigned told = 0;
  const std::function<void()> sent = [&] { ++told; };

  run_task(at.target.put(entry, body, sent));

  BOOST_TEST(told == 1u);
  BOOST_TEST(at.repository.has_object(object.oid));
  BOOST_TEST(!at.asked(object).upload.has_value());
  BOOST_TEST(at.files() == 1u);
}

BOOST_AUTO_TEST_CASE(an_object_is_read_from_every_byte) {
  setting at;
  const lfs_object object = at.repository.put_object(content);

  for (std::size_t from = 0; from <= content.size(); ++from) {
    BOOST_TEST(at.read(object, from) == content.substr(from), "from " << from);
  }
}

BOOST_AUTO_TEST_CASE(wrong_bytes_are_never_seen) {
  setting at;
  std::string wrong = content;
  wrong.back() ^= 1;
  BOOST_TEST((at.put_fails_with(object_of(content), pieces(wrong)) == errc::digest_mismatch));
  BOOST_TEST(at.files() == 0u);
}

BOOST_AUTO_TEST_CASE(fewer_bytes_are_never_seen) {
  setting at;
  BOOST_TEST((at.put_fails_with(object_of(content), pieces(content.substr(1))) == errc::size_mismatch));
  BOOST_TEST(at.files() == 0u);
}

BOOST_AUTO_TEST_CASE(more_bytes_are_never_seen) {
  setting at;
  BOOST_TEST((at.put_fails_with(object_of(content), pieces(content + "x")) == errc::size_mismatch));
  BOOST_TEST(at.files() == 0u);
}

BOOST_AUTO_TEST_CASE(a_body_that_breaks_at_any_byte_leaves_nothing) {
  setting at;
  for (std::size_t breaks_at = 0; breaks_at < content.size(); breaks_at += 7) {
    BOOST_TEST((at.put_fails_with(object_of(content), pieces(content, breaks_at)) == errc::connection_lost));
    BOOST_TEST(at.files() == 0u, "broken at " << breaks_at);
  }
}

BOOST_AUTO_TEST_CASE(an_object_that_is_not_there_is_said_so_and_cannot_be_opened) {
  setting at;
  std::vector<lfs_object> wanted{object_of(content)};
  const auto entry = run_task(at.source.locate(std::move(wanted))).front();
  BOOST_TEST_REQUIRE(entry.error.has_value());
  BOOST_TEST(entry.error->code == 404);
  BOOST_CHECK_EXCEPTION(run_task(at.source.open(entry, byte_count(0))), failed,
                        [](const failed& broken) { return broken.why().code() == errc::object_missing; });
}

BOOST_AUTO_TEST_SUITE_END()
