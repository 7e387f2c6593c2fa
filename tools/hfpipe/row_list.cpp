#include "tools/hfpipe/row_list.hpp"

#include <algorithm>
#include <utility>

namespace hfpipe::cli {

void row_list::add(std::string name, std::string reason) {
  auto found = std::find_if(groups_.begin(), groups_.end(), [&](const group& each) { return each.reason == reason; });
  if (found == groups_.end()) {
    if (groups_.size() == most_reasons) {
      ++others_;
      return;
    }
    found = groups_.insert(groups_.end(), group{std::move(reason), {}, 0});
  }
  ++found->count;
  if (found->names.size() < most_listed_rows) found->names.push_back(std::move(name));
}

std::string row_list::text() const {
  std::string text;
  for (const group& each : groups_) {
    const bool gathered = each.count > 1 && !each.reason.empty();
    if (gathered) text += "    " + word_ + " " + std::to_string(each.count) + " for: " + each.reason + "\n";
    for (const std::string& name : each.names) {
      text += gathered ? "      " + name : "    " + word_ + " " + name;
      text += gathered || each.reason.empty() ? "\n" : ": " + each.reason + "\n";
    }
    const std::size_t hidden = each.count - each.names.size();
    if (hidden == 0) continue;
    text += gathered ? "      " : "    ";
    text += "and " + std::to_string(hidden) + " more (--format json lists all)\n";
  }
  if (others_ != 0) {
    text += "    " + word_ + " " + std::to_string(others_) + " for other reasons (--format json lists all)\n";
  }
  return text;
}

}  // namespace hfpipe::cli
