#include "transports/local/loose_objects.hpp"

#include <git2/sys/odb_backend.h>

#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "protocol/inflater.hpp"

namespace hfpipe::local {

namespace {

namespace fs = std::filesystem;

/// As git's own: alternates of alternates, no further.
constexpr int most_alternates_deep = 5;
/// `commit `, the size in digits and a NUL.
constexpr std::size_t head_room = 32;
/// libgit2 asks its own loose store with 1 and packs with 2, the highest first.
constexpr int before_all = 10;

struct object_head {
  git_object_t type;
  std::size_t size;
  std::size_t length;  ///< of the head itself
};

std::optional<object_head> read_head(std::string_view text) {
  const auto space = text.find(' ');
  const auto end = text.find('\0');
  if (space == text.npos || end == text.npos || end < space) return std::nullopt;
  const std::string word(text.substr(0, space));
  const git_object_t type = git_object_string2type(word.c_str());
  std::size_t size = 0;
  const char* const last = text.data() + end;
  const auto [stopped, error] = std::from_chars(text.data() + space + 1, last, size);
  if (type < GIT_OBJECT_COMMIT || error != std::errc() || stopped != last) return std::nullopt;
  return object_head{type, size, end + 1};
}

/// The inflated bytes of a loose object's file, piece by piece.
class loose_file {
 public:
  explicit loose_file(const fs::path& at) : file_(at, std::ios::binary) {}
  bool is_open() const { return file_.is_open(); }

  /// Fills as much of `room` as there is; nothing when the stream is broken or cut.
  std::optional<std::size_t> read(std::span<std::byte> room) {
    std::size_t filled = 0;
    while (filled < room.size() && !ended_) {
      if (left_.empty()) {
        file_.read(reinterpret_cast<char*>(buffer_.data()), static_cast<std::streamsize>(buffer_.size()));
        left_ = std::span(buffer_).first(static_cast<std::size_t>(file_.gcount()));
        if (left_.empty()) return std::nullopt;
      }
      const auto step = zlib_.inflate(left_, room.subspan(filled));
      if (!step) return std::nullopt;
      left_ = left_.subspan(step->consumed);
      filled += step->produced;
      ended_ = step->ended;
    }
    return filled;
  }

 private:
  std::ifstream file_;
  inflater zlib_;
  std::array<std::byte, 16U << 10> buffer_{};
  std::span<const std::byte> left_;
  bool ended_ = false;
};

struct guard : git_odb_backend {
  std::vector<fs::path> folders;

  std::optional<fs::path> file_of(const ::git_oid& id) const {
    std::array<char, GIT_OID_HEXSZ + 1> hex{};
    git_oid_tostr(hex.data(), hex.size(), &id);
    for (const fs::path& folder : folders) {
      fs::path file = folder / std::string(hex.data(), 2) / (hex.data() + 2);
      std::error_code absent;
      if (fs::exists(file, absent)) return file;
    }
    return std::nullopt;
  }
};

int damaged(const fs::path& file) {
  git_error_set_str(GIT_ERROR_ODB, ("the object in " + file.string() + " is damaged").c_str());
  return -1;
}

int read_object(void** data, std::size_t* size, git_object_t* type, git_odb_backend* self, const ::git_oid* id,
                bool only_head) {
  const auto file = static_cast<const guard*>(self)->file_of(*id);
  if (!file) return GIT_ENOTFOUND;
  loose_file object(*file);
  if (!object.is_open()) return damaged(*file);
  std::array<std::byte, head_room> room{};
  const auto got = object.read(room);
  if (!got) return damaged(*file);
  const auto head = read_head({reinterpret_cast<const char*>(room.data()), *got});
  if (!head) return damaged(*file);
  *size = head->size;
  *type = head->type;
  if (only_head) return 0;

  auto* const bytes = static_cast<std::byte*>(git_odb_backend_data_alloc(self, head->size + 1));
  if (bytes == nullptr) return -1;
  const std::size_t early = std::min(*got - head->length, head->size);
  std::memcpy(bytes, room.data() + head->length, early);
  // One byte more than there should be: what is longer than it says is damaged, too.
  const auto rest = object.read(std::span(bytes + early, head->size + 1 - early));
  if (!rest || *got - head->length + *rest != head->size) {
    git_odb_backend_data_free(self, bytes);
    return damaged(*file);
  }
  bytes[head->size] = std::byte();
  *data = bytes;
  return 0;
}

/// Nothing may be thrown through C.
template <class Call>
int answer(const Call& call) noexcept {
  try {
    return call();
  } catch (const std::exception& broken) {
    git_error_set_str(GIT_ERROR_ODB, broken.what());
    return -1;
  }
}

int on_read(void** data, std::size_t* size, git_object_t* type, git_odb_backend* self, const ::git_oid* id) {
  return answer([&] { return read_object(data, size, type, self, id, false); });
}

int on_read_header(std::size_t* size, git_object_t* type, git_odb_backend* self, const ::git_oid* id) {
  return answer([&] { return read_object(nullptr, size, type, self, id, true); });
}

int on_exists(git_odb_backend* self, const ::git_oid* id) {
  return answer([&] { return static_cast<const guard*>(self)->file_of(*id) ? 1 : 0; }) == 1 ? 1 : 0;
}

void on_free(git_odb_backend* self) {
  delete static_cast<guard*>(self);
}

/// git's format: a folder of objects a line, relative ones to the folder that names them.
void add_alternates(const fs::path& folder, std::vector<fs::path>& all, int depth) {
  if (depth == most_alternates_deep) return;
  std::ifstream lines(folder / "info" / "alternates");
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    fs::path next(line);
    if (next.is_relative()) next = folder / next;
    all.push_back(next);
    add_alternates(next, all, depth + 1);
  }
}

}  // namespace

void guard_loose_objects(const repository& in) {
  auto made = std::make_unique<guard>();
  check(git_odb_init_backend(made.get(), GIT_ODB_BACKEND_VERSION));
  made->read = on_read;
  made->read_header = on_read_header;
  made->exists = on_exists;
  made->free = on_free;
  const fs::path own = fs::path(git_repository_commondir(in.get())) / "objects";
  made->folders.push_back(own);
  add_alternates(own, made->folders, 0);
  check(git_odb_add_backend(objects_of(in).get(), made.get(), before_all));
  made.release();  // the store's now
}

}  // namespace hfpipe::local
