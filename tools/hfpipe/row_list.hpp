#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace hfpipe::cli {

/// Rows of a summary that share a word, gathered by their reason and bounded in number:
///     failed refs/heads/main: pre-receive hook declined
///     failed 314 for: nothing arrived in time
///       9f86d081884c
///       and 313 more
class row_list {
 public:
  explicit row_list(std::string word) : word_(std::move(word)) {}

  void add(std::string name, std::string reason = {});
  /// Every line ends with a line end; empty without rows.
  std::string text() const;

 private:
  struct group {
    std::string reason;
    std::vector<std::string> names;  ///< the first of them
    std::size_t count = 0;
  };

  std::string word_;
  std::vector<group> groups_;
  std::size_t others_ = 0;  ///< rows of reasons beyond most_reasons
};

/// More rows than that of one reason are counted, not listed; the JSON document has all.
inline constexpr std::size_t most_listed_rows = 10;
/// Somebody who reads a terminal looks at no more; the JSON document has all.
inline constexpr std::size_t most_reasons = 10;

}  // namespace hfpipe::cli
