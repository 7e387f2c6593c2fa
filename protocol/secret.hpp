#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace hfpipe {

/// A string that must never be seen: a token, an Authorization value, a signed URL's query.
/// Cannot be streamed or formatted; `grep -rn 'reveal('` lists every place that looks inside.
class secret {
 public:
  secret() = default;
  explicit secret(std::string hidden) : hidden_(std::move(hidden)) {}

  bool empty() const { return hidden_.empty(); }
  std::string_view reveal() const { return hidden_; }

  bool operator==(const secret&) const = default;

 private:
  std::string hidden_;
};

std::ostream& operator<<(std::ostream&, const secret&) = delete;

}  // namespace hfpipe
