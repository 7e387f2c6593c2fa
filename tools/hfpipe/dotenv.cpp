#include "tools/hfpipe/dotenv.hpp"

#include <algorithm>
#include <utility>

namespace hfpipe::cli {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

bool is_white(char c) {
  return is_blank(c) || c == '\n';
}

/// All line ends as one character, as Python reads text.
std::string with_plain_line_ends(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    plain += text[i] == '\r' ? '\n' : text[i];
  }
  return plain;
}

/// What a backslash before `c` makes of it, or 0 where the two stay as they are.
char unescaped(char quote, char c) {
  if (c == '\\' || c == '\'') return c;
  if (quote == '\'') return 0;
  constexpr std::string_view letters = "\"abfnrtv";
  constexpr std::string_view meanings = "\"\a\b\f\n\r\t\v";
  const auto at = letters.find(c);
  return at == letters.npos ? '\0' : meanings[at];
}

std::string without_escapes(char quote, std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char meant = text[i] == '\\' && i + 1 < text.size() ? unescaped(quote, text[i + 1]) : '\0';
    plain += meant == 0 ? text[i] : meant;
    if (meant != 0) ++i;
  }
  return plain;
}

/// Where the quote that opened before `from` is closed: at the first that no backslash precedes, or else, as Python's
/// pattern goes back to it, at the last of all.
std::size_t closing_quote(std::string_view text, std::size_t from, char quote) {
  std::size_t last = text.npos;
  for (auto at = text.find(quote, from); at != text.npos; at = text.find(quote, at + 1)) {
    last = at;
    if (at == from || text[at - 1] != '\\') return at;
  }
  return last;
}

/// A bare value up to the comment behind it.
std::string_view bare_value(std::string_view line) {
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '#' && is_blank(line[i - 1])) {
      line = line.substr(0, i);
      break;
    }
  }
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  return line;
}

/// Reads one binding after the other. Each part of a binding returns false where it is broken, with the reason noted.
class dotenv_reader {
 public:
  explicit dotenv_reader(std::string_view text) : text_(text) {}

  dotenv_content read() {
    for (skip(is_white); at_ < text_.size(); skip(is_white)) {
      if (!read_binding()) skip_line();
    }
    return std::move(content_);
  }

 private:
  bool read_binding() {
    std::string name;
    std::optional<std::string> value;
    skip_export();
    const bool named = peek() != '#';
    if (named && !read_name(name)) return false;
    skip(is_blank);
    if (named && peek() == '=') {
      ++at_;
      skip(is_blank);
      if (!read_value(value.emplace())) return false;
    }
    skip(is_blank);
    if (peek() == '#') at_ = end_of_line(at_);
    if (at_ < text_.size() && peek() != '\n') return fault(at_, "more text where the line should end");
    if (named) content_.bindings.push_back({std::move(name), std::move(value)});
    return true;
  }

  void skip_export() {
    constexpr std::string_view word = "export";
    const auto after = at_ + word.size();
    if (!text_.substr(at_).starts_with(word) || after >= text_.size() || !is_blank(text_[after])) return;
    at_ = after;
    skip(is_blank);
  }

  bool read_name(std::string& name) {
    if (peek() == '\'') {
      const auto end = text_.find('\'', at_ + 1);
      if (end == text_.npos) return fault(at_, "a quote that is never closed");
      if (end == at_ + 1) return fault(at_, "an empty name");
      name = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return true;
    }
    const auto start = at_;
    skip([](char c) { return c != '=' && c != '#' && !is_white(c); });
    if (at_ == start) return fault(at_, "no name before the =");
    name = text_.substr(start, at_ - start);
    return true;
  }

  bool read_value(std::string& value) {
    const char quote = peek();
    if (quote != '\'' && quote != '"') {
      const auto end = end_of_line(at_);
      value = bare_value(text_.substr(at_, end - at_));
      at_ = end;
      return true;
    }
    const auto end = closing_quote(text_, at_ + 1, quote);
    if (end == text_.npos) return fault(at_, "a quote that is never closed");
    value = without_escapes(quote, text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return true;
  }

  bool fault(std::size_t where, std::string why) {
    for (auto end = text_.find('\n', line_start_); end < where; end = text_.find('\n', line_start_)) {
      line_start_ = end + 1;
      ++line_;
    }
    content_.faults.push_back({line_, where - line_start_ + 1, std::move(why)});
    return false;
  }

  template <class Predicate>
  void skip(Predicate is_skipped) {
    while (at_ < text_.size() && is_skipped(text_[at_])) ++at_;
  }
  void skip_line() { at_ = end_of_line(at_); }
  std::size_t end_of_line(std::size_t from) const { return std::min(text_.find('\n', from), text_.size()); }
  /// The next character, or a line's end where there is none.
  char peek() const { return at_ < text_.size() ? text_[at_] : '\n'; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;  // of the last fault, so that no line is counted twice
  std::size_t line_start_ = 0;
  dotenv_content content_;
};

/// `value` with each ${NAME} replaced by what `meaning` says, up to `room` bytes; nothing where it is larger.
template <class Meaning>
std::optional<std::string> interpolated(std::string_view value, std::size_t room, const Meaning& meaning) {
  std::string filled;
  while (!value.empty()) {
    const auto open = value.find("${");
    const auto close = open == value.npos ? open : value.find('}', open);
    if (close == value.npos) {
      filled += value;
      break;
    }
    const auto inside = value.substr(open + 2, close - open - 2);
    const auto colon = inside.find(':');
    const bool has_default = colon != inside.npos && inside.substr(colon).starts_with(":-");
    filled += value.substr(0, open);
    if (colon != inside.npos && !has_default) {
      filled += "${";  // no variable of ours: what follows may hold one
      value = value.substr(open + 2);
    } else {
      filled += meaning(inside.substr(0, colon), has_default ? inside.substr(colon + 2) : std::string_view());
      value = value.substr(close + 1);
    }
    if (filled.size() > room) return std::nullopt;
  }
  if (filled.size() > room) return std::nullopt;
  return filled;
}

}  // namespace

dotenv_content parse_dotenv(std::string_view text) {
  const std::string plain = with_plain_line_ends(text);
  return dotenv_reader(plain).read();
}

outcome<void> add_dotenv(environment& env, const dotenv_content& content) {
  std::map<std::string, std::optional<std::string>, std::less<>> own;
  const auto meaning = [&](std::string_view wanted, std::string_view otherwise) {
    if (const auto found = env.find(wanted); found != env.end()) return std::string_view(found->second);
    const auto found = own.find(wanted);
    if (found == own.end()) return otherwise;
    return found->second ? std::string_view(*found->second) : std::string_view();
  };
  std::size_t room = dotenv_limit.as_size();
  for (const auto& [name, value] : content.bindings) {
    std::optional<std::string> filled;
    if (value) {
      filled = interpolated(*value, room, meaning);
      if (!filled) return failure(errc::bad_option).detail("its values grow without end by ${...}");
      room -= filled->size();
    }
    own.insert_or_assign(name, std::move(filled));
  }
  for (auto& [name, value] : own) {
    if (value) env.try_emplace(name, std::move(*value));
  }
  return {};
}

}  // namespace hfpipe::cli
