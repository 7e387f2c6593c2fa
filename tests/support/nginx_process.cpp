#include "tests/support/nginx_process.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/support/free_port.hpp"

namespace hfpipe::testing {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::ip::tcp;

namespace {

// Generous: a sanitizer's build on a busy machine.
constexpr std::chrono::seconds nginx_start_limit{20};
// Longer than any story.
constexpr std::chrono::seconds nginx_life_limit{1800};
// Another process may take a port between its choice and nginx's start.
constexpr int port_tries = 5;
// A push, a fetch and two listings at once, and one that a fault left hanging.
constexpr const char* backend_workers = "6";

/// Where Debian puts daemons, which is not in everybody's PATH.
std::string program(std::string_view name) {
  for (const std::string_view folder : {"/usr/sbin/", "/usr/local/sbin/", "/usr/bin/", "/usr/local/bin/"}) {
    const std::string path = std::string(folder) + std::string(name);
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

std::string http_backend() {
  static const std::string path = run_child({.arguments = {"git", "--exec-path"}}).out;
  return path.substr(0, path.find('\n')) + "/git-http-backend";
}

/// Asks for `path` and answers whether there was any reply.
bool ask(std::uint16_t port, const std::string& path) {
  asio::io_context loop;
  tcp::socket socket(loop);
  boost::system::error_code failed;
  socket.connect({asio::ip::address_v4::loopback(), port}, failed);
  if (failed) return false;
  asio::write(socket, asio::buffer("GET " + path + " HTTP/1.0\r\n\r\n"), failed);
  std::string reply;
  asio::read(socket, asio::dynamic_buffer(reply), failed);
  return !reply.empty();
}

template <class Condition>
bool wait_until(Condition holds, const child_process& as_long_as) {
  const auto end = std::chrono::steady_clock::now() + nginx_start_limit;
  while (!holds()) {
    if (as_long_as.has_ended() || std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

constexpr std::string_view log_format =
    R"("$request_method\t$request_uri\t$status\t$request_length\t$http_git_protocol\t)"
    R"($http_content_encoding\t$http_transfer_encoding\t$is_authorized")";

}  // namespace

nginx_process::nginx_process(nginx_setup setup) : setup_(std::move(setup)) {
  for (const std::string_view part : {"root", "temp"}) fs::create_directories(folder_.path() / part);
  start_backend();
  start_front();
}

nginx_process::~nginx_process() {
  // nginx first, so that nothing new reaches the workers; both are killed with their groups after that.
  front_.reset();
  backend_->send_signal(SIGTERM);
}

void nginx_process::start_backend() {
  const fs::path socket = folder_.path() / "fcgi";
  auto environment = quiet_git_environment();
  environment["HOME"] = folder_.path().string();
  backend_.emplace(
      child_command{.arguments = {program("fcgiwrap"), "-c", backend_workers, "-s", "unix:" + socket.string()},
                    .environment = std::move(environment),
                    .limit = nginx_life_limit});
  if (!wait_until([&] { return fs::exists(socket); }, *backend_)) throw std::runtime_error("fcgiwrap did not start");
}

void nginx_process::start_front() {
  const fs::path file = folder_.path() / "nginx.conf";
  for (int n = 0; n < port_tries; ++n) {
    port_ = free_port();
    url_ = "http://127.0.0.1:" + std::to_string(port_);
    std::ofstream(file) << configuration(port_);
    std::ofstream(folder_.path() / "users") << "user:{PLAIN}" << setup_.token << "\n";
    front_.emplace(child_command{.arguments = {program("nginx"), "-p", folder_.path().string() + "/", "-c",
                                               file.string(), "-e", (folder_.path() / "errors").string()},
                                 .limit = nginx_life_limit});
    if (wait_until([&] { return ask(port_, "/ready"); }, *front_)) return;
  }
  std::ostringstream errors;
  errors << std::ifstream(folder_.path() / "errors").rdbuf();
  throw std::runtime_error("nginx did not start: " + errors.str());
}

std::string nginx_process::configuration(std::uint16_t port) const {
  const std::string here = folder_.path().string();
  const std::string moved = setup_.moved_to.empty() ? url_ + "/git" : setup_.moved_to;
  std::ostringstream text;
  // One process without a master: it runs as whoever runs the test, and its log has one order.
  text << "daemon off;\nmaster_process off;\nworker_processes 1;\npid " << here << "/pid;\n"
       << "error_log " << here << "/errors;\nevents { worker_connections 256; }\nhttp {\n";
  for (const std::string_view kind : {"client_body", "fastcgi", "proxy", "scgi", "uwsgi"}) {
    text << "  " << kind << "_temp_path " << here << "/temp/" << kind << ";\n";
  }
  text << "  map $http_authorization $is_authorized { '' 0; default 1; }\n"
       << "  log_format row escape=none " << log_format << ";\n"
       << "  access_log " << here << "/access row;\n"
       << "  default_type text/plain;\n"
       << "  server {\n    listen 127.0.0.1:" << port << ";\n"
       << "    client_max_body_size " << (setup_.body_limit ? setup_.body_limit->value() : 0) << ";\n"
       << "    client_body_timeout " << setup_.body_timeout.count() << "s;\n"
       << "    location = /ready { return 204; }\n"
       << "    location /page/ { default_type text/html; return 200 '<html>welcome</html>'; }\n"
       << "    location ~ ^/silent/.*/git-upload-pack$ { default_type application/x-git-upload-pack-result; return "
          "200; }\n"
       << "    location ~ ^/silent/(.*)$ { rewrite ^/silent/(.*)$ /git/$1 last; }\n"
       << "    location ~ ^/moved/(.*)$ { return 301 " << moved << "/$1$is_args$args; }\n";
  if (!setup_.token.empty()) text << "    auth_basic git;\n    auth_basic_user_file " << here << "/users;\n";
  text << "    location /dumb/ { alias " << here << "/root/; }\n"
       << "    location ~ ^/git(/.*)$ {\n"
       << "      fastcgi_pass unix:" << here << "/fcgi;\n"
       << "      fastcgi_request_buffering " << (setup_.buffer_requests ? "on" : "off") << ";\n"
       << "      fastcgi_read_timeout " << setup_.backend_timeout.count() << "s;\n"
       << "      fastcgi_param SCRIPT_FILENAME " << http_backend() << ";\n"
       << "      fastcgi_param GIT_PROJECT_ROOT " << here << "/root;\n"
       << "      fastcgi_param GIT_HTTP_EXPORT_ALL 1;\n"
       << "      fastcgi_param PATH_INFO $1;\n";
  for (const std::string_view known :
       {"QUERY_STRING $query_string", "REQUEST_METHOD $request_method", "CONTENT_TYPE $content_type",
        "CONTENT_LENGTH $content_length", "REMOTE_USER $remote_user", "REMOTE_ADDR $remote_addr"}) {
    text << "      fastcgi_param " << known << ";\n";
  }
  if (setup_.git_protocol) text << "      fastcgi_param HTTP_GIT_PROTOCOL '" << *setup_.git_protocol << "';\n";
  text << "    }\n  }\n}\n";
  return text.str();
}

git_repository nginx_process::make_repository(std::string_view name, object_format format) const {
  git_repository made = git_repository::make(folder_of(name), format);
  made.git({"config", "http.receivepack", "true"});
  made.git({"config", "core.fsync", "none"});
  made.git({"config", "uploadpack.allowFilter", "true"});
  return made;
}

fs::path nginx_process::folder_of(std::string_view name) const {
  return folder_.path() / "root" / (std::string(name) + ".git");
}

std::vector<nginx_request> nginx_process::log() const {
  // A line is written after its reply: what stands before the line of a later request is all there was.
  static int asked = 0;
  const std::string mark = "/ready?" + std::to_string(++asked);
  std::vector<nginx_request> rows;
  const auto read_up_to_mark = [&] {
    rows.clear();
    std::ifstream in(folder_.path() / "access");
    for (std::string line; std::getline(in, line);) {
      std::vector<std::string> fields;
      std::istringstream cut(line);
      for (std::string field; std::getline(cut, field, '\t');) fields.push_back(field);
      if (fields.size() != 8) continue;  // a line that is being written
      if (fields[1] == mark) return true;
      if (fields[1].starts_with("/ready")) continue;
      rows.push_back({fields[0], fields[1], std::stoi(fields[2]), std::stoull(fields[3]), fields[4], fields[5],
                      fields[6], fields[7] == "1"});
    }
    return false;
  };
  ask(port_, mark);
  if (!wait_until(read_up_to_mark, *front_)) throw std::runtime_error("nginx does not write its log");
  return rows;
}

std::size_t count_requests(const std::vector<nginx_request>& log, std::string_view method, std::string_view end) {
  return static_cast<std::size_t>(std::ranges::count_if(
      log, [&](const nginx_request& row) { return row.method == method && row.target.ends_with(end); }));
}

boost::test_tools::assertion_result nginx_is_installed(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result both(true);
  for (const std::string_view name : {"nginx", "fcgiwrap"}) {
    if (!program(name).empty()) continue;
    both = false;
    both.message() << name << " is not installed; tools/install_packages.sh test does it";
  }
  return both;
}

}  // namespace hfpipe::testing
