#include "transports/local/local_blobs.hpp"

#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace hfpipe::local {

namespace {

constexpr int not_there = 404;  // as the batch API says it

lfs::action at_file(const lfs_store& store, const lfs_object& object) {
  return {http::url::of_folder(store.file_of(object.oid).string()), {}, {}, {}};
}

failure unreadable(const std::filesystem::path& file) {
  return failure(errc::file_failed).detail(file.string() + ": " + std::generic_category().message(errno));
}

const lfs_store& opened(std::optional<lfs_store>& store, const std::string& folder) {
  if (!store) store = lfs_store::of_repository(folder);
  return *store;
}

class stored_bytes final : public byte_source {
 public:
  stored_bytes(worker& disk, std::filesystem::path file, byte_count from, byte_count until)
      : disk_(disk),
        file_(std::move(file)),
        at_(from),
        until_(until),
        held_(::open(file_.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (held_.number() < 0) throw failed(unreadable(file_));
  }

  task<std::size_t> read_some(std::span<std::byte> room) override {
    const auto read = [&](const stop_flag&) { return read_here(room); };
    co_return co_await disk_.run(read);
  }

 private:
  std::size_t read_here(std::span<std::byte> room) {
    const std::size_t most = std::min<std::uint64_t>(room.size(), until_.value() - at_.value());
    for (;;) {
      const ssize_t got = pread(held_.number(), room.data(), most, static_cast<off_t>(at_.value()));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw failed(unreadable(file_));
      at_ += byte_count(static_cast<std::uint64_t>(got));
      return static_cast<std::size_t>(got);
    }
  }

  worker& disk_;
  std::filesystem::path file_;
  byte_count at_, until_;
  open_file held_;
};

}  // namespace

task<std::vector<lfs::batch_entry>> local_blob_source::locate(std::vector<lfs_object> wanted) {
  const auto look = [&](const stop_flag& stop) {
    const lfs_store& store = opened(store_, folder_);
    std::vector<lfs::batch_entry> found;
    for (const lfs_object& object : wanted) {
      leave_if(stop);
      lfs::batch_entry entry{object, {}, {}, {}, {}};
      if (store.has(object)) {
        entry.download = at_file(store, object);
      } else {
        entry.error = lfs::object_error{not_there, "it is not in " + store.folder().string()};
      }
      found.push_back(std::move(entry));
    }
    return found;
  };
  co_return co_await disk_.run(look);
}

task<std::unique_ptr<byte_source>> local_blob_source::open(const lfs::batch_entry& entry, byte_count from,
                                                           connection_use, std::optional<byte_count> until) {
  if (!entry.download) {
    const std::string why = entry.error ? entry.error->message : std::string();
    throw failed(failure(errc::object_missing).detail(why));
  }
  const auto begin = [&](const stop_flag&) -> std::unique_ptr<byte_source> {
    const auto file = opened(store_, folder_).file_of(entry.object.oid);
    return std::make_unique<stored_bytes>(disk_, file, from, until.value_or(entry.object.size));
  };
  co_return co_await disk_.run(begin);
}

task<std::vector<lfs::batch_entry>> local_blob_target::missing(std::vector<lfs_object> wanted) {
  const auto look = [&](const stop_flag& stop) {
    const lfs_store& store = opened(store_, folder_);
    std::vector<lfs::batch_entry> found;
    for (const lfs_object& object : wanted) {
      leave_if(stop);
      lfs::batch_entry entry{object, {}, {}, {}, {}};
      if (!store.has(object)) entry.upload = at_file(store, object);
      found.push_back(std::move(entry));
    }
    if (!std::exchange(swept_, true)) store.sweep();
    return found;
  };
  co_return co_await disk_.run(look);
}

task<> local_blob_target::put(const lfs::batch_entry& entry, chunk_source& body, const std::function<void()>& sent) {
  std::optional<incoming_object> arriving;
  const auto begin = [&](const stop_flag&) { arriving.emplace(opened(store_, folder_), entry.object); };
  co_await disk_.run(begin);
  for (;;) {
    const std::span<const std::byte> piece = co_await body.next();
    if (piece.empty()) break;
    const auto append = [&](const stop_flag&) { arriving->append(piece); };
    co_await disk_.run(append);
  }
  sent();
  const auto finish = [&](const stop_flag&) { arriving->finish(); };
  co_await disk_.run(finish);
}

}  // namespace hfpipe::local
