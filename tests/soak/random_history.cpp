#include "tests/soak/random_history.hpp"

namespace hfpipe::testing {

namespace {

std::string data_block(std::string_view content) {
  return "data " + std::to_string(content.size()) + "\n" + std::string(content) + "\n";
}

std::string person(std::string_view role, unsigned serial) {
  return std::string(role) + " A Tester <tester@example.org> " + std::to_string(1'700'000'000 + serial) + " +0000\n";
}

std::string inline_file(const std::string& name, std::string_view content) {
  return "M 100644 inline " + name + "\n" + data_block(content);
}

}  // namespace

lfs_object random_history::some_object() {
  if (!known_.empty() && dice_.once_in(4)) return dice_.one_of(known_);
  std::size_t size = dice_.between(1, 4'000);
  if (dice_.once_in(8)) size = 0;
  if (dice_.once_in(4)) size = dice_.between(60'000, 400'000);
  if (dice_.once_in(12)) size = dice_.between(1'000'000, 5'000'000);
  if (dice_.once_in(100)) size = 20'000'000;
  known_.push_back(where_.put_object(dice_.bytes(size)));
  return known_.back();
}

std::string random_history::some_files(std::set<lfs_object>& needs) {
  std::string files = inline_file(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
  const std::string number = std::to_string(serial_);
  files += inline_file("notes-" + std::to_string(dice_.below(20)), dice_.bytes(dice_.between(500, 4'000)));
  // Too large to be kept under the least memory: such a pack is piped.
  if (dice_.once_in(40)) files += inline_file("large-" + number, dice_.bytes(5'500'000));
  std::uint64_t file = dice_.below(30);
  for (std::uint64_t n = dice_.below(4); n > 0; --n) {
    const lfs_object object = some_object();
    files += inline_file("weights-" + std::to_string(file++) + ".bin", pointer_of(object));
    if (object.size != byte_count()) needs.insert(object);  // git-lfs neither stores nor asks for the empty one
  }
  return files;
}

void random_history::grow() {
  std::string stream;
  std::map<std::string, std::set<lfs_object>> moved;
  std::vector<std::string> deleted;
  for (std::uint64_t n = dice_.between(1, 3); n > 0; --n) {
    const std::string branch = "refs/heads/" + dice_.one_of(std::vector<std::string>{"main", "dev", "a/b", "wip"});
    if (moved.contains(branch)) continue;
    const auto before = refs_.find(branch);
    std::set<lfs_object> needs;
    bool goes_on = before != refs_.end() && !dice_.once_in(6);  // else it begins anew: what was there is thrown away
    for (std::uint64_t commits = dice_.between(1, 3); commits > 0; --commits) {
      ++serial_;
      stream +=
          "commit " + branch + "\n" + person("committer", serial_) + data_block("commit " + std::to_string(serial_));
      if (moved.contains(branch)) {
        // fast-import goes on from its own last commit
      } else if (goes_on) {
        stream += "from " + before->second + "\n";
        needs = needs_.at(before->second);
      }
      const bool merges = !refs_.empty() && dice_.once_in(5);
      if (merges) {
        auto other = refs_.begin();
        std::advance(other, static_cast<std::ptrdiff_t>(dice_.below(refs_.size())));
        if (other->first.starts_with("refs/heads/") && (moved.contains(branch) || goes_on)) {
          stream += "merge " + other->second + "\n";
          needs.insert(needs_.at(other->second).begin(), needs_.at(other->second).end());
        }
      }
      if (!moved.contains(branch) && !goes_on) stream += "deleteall\n";
      stream += some_files(needs);
      moved[branch] = needs;
    }
  }
  for (const auto& [branch, needs] : std::map(moved)) {
    if (!dice_.once_in(4)) continue;
    const std::string name = "v" + std::to_string(++serial_);
    if (dice_.once_in(2)) {
      stream += "reset refs/tags/" + name + "\nfrom " + branch + "\n\n";
    } else {
      stream += "tag " + name + "\nfrom " + branch + "\n" + person("tagger", serial_) + data_block("a tag");
    }
    moved["refs/tags/" + name] = needs;
  }
  // A branch that was to be begun anew is one that fast-import must not know.
  where_.git({"fast-import", "--quiet", "--force"}, std::move(stream));
  for (const auto& [name, id] : refs_) {
    if (moved.contains(name) || name == "refs/heads/main" || !dice_.once_in(8)) continue;
    where_.delete_ref(name);
  }
  refs_ = where_.refs();
  for (const auto& [name, needs] : moved) needs_[refs_.at(name)] = needs;
}

}  // namespace hfpipe::testing
