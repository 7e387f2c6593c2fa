#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/git_repository.hpp"
#include "tests/support/temporary_folder.hpp"

namespace hfpipe::testing {

struct forge_setup {
  std::string personality = "plain";
  bool tls = true;
  std::string token = "forge-token";  ///< empty: everybody may do everything
  bool anonymous_read = false;
  std::vector<std::string> flags = {};  ///< any others
  bool keeps_log = true;
};

/// A forge that runs on free ports of 127.0.0.1 over a folder of its own, until this object is gone.
/// Throws std::runtime_error when it does not come up or refuses an admin call.
class forge_process {
 public:
  explicit forge_process(forge_setup setup = {});
  ~forge_process();

  /// `https://127.0.0.1:PORT`
  const std::string& url() const { return url_; }
  std::uint16_t cdn_port() const { return cdn_port_; }
  std::string url_of(std::string_view repository) const { return url_ + "/" + std::string(repository); }
  /// The same with user and token inside, for git.
  std::string url_with_token(std::string_view repository) const;
  const std::string& token() const { return setup_.token; }
  /// The CA of every forge that this test executable starts.
  static std::filesystem::path ca_file();
  /// quiet_git_environment() and trust in ca_file().
  std::map<std::string, std::string> git_environment() const;

  /// Makes an empty bare repository, `owner/name` or `datasets/owner/name`.
  git_repository make_repository(std::string_view name, object_format format = object_format::sha1) const;
  git_repository repository(std::string_view name) const;
  /// An object that is computed on the fly; costs one hashing of `size` bytes.
  lfs_object add_generated(std::string_view repository, byte_count size, std::uint64_t seed) const;

  /// Switches a fault on; tools/forge/faults.hpp says what `rule` may hold.
  void fault(const boost::json::object& rule) const;
  void clear_faults() const;
  /// Those whose match is this path.
  void clear_faults(const std::string& path) const;
  /// How often a fault of that name has happened.
  std::uint64_t hits(std::string_view fault) const;
  /// How often each has: everywhere, or in one repository.
  std::map<std::string, std::uint64_t> all_hits() const;
  std::map<std::string, std::uint64_t> hits_in(const std::string& repository) const;

  /// Every line so far, in order.
  std::vector<boost::json::object> log() const;
  /// Those with that "event": git, push_begin, batch, download, upload, verify.
  std::vector<boost::json::object> log_of(std::string_view event) const;

 private:
  std::string admin(std::string_view method, const std::string& body, const std::string& query = {}) const;

  forge_setup setup_;
  temporary_folder folder_;
  std::optional<child_process> child_;
  std::string url_;
  std::uint16_t admin_port_ = 0;
  std::uint16_t cdn_port_ = 0;
};

}  // namespace hfpipe::testing
