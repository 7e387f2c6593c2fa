#pragma once

#include <boost/test/tree/decorator.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/byte_count.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/git_repository.hpp"
#include "tests/support/temporary_folder.hpp"

namespace hfpipe::testing {

/// How a host is set up. The defaults are what people run: nginx's, with room for large bodies.
struct nginx_setup {
  bool buffer_requests = true;                ///< fastcgi_request_buffering: git sees a push when its body is complete
  std::optional<byte_count> body_limit = {};  ///< client_max_body_size
  std::chrono::seconds body_timeout{60};      ///< client_body_timeout: silence while a body arrives
  std::chrono::seconds backend_timeout{60};   ///< fastcgi_read_timeout: silence while git works
  std::optional<std::string> git_protocol =
      {};                     ///< what git is told in place of the client's Git-Protocol; "" strips it
  std::string token = {};     ///< the password of user `user`; empty: everybody may do everything
  std::string moved_to = {};  ///< where /moved/… leads; empty: to /git/ here
};

/// A request as nginx logged it.
struct nginx_request {
  std::string method;
  std::string target;  ///< path and query
  int status = 0;
  std::uint64_t size = 0;  ///< of the whole request
  std::string git_protocol, content_encoding, transfer_encoding;
  bool authorized = false;  ///< carried an Authorization header
};

/// A real nginx on a free port of 127.0.0.1, with fcgiwrap and git http-backend behind it, over a folder of its own,
/// until this object is gone. Needs no root. Serves
///
///   /git/NAME.git     smart HTTP, push included
///   /dumb/NAME.git    the same repositories as plain files
///   /moved/NAME.git   301 to NAME.git at `moved_to`
///   /page/…           a web page with status 200
///   /silent/…         what http-backend answers when its git dies: 200, the right type, no body
///
/// Throws std::runtime_error when it does not come up.
class nginx_process {
 public:
  explicit nginx_process(nginx_setup setup = {});
  ~nginx_process();

  /// `http://127.0.0.1:PORT`
  const std::string& url() const { return url_; }
  std::string url_of(std::string_view path) const { return url_ + std::string(path); }
  const std::string& token() const { return setup_.token; }

  /// Makes an empty bare repository that takes pushes and offers filters: /git/NAME.git.
  git_repository make_repository(std::string_view name, object_format format = object_format::sha1) const;
  /// Where a repository's folder is or would be.
  std::filesystem::path folder_of(std::string_view name) const;

  /// Every request that has ended, in the order of their ends.
  std::vector<nginx_request> log() const;

 private:
  void start_backend();
  void start_front();
  std::string configuration(std::uint16_t port) const;

  nginx_setup setup_;
  temporary_folder folder_;
  std::optional<child_process> backend_;
  std::optional<child_process> front_;
  std::string url_;
  std::uint16_t port_ = 0;
};

/// How many requests have this method and a target that ends so.
std::size_t count_requests(const std::vector<nginx_request>& log, std::string_view method, std::string_view end);

/// A precondition of suites: skips them, with a message, only where nginx or fcgiwrap is not installed.
boost::test_tools::assertion_result nginx_is_installed(boost::unit_test::test_unit_id);

}  // namespace hfpipe::testing
