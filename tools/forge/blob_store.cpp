#include "tools/forge/blob_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace hfpipe::forge {

namespace fs = std::filesystem;

namespace {

fs::path below(const fs::path& repository, std::string_view kind, const lfs_oid& oid) {
  const std::string hex = oid.hex();
  return repository / "lfs" / kind / hex.substr(0, 2) / hex.substr(2, 2) / hex;
}

std::string discarded_key(const fs::path& repository, const lfs_oid& oid) {
  return repository.lexically_normal().string() + '\n' + oid.hex();
}

std::optional<generated_blob> find_generated(const fs::path& repository, const lfs_oid& oid) {
  std::ifstream record(below(repository, "generated", oid));
  std::uint64_t seed = 0;
  std::uint64_t size = 0;
  if (!(record >> seed >> size)) return std::nullopt;
  return generated_blob{seed, byte_count(size)};
}

[[noreturn]] void disk_failed(const fs::path& where) {
  throw failed(failure(errc::internal).at(where.filename().string()).detail(std::strerror(errno)));
}

}  // namespace

open_file::~open_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void stored_blob::read(std::uint64_t offset, std::span<std::byte> room) const {
  if (const auto* generated = std::get_if<generated_blob>(&bytes_)) return generated->fill(offset, room);
  const int file = std::get<open_file>(bytes_).descriptor();
  while (!room.empty()) {
    const ssize_t got = ::pread(file, room.data(), room.size(), static_cast<off_t>(offset));
    if (got <= 0) disk_failed("object");
    room = room.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

incoming_blob::incoming_blob(blob_store& store, fs::path repository, lfs_oid oid)
    : store_(store), repository_(std::move(repository)), oid_(oid) {
  if (store_.mode_ == blob_store::writes::discard) return;
  static std::atomic<unsigned> serial{0};
  fs::create_directories(repository_ / "lfs" / "tmp");
  temporary_ =
      repository_ / "lfs" / "tmp" / (oid_.hex() + "-" + std::to_string(::getpid()) + "-" + std::to_string(++serial));
  const int opened = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (opened < 0) disk_failed(temporary_);
  file_.emplace(opened);
}

incoming_blob::~incoming_blob() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove(temporary_, ignored);
}

void incoming_blob::write(std::span<const std::byte> bytes) {
  hash_.update(bytes);
  written_ += byte_count(bytes.size());
  while (file_ && !bytes.empty()) {
    const ssize_t put = ::write(file_->descriptor(), bytes.data(), bytes.size());
    if (put < 0) disk_failed(temporary_);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

outcome<byte_count> incoming_blob::keep(std::optional<byte_count> announced) {
  if (announced && *announced != written_) return failure(errc::size_mismatch);
  if (!std::ranges::equal(hash_.finish(), oid_.raw())) return failure(errc::digest_mismatch);
  if (!file_) {
    const std::lock_guard lock(store_.guard_);
    store_.discarded_.emplace(discarded_key(repository_, oid_), written_);
    return written_;
  }
  const fs::path home = object_path(repository_, oid_);
  fs::create_directories(home.parent_path());
  fs::rename(temporary_, home);
  temporary_.clear();
  return written_;
}

std::optional<byte_count> blob_store::find(const fs::path& repository, const lfs_oid& oid) const {
  std::error_code absent;
  if (const auto size = fs::file_size(object_path(repository, oid), absent); !absent) return byte_count(size);
  if (const auto generated = find_generated(repository, oid)) return generated->size;
  const std::lock_guard lock(guard_);
  const auto found = discarded_.find(discarded_key(repository, oid));
  if (found == discarded_.end()) return std::nullopt;
  return found->second;
}

std::optional<stored_blob> blob_store::open(const fs::path& repository, const lfs_oid& oid) const {
  if (const auto generated = find_generated(repository, oid)) return stored_blob(generated->size, *generated);
  open_file file(::open(object_path(repository, oid).c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor() < 0) return std::nullopt;
  const off_t size = ::lseek(file.descriptor(), 0, SEEK_END);
  if (size < 0) disk_failed("object");
  return stored_blob(byte_count(static_cast<std::uint64_t>(size)), std::move(file));
}

fs::path object_path(const fs::path& repository, const lfs_oid& oid) {
  return below(repository, "objects", oid);
}

void register_generated(const fs::path& repository, const lfs_oid& oid, const generated_blob& blob) {
  const fs::path record = below(repository, "generated", oid);
  fs::create_directories(record.parent_path());
  std::ofstream out(record);
  out << blob.seed << ' ' << blob.size.value() << '\n' << std::flush;
  if (!out) throw failed(failure(errc::bad_option).at(record.string()).detail("cannot be written"));
}

}  // namespace hfpipe::forge
