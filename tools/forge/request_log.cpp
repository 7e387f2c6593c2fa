#include "tools/forge/request_log.hpp"

#include <boost/json/serialize.hpp>

#include "protocol/failure.hpp"

namespace hfpipe::forge {

request_log::request_log(const std::optional<std::filesystem::path>& file) {
  if (!file) return;
  out_.open(*file, std::ios::app);
  if (!out_) throw failed(failure(errc::bad_option).at(file->string()).detail("cannot be written"));
}

void request_log::add(boost::json::object line) {
  const std::lock_guard lock(guard_);
  if (!out_.is_open()) return;
  const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_);
  line["n"] = ++n_;
  line["at"] = at.count();
  out_ << boost::json::serialize(line) << '\n' << std::flush;
}

}  // namespace hfpipe::forge
