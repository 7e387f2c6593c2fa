#pragma once

#include <boost/json/value.hpp>
#include <boost/test/tree/decorator.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/child_process.hpp"
#include "tests/support/git_repository.hpp"
#include "tests/support/temporary_folder.hpp"

namespace hfpipe::testing {

/// A real Gitea on a free port of 127.0.0.1 over a folder of its own, with one user and a token of hers, until this
/// object is gone. The program is what GITEA_BIN names; GITEA_STATIC_ROOT names its templates where they are not inside
/// it. tests/interop/build_gitea.sh makes both.
/// Throws std::runtime_error when it does not come up.
class gitea_process {
 public:
  static constexpr std::string_view user = "tester";

  gitea_process();

  /// `http://127.0.0.1:PORT`
  const std::string& url() const { return url_; }
  std::string url_of(std::string_view repository) const;
  /// The same with user and token inside, for git.
  std::string url_with_token(std::string_view repository) const;
  const std::string& token() const { return token_; }

  struct reply {
    int status = 0;
    boost::json::value body;
  };
  /// Calls /api/v1 + `path` as the user; an empty body sends none.
  reply api(std::string_view method, std::string_view path, const std::string& body = {}) const;
  /// Makes an empty private repository of the user's.
  void make_repository(std::string_view name) const;
  /// Its Git side as Gitea keeps it.
  git_repository repository(std::string_view name) const;

 private:
  void configure() const;
  void start();
  std::string admin(std::vector<std::string> arguments) const;
  child_command command(std::vector<std::string> arguments) const;

  temporary_folder folder_;
  std::uint16_t port_ = 0;
  std::string url_;
  std::string token_;
  std::optional<child_process> child_;
};

/// A Boost.Test precondition: whether GITEA_BIN names a program.
boost::test_tools::assertion_result gitea_is_at_hand(boost::unit_test::test_unit_id);

}  // namespace hfpipe::testing
