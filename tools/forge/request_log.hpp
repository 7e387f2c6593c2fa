#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>

namespace hfpipe::forge {

/// What happened here, one JSON object a line, in the order of completion. Each line has a rising "n" and "at", the
/// milliseconds since the start, and is in the file before the request that it tells of is answered to its end.
/// Writers never hand in an Authorization value or a signature. May be called from any thread.
class request_log {
 public:
  /// Without a file nothing is kept. Throws `failed` when the file cannot be opened.
  explicit request_log(const std::optional<std::filesystem::path>& file);

  void add(boost::json::object line);

 private:
  std::mutex guard_;
  std::ofstream out_;
  std::int64_t n_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace hfpipe::forge
