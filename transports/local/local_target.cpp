#include "transports/local/local_target.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "transports/local/ref_store.hpp"

namespace hfpipe::local {

namespace {

/// libgit2 writes packs through a map, and a map on a full disk ends the process instead of failing: so much must stay
/// free beside what is written.
constexpr std::uint64_t free_margin = 16U << 20;

std::string objects_folder(const repository& of) {
  return std::string(git_repository_commondir(of.get())) + "objects";
}

/// A pack on its way into the repository. Dropped before close(), it leaves nothing.
class incoming_pack {
 public:
  incoming_pack(const repository& into, byte_count list_limit)
      : folder_(objects_folder(into)), store_(objects_of(into)), list_limit_(list_limit) {
    git_odb_writepack* made = nullptr;
    check(git_odb_write_pack(&made, store_.get(), nullptr, nullptr));
    pack_ = made;
  }
  ~incoming_pack() { pack_->free(pack_); }
  incoming_pack(const incoming_pack&) = delete;
  incoming_pack& operator=(const incoming_pack&) = delete;

  void append(std::span<const std::byte> piece) {
    if (head_.size() < head_size) {
      const auto part = piece.first(std::min(piece.size(), head_size - head_.size()));
      head_.insert(head_.end(), part.begin(), part.end());
      if (head_.size() == head_size) refuse_too_many();
    }
    struct statvfs disk {};
    if (statvfs(folder_.c_str(), &disk) == 0 &&
        static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize < free_margin + piece.size()) {
      throw failed(failure(errc::file_failed).detail("no space left on the disk of " + folder_));
    }
    check(pack_->append(pack_, piece.data(), piece.size(), &progress_), errc::pack_corrupt);
  }

  void close() {
    // A pack without objects has nothing to leave, and libgit2 knows no such file.
    if (head_.size() == head_size &&
        std::all_of(head_.begin() + 8, head_.end(), [](std::byte b) { return b == std::byte(); }))
      return;
    check(pack_->commit(pack_, &progress_), errc::pack_corrupt);
  }

 private:
  static constexpr std::size_t head_size = 12;

  void refuse_too_many() const {
    std::uint64_t objects = 0;
    for (std::size_t i = 8; i < head_size; ++i) objects = objects << 8U | std::to_integer<std::uint64_t>(head_[i]);
    within_limit(cost_per_listed * objects, list_limit_, "indexing " + std::to_string(objects) + " objects").value();
  }

  std::string folder_;
  object_store store_;
  git_odb_writepack* pack_ = nullptr;
  git_indexer_progress progress_{};
  std::vector<std::byte> head_;
  byte_count list_limit_;
};

}  // namespace

task<target_listing> local_target::list(listed_refs) {
  const auto read = [&](const stop_flag& stop) {
    const repository opened = open_repository(folder_);
    return target_listing{list_refs(opened, stop), true, true, true};
  };
  co_return co_await disk_.run(read);
}

task<> local_target::probe() {
  const auto look = [&](const stop_flag&) {
    const repository opened = open_repository(folder_);
    const std::string common = git_repository_commondir(opened.get());
    for (const std::string& each : {common, common + "objects", common + "refs"}) {
      if (access(each.c_str(), W_OK) == 0) continue;
      throw failed(failure(errc::forbidden).detail("this process may not write to " + each));
    }
  };
  co_await disk_.run(look);
}

task<> local_target::store(const repository& into, chunk_source& pack) {
  std::optional<incoming_pack> arriving;
  const auto begin = [&](const stop_flag&) { arriving.emplace(into, limits_.list); };
  co_await disk_.run(begin);
  for (;;) {
    const std::span<const std::byte> piece = co_await pack.next();
    if (piece.empty()) break;
    const auto append = [&](const stop_flag&) { arriving->append(piece); };
    co_await disk_.run(append);
  }
  const auto close = [&](const stop_flag&) { arriving->close(); };
  co_await disk_.run(close);
}

task<git::push_report> local_target::push(std::vector<git::ref_command> commands, chunk_source* pack,
                                          std::optional<byte_count>) {
  repository opened;
  const auto open = [&](const stop_flag&) { opened = open_repository(folder_); };
  co_await disk_.run(open);
  if (pack != nullptr) co_await store(opened, *pack);
  // Opened once more: what was there before must not hide what has just come.
  const auto move = [&](const stop_flag& stop) {
    opened = open_repository(folder_);
    return move_refs(opened, commands, mode_, limits_.list, stop);
  };
  co_return co_await disk_.run(move);
}

task<> local_target::set_default_branch(ref_name branch) {
  const auto set = [&](const stop_flag&) { name_default(open_repository(folder_), branch); };
  co_await disk_.run(set);
}

}  // namespace hfpipe::local
