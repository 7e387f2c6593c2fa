#include "transports/local/lfs_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "transports/local/libgit2.hpp"

namespace hfpipe::local {

namespace {

namespace fs = std::filesystem;

failure refused(const fs::path& what, int error) {
  return failure(errc::file_failed).detail(what.string() + ": " + std::generic_category().message(error));
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw failed(refused(folder, error.value()));
}

/// A name is only as safe as the folder that holds it.
void sync_folder(const fs::path& folder) {
  const open_file held(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (held.number() < 0 || fsync(held.number()) != 0) throw failed(refused(folder, errno));
}

/// What tells our files from those of git-lfs.
constexpr std::string_view mark = "-hfpipe-";

std::string unused_name(const lfs_oid& oid) {
  static std::atomic<unsigned> number = 0;
  return oid.hex() + std::string(mark) + std::to_string(getpid()) + "-" + std::to_string(++number);
}

}  // namespace

open_file::~open_file() {
  if (number_ >= 0) close(number_);
}

lfs_store lfs_store::of_repository(const std::string& folder) {
  const repository opened = open_repository(folder);
  const fs::path own(git_repository_commondir(opened.get()));
  const configuration settings = settings_of(opened);
  return lfs_store(own / setting(*settings, "lfs.storage", "lfs"));
}

fs::path lfs_store::file_of(const lfs_oid& oid) const {
  const std::string hex = oid.hex();
  return folder_ / "objects" / hex.substr(0, 2) / hex.substr(2, 2) / hex;
}

bool lfs_store::has(const lfs_object& object) const {
  std::error_code absent;
  const fs::path file = file_of(object.oid);
  return fs::is_regular_file(file, absent) && fs::file_size(file, absent) == object.size.value() && !absent;
}

void lfs_store::sweep() const {
  std::error_code ignored;
  for (fs::directory_iterator each(folder_ / "tmp", ignored), end; !ignored && each != end; each.increment(ignored)) {
    if (each->path().filename().string().find(mark) == std::string::npos) continue;
    std::error_code unknown;
    const auto written = fs::last_write_time(each->path(), unknown);
    if (!unknown && fs::file_time_type::clock::now() - written > stale_after) fs::remove(each->path(), unknown);
  }
}

incoming_object::incoming_object(const lfs_store& into, lfs_object object) : store_(into), object_(object) {
  const fs::path folder = store_.folder() / "tmp";
  make_folder(folder);
  path_ = folder / unused_name(object_.oid);
  file_ = std::make_unique<open_file>(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (file_->number() < 0) throw failed(refused(path_, errno));
}

incoming_object::~incoming_object() {
  if (file_) unlink(path_.c_str());
}

void incoming_object::append(std::span<const std::byte> piece) {
  written_ += byte_count(piece.size());
  if (written_ > object_.size) throw failed(failure(errc::size_mismatch).detail("more than " + to_text(object_.size)));
  sum_.update(piece);
  while (!piece.empty()) {
    const ssize_t wrote = write(file_->number(), piece.data(), piece.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) throw failed(refused(path_, errno));
    piece = piece.subspan(static_cast<std::size_t>(wrote));
  }
}

void incoming_object::finish() {
  if (written_ != object_.size) throw failed(failure(errc::size_mismatch).detail("only " + to_text(written_)));
  if (!std::ranges::equal(sum_.finish(), object_.oid.raw())) throw failed(failure(errc::digest_mismatch));
  if (fsync(file_->number()) != 0) throw failed(refused(path_, errno));
  const fs::path place = store_.file_of(object_.oid);
  make_folder(place.parent_path());
  if (rename(path_.c_str(), place.c_str()) != 0) throw failed(refused(place, errno));
  file_.reset();
  sync_folder(place.parent_path());
}

}  // namespace hfpipe::local
