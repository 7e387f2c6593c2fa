#include "tools/hfpipe/netrc.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace hfpipe::cli {

namespace {

bool is_white(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return text;
}

class netrc_reader {
 public:
  explicit netrc_reader(std::string_view text) : text_(text) {}

  outcome<std::vector<netrc_entry>> read() {
    while (skip_white()) {
      if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      }
      const auto start = at_;
      const auto word = next();
      if (!word) return fault(start, "a quote that is never closed");
      if (*word == "macdef") {
        skip_macro();
      } else if (*word == "default") {
        entries_.emplace_back();
      } else if (*word == "machine" || *word == "login" || *word == "password" || *word == "account") {
        if (!skip_white()) return fault(start, "a word without its value");
        const auto value_start = at_;
        auto value = next();
        if (!value) return fault(value_start, "a quote that is never closed");
        take(*word, std::move(*value));
      }
    }
    return std::move(entries_);
  }

 private:
  /// Whether anything is left behind the white space.
  bool skip_white() {
    while (at_ < text_.size() && is_white(text_[at_])) ++at_;
    return at_ < text_.size();
  }

  /// The word that starts here; nothing when its quote is never closed.
  std::optional<std::string> next() {
    std::string word;
    if (text_[at_] != '"') {
      while (at_ < text_.size() && !is_white(text_[at_])) word += text_[at_++];
      return word;
    }
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return word;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      word += text_[at_];
    }
    return std::nullopt;
  }

  /// A macro ends at an empty line.
  void skip_macro() {
    const auto end = std::min(text_.find("\n\n", at_), text_.find("\n\r\n", at_));
    at_ = std::min(end, text_.size());
  }

  void take(std::string_view word, std::string value) {
    if (word == "machine") {
      entries_.push_back({lower(std::move(value)), {}, {}});
    } else if (!entries_.empty() && word == "login") {
      entries_.back().user = std::move(value);
    } else if (!entries_.empty() && word == "password") {
      entries_.back().password = secret(std::move(value));
    }
  }

  failure fault(std::size_t where, const std::string& why) const {
    const auto before = text_.substr(0, where);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto column = where - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
    return failure(errc::bad_option)
        .detail("line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + why);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<netrc_entry> entries_;
};

}  // namespace

outcome<std::vector<netrc_entry>> parse_netrc(std::string_view text) {
  return netrc_reader(text).read();
}

const netrc_entry* find_netrc(const std::vector<netrc_entry>& entries, std::string_view host, std::string_view user) {
  const auto wanted = lower(std::string(host));
  const auto serves = [&](const netrc_entry& entry) {
    return !entry.password.empty() && (user.empty() || entry.user.empty() || entry.user == user);
  };
  const auto find = [&](auto is_meant) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const netrc_entry& entry) { return serves(entry) && is_meant(entry); });
    return found == entries.end() ? nullptr : &*found;
  };
  const auto* of_host = find([&](const netrc_entry& entry) { return entry.host == wanted; });
  return of_host != nullptr ? of_host : find([](const netrc_entry& entry) { return !entry.host; });
}

}  // namespace hfpipe::cli
