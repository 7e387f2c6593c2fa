#pragma once

#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

namespace hfpipe::testing {

/// While it lives, temporary folders are made in memory if /dev/shm offers `bytes`: for hundreds of thousands of
/// files, which a disk that is told of each freed block takes minutes to delete.
class folders_in_memory {
 public:
  explicit folders_in_memory(std::uintmax_t bytes) {
    std::error_code none;
    const std::filesystem::space_info shared = std::filesystem::space("/dev/shm", none);
    if (none || shared.available < bytes) return;
    if (const char* const set = ::getenv("TMPDIR")) before_ = set;
    ::setenv("TMPDIR", "/dev/shm", 1);
    moved_ = true;
  }
  ~folders_in_memory() {
    if (!moved_) return;
    if (before_) {
      ::setenv("TMPDIR", before_->c_str(), 1);
    } else {
      ::unsetenv("TMPDIR");
    }
  }
  folders_in_memory(const folders_in_memory&) = delete;
  folders_in_memory& operator=(const folders_in_memory&) = delete;

 private:
  bool moved_ = false;
  std::optional<std::string> before_;
};

/// A fresh folder that is gone with this object.
class temporary_folder {
 public:
  temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "hfpipe-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace hfpipe::testing
