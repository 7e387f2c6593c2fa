#include "tests/support/pack_builder.hpp"

#include <zlib.h>

#include <algorithm>
#include <span>

#include "protocol/digest.hpp"

namespace hfpipe::testing {

namespace {

std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string entry_head(unsigned kind, std::uint64_t size) {
  std::string bytes;
  auto byte = static_cast<unsigned>(kind << 4 | (size & 15));
  for (size >>= 4; size != 0; size >>= 7) {
    bytes += static_cast<char>(byte | 0x80);
    byte = static_cast<unsigned>(size & 0x7f);
  }
  return bytes + static_cast<char>(byte);
}

std::string distance_bytes(std::uint64_t distance) {
  std::string bytes(1, static_cast<char>(distance & 0x7f));
  while (distance >>= 7) bytes.insert(bytes.begin(), static_cast<char>(0x80 | (--distance & 0x7f)));
  return bytes;
}

std::string copy_instruction(std::size_t offset, std::size_t size) {
  std::string arguments;
  unsigned instruction = 0x80;
  for (unsigned i = 0; i < 4; ++i) {
    const auto byte = static_cast<unsigned>(offset >> 8 * i & 0xff);
    if (byte == 0) continue;
    instruction |= 1U << i;
    arguments += static_cast<char>(byte);
  }
  for (unsigned i = 0; i < 3 && size != 0x10000; ++i) {
    const auto byte = static_cast<unsigned>(size >> 8 * i & 0xff);
    if (byte == 0) continue;
    instruction |= 1U << (4 + i);
    arguments += static_cast<char>(byte);
  }
  return static_cast<char>(instruction) + arguments;
}

void add_copy(std::string& delta, std::size_t offset, std::size_t size) {
  constexpr std::size_t most = 0x10000;
  for (; size != 0;) {
    const std::size_t piece = std::min(size, most);
    delta += copy_instruction(offset, piece);
    offset += piece;
    size -= piece;
  }
}

}  // namespace

git_oid object_id(object_format format, git::object_type type, std::string_view content) {
  std::string whole = std::string(git::to_text(type)) + ' ' + std::to_string(content.size());
  whole += '\0';
  whole += content;
  digest hash = digest::of(format);
  hash.update(std::as_bytes(std::span(whole)));
  return git_oid::from_raw(hash.finish());
}

std::string delta_number(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>(0x80 | (number & 0x7f));
  return bytes + static_cast<char>(number);
}

std::string make_delta(std::string_view base, std::string_view result) {
  constexpr std::size_t longest_insert = 0x7f;
  const auto head = static_cast<std::size_t>(std::ranges::mismatch(base, result).in1 - base.begin());
  std::size_t tail = 0;
  while (tail < std::min(base.size(), result.size()) - head &&
         base[base.size() - 1 - tail] == result[result.size() - 1 - tail]) {
    ++tail;
  }
  std::string delta = delta_number(base.size()) + delta_number(result.size());
  add_copy(delta, 0, head);
  std::string_view middle = result.substr(head, result.size() - head - tail);
  for (; !middle.empty(); middle.remove_prefix(std::min(middle.size(), longest_insert))) {
    const std::string_view piece = middle.substr(0, longest_insert);
    delta += static_cast<char>(piece.size());
    delta += piece;
  }
  add_copy(delta, base.size() - tail, tail);
  return delta;
}

std::string compressed(std::string_view content) {
  uLongf size = compressBound(content.size());
  std::string stream(size, '\0');
  compress(reinterpret_cast<Bytef*>(stream.data()), &size, reinterpret_cast<const Bytef*>(content.data()),
           content.size());
  stream.resize(size);
  return stream;
}

pack_builder::pack_builder(object_format format, std::uint32_t version) : format_(format), version_(version) {}

std::uint64_t pack_builder::add(git::object_type type, std::string_view content) {
  return add_raw(static_cast<unsigned>(type), content.size(), {}, compressed(content));
}

std::uint64_t pack_builder::add_offset_delta(std::uint64_t base_offset, std::string_view delta) {
  return add_raw(6, delta.size(), distance_bytes(next_offset() - base_offset), compressed(delta));
}

std::uint64_t pack_builder::add_oid_delta(const git_oid& base, std::string_view delta) {
  return add_raw(7, delta.size(), as_text(base.raw()), compressed(delta));
}

std::uint64_t pack_builder::add_raw(unsigned kind, std::uint64_t declared_size, std::string_view base,
                                    std::string_view stream) {
  const std::uint64_t offset = next_offset();
  entries_ += entry_head(kind, declared_size);
  entries_ += base;
  entries_ += stream;
  ++count_;
  return offset;
}

std::string pack_builder::finish() const {
  const std::uint32_t count = claimed_ < 0 ? count_ : static_cast<std::uint32_t>(claimed_);
  std::string pack = "PACK" + big_endian(version_) + big_endian(count) + entries_;
  digest hash = digest::of(format_);
  hash.update(std::as_bytes(std::span(pack)));
  pack += as_text(hash.finish());
  return pack;
}

}  // namespace hfpipe::testing
