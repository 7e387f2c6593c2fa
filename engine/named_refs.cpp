#include "engine/named_refs.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace hfpipe {

namespace {

/// A hook may print a page; beyond that nobody reads in a table.
constexpr std::size_t most_shown = 300;

constexpr std::string_view between_words = " \t'\"`,;:()[]<>";

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(between_words); at != line.npos;) {
    const std::size_t end = std::min(line.find_first_of(between_words, at), line.size());
    std::string_view word = line.substr(at, end - at);
    while (word.ends_with('.') || word.ends_with('!')) word.remove_suffix(1);
    words.push_back(word);
    at = line.find_first_not_of(between_words, end);
  }
  return words;
}

bool is_word(std::string_view word, std::string_view lower) {
  return std::ranges::equal(word, lower, {}, [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
}

/// `refs/pr/*` and `refs/pr/` mean all that is in it. `refs/` alone means nothing.
bool add_full_name(std::vector<named_ref>& named, std::string_view word) {
  if (!word.starts_with("refs/")) return false;
  while (word.ends_with('*')) word.remove_suffix(1);
  if (word.size() > std::string_view("refs/").size()) named.push_back({std::string(word)});
  return true;
}

}  // namespace

bool named_ref::means(const ref_name& name) const {
  return text.ends_with('/') ? name.starts_with(text) : name.text() == text || name.starts_with(text + '/');
}

std::vector<named_ref> refs_named_in(const std::vector<std::string>& lines) {
  std::vector<named_ref> named;
  for (const std::string& line : lines) {
    std::string_view before;
    for (const std::string_view word : words_of(line)) {
      if (!add_full_name(named, word) && !word.empty()) {
        if (is_word(before, "branch")) named.push_back({"refs/heads/" + std::string(word)});
        if (is_word(before, "tag")) named.push_back({"refs/tags/" + std::string(word)});
      }
      before = word;
    }
  }
  return named;
}

std::string in_short(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    if (line.empty()) continue;
    text += (text.empty() ? "" : " / ") + line;
    if (text.size() > most_shown) return text.substr(0, most_shown) + "...";
  }
  return text;
}

}  // namespace hfpipe
