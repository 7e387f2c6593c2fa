#include "transports/local/pack_stream.hpp"

#include <algorithm>

namespace hfpipe::local {

namespace {

std::vector<std::byte> pack_header(std::size_t objects) {
  std::vector<std::byte> made;
  for (const char c : {'P', 'A', 'C', 'K', '\0', '\0', '\0', '\2'}) made.push_back(static_cast<std::byte>(c));
  for (const unsigned shift : {24U, 16U, 8U, 0U}) made.push_back(static_cast<std::byte>(objects >> shift));
  return made;
}

/// Git's pack format: type and size, four bits of the size first, then seven at a time.
std::vector<std::byte> entry_header(git_object_t type, std::size_t size) {
  std::vector<std::byte> made;
  auto low = static_cast<unsigned>((static_cast<unsigned>(type) << 4U) | (size & 15U));
  for (size >>= 4U; size != 0; size >>= 7U) {
    made.push_back(static_cast<std::byte>(low | 0x80U));
    low = static_cast<unsigned>(size & 0x7fU);
  }
  made.push_back(static_cast<std::byte>(low));
  return made;
}

}  // namespace

pack_stream::pack_stream(const repository& from, std::vector<::git_oid> objects, byte_count object_limit)
    : store_(objects_of(from)),
      objects_(std::move(objects)),
      due_(pack_header(objects_.size())),
      object_limit_(object_limit) {}

void pack_stream::open_next() {
  if (next_ == objects_.size()) {
    const auto trailer = sum_.finish();
    due_.assign(trailer.begin(), trailer.end());
    closed_ = true;
    return;
  }
  std::size_t declared = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  check(git_odb_read_header(&declared, &type, store_.get(), &objects_[next_]), errc::pack_corrupt);
  const byte_count needed = byte_count(declared) * cost_per_byte;
  if (needed > object_limit_) {
    within_limit(needed, object_limit_, "the object " + to_ours(objects_[next_]).hex() + " of Git's own").value();
  }
  git_odb_object* read = nullptr;
  check(git_odb_read(&read, store_.get(), &objects_[next_]), errc::pack_corrupt);
  ++next_;
  open_.reset(read);
  const std::size_t size = git_odb_object_size(open_.get());
  left_ = {static_cast<const std::byte*>(git_odb_object_data(open_.get())), size};
  due_ = entry_header(git_odb_object_type(open_.get()), size);
  packer_.restart();
}

std::size_t pack_stream::read(std::span<std::byte> room, const stop_flag& stop) {
  std::size_t written = 0;
  const auto wrote = [&](std::size_t bytes) {
    if (!closed_) sum_.update(room.subspan(written, bytes));
    written += bytes;
  };
  while (written < room.size()) {
    leave_if(stop);
    if (!due_.empty()) {
      const std::size_t part = std::min(due_.size(), room.size() - written);
      std::copy_n(due_.begin(), part, room.begin() + static_cast<std::ptrdiff_t>(written));
      due_.erase(due_.begin(), due_.begin() + static_cast<std::ptrdiff_t>(part));
      wrote(part);
    } else if (open_) {
      const deflater::step done = packer_.deflate(left_, room.subspan(written));
      left_ = left_.subspan(done.consumed);
      wrote(done.produced);
      if (done.ended) open_.reset();
    } else if (closed_) {
      break;
    } else {
      open_next();
    }
  }
  return written;
}

}  // namespace hfpipe::local
