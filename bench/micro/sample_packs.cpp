#include "bench/micro/sample_packs.hpp"

#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "tests/support/git_repository.hpp"
#include "tests/support/temporary_folder.hpp"

namespace hfpipe::bench {

namespace {

using testing::git_repository;
using testing::temporary_folder;

constexpr unsigned source_files = 200;
constexpr unsigned pointer_files = 20;
constexpr unsigned commits = 2'500;

class writer {
 public:
  std::string line() {
    std::string text(random_() % 8, ' ');
    for (unsigned words = 3 + static_cast<unsigned>(random_() % 9); words > 0; --words) text += word() + ' ';
    return text + '\n';
  }
  std::string source(unsigned lines) {
    std::string text;
    while (lines-- > 0) text += line();
    return text;
  }
  /// Replaces some lines in a row, as an edit does.
  void edit(std::string& text) {
    const std::size_t at = text.find('\n', random_() % (text.size() / 2));
    const std::size_t end = text.find('\n', std::min(text.size() - 1, at + 60 + random_() % 300));
    text.replace(at + 1, end == std::string::npos ? std::string::npos : end - at, source(1 + number(6)));
  }
  std::string pointer() {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string oid(64, '0');
    for (char& digit : oid) digit = digits[random_() % 16];
    return "version https://git-lfs.github.com/spec/v1\noid sha256:" + oid + "\nsize " +
           std::to_string(random_() % 1'000'000'000) + "\n";
  }
  std::string json(std::size_t size) {
    std::string text = "{\"model\":{\"type\":\"BPE\",\"vocab\":{\n";
    for (unsigned id = 0; text.size() < size; ++id) text += "\"" + word() + word() + "\":" + std::to_string(id) + ",\n";
    return text + "\"\":0}}}\n";
  }
  std::string weights(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }
  unsigned number(unsigned below) { return static_cast<unsigned>(random_() % below); }

 private:
  std::string word() {
    // Some words are common and most are not.
    std::minstd_rand letters(1 + static_cast<unsigned>(random_() % (random_() % 4 == 0 ? 5'000 : 150)));
    std::string text(3 + letters() % 8, 'a');
    for (char& letter : text) letter = static_cast<char>('a' + letters() % 26);
    return text;
  }
  std::mt19937_64 random_{42};
};

void append_data(std::string& to, const std::string& content) {
  to += "data " + std::to_string(content.size()) + "\n" + content + "\n";
}

void append_commit(std::string& to) {
  to += "commit refs/heads/main\ncommitter A B <a@example.org> 1700000000 +0000\ndata 2\nx\n";
}

void append_file(std::string& to, const std::string& name, const std::string& content) {
  to += "M 100644 inline " + name + "\n";
  append_data(to, content);
}

std::string packed(const std::string& history, const std::string& window) {
  const temporary_folder folder;
  const git_repository made = git_repository::make(folder.path() / "sample.git");
  made.git({"fast-import", "--quiet"}, history);
  const std::string objects = made.git({"rev-list", "--objects", "--all", "--no-object-names"}) + "\n";
  const std::string name = made.git(
      {"pack-objects", "-q", "--delta-base-offset", "--no-reuse-delta", "--window=" + window, "--depth=50", "sample"},
      objects);
  std::ifstream pack(made.path() / ("sample-" + name + ".pack"), std::ios::binary);
  return {std::istreambuf_iterator<char>(pack), {}};
}

}  // namespace

std::string delta_heavy_pack() {
  writer write;
  std::vector<std::string> sources, pointers;
  for (unsigned i = 0; i < source_files; ++i) sources.push_back(write.source(50 + write.number(300)));
  for (unsigned i = 0; i < pointer_files; ++i) pointers.push_back(write.pointer());
  std::string history;
  for (unsigned i = 0; i < commits; ++i) {
    append_commit(history);
    for (unsigned edits = i == 0 ? source_files : 1 + write.number(4); edits > 0; --edits) {
      const unsigned which = i == 0 ? edits - 1 : write.number(source_files);
      if (i != 0) write.edit(sources[which]);
      append_file(history, "src/" + std::to_string(which % 20) + "/file-" + std::to_string(which) + ".cpp",
                  sources[which]);
    }
    if (i % 4 == 0) {
      const unsigned which = write.number(pointer_files);
      pointers[which] = write.pointer();
      append_file(history, "weights/part-" + std::to_string(which) + ".safetensors", pointers[which]);
    }
  }
  return packed(history, "10");
}

std::string big_blob_pack() {
  writer write;
  std::string history;
  append_commit(history);
  for (int i = 0; i < 4; ++i) append_file(history, "tokenizer-" + std::to_string(i) + ".json", write.json(8'000'000));
  for (int i = 0; i < 8; ++i) append_file(history, "weights-" + std::to_string(i) + ".bin", write.weights(6'000'000));
  return packed(history, "0");
}

}  // namespace hfpipe::bench
