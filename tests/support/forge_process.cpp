#include "tests/support/forge_process.hpp"

#include <signal.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace hfpipe::testing {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;

namespace {

// Generous: a sanitizer's build on a busy machine.
constexpr std::chrono::seconds start_limit{20};
constexpr std::chrono::seconds end_limit{2};
// Longer than any story.
constexpr std::chrono::seconds life_limit{1800};

const std::filesystem::path& certificates() {
  static const temporary_folder folder;
  static const child_result made = run_child({.arguments = {HFPIPE_FORGE, "certs", folder.path().string()}});
  if (made.exit_code != 0) throw std::runtime_error("forge certs: " + made.err);
  return folder.path();
}

json::object wait_for_ready(const std::filesystem::path& port_file, const child_process& forge) {
  const auto end = std::chrono::steady_clock::now() + start_limit;
  while (!std::filesystem::exists(port_file)) {
    if (forge.has_ended() || std::chrono::steady_clock::now() > end)
      throw std::runtime_error("the forge did not start");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::ifstream in(port_file);
  std::string line;
  std::getline(in, line);
  return json::parse(line).as_object();
}

http::response<http::string_body> ask(asio::ip::tcp::socket& stream, const http::request<http::string_body>& request) {
  http::write(stream, request);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> answer;
  http::read(stream, buffer, answer);
  return answer;
}

}  // namespace

forge_process::forge_process(forge_setup setup) : setup_(std::move(setup)) {
  const std::filesystem::path port_file = folder_.path() / "ports.json";
  std::filesystem::create_directories(folder_.path() / "root");
  std::vector<std::string> arguments{HFPIPE_FORGE, "--root", (folder_.path() / "root").string()};
  const auto add = [&](std::initializer_list<std::string> more) { arguments.insert(arguments.end(), more); };
  add({"--personality", setup_.personality, "--port-file", port_file.string()});
  if (setup_.keeps_log) add({"--log", (folder_.path() / "log").string()});
  if (setup_.tls) {
    add({"--tls-cert", (certificates() / "server.pem").string(), "--tls-key",
         (certificates() / "server.key").string()});
  }
  if (!setup_.token.empty()) add({"--token", setup_.token});
  if (setup_.anonymous_read) add({"--anonymous-read"});
  arguments.insert(arguments.end(), setup_.flags.begin(), setup_.flags.end());

  child_.emplace(child_command{.arguments = std::move(arguments), .limit = life_limit});
  const json::object ready = wait_for_ready(port_file, *child_);
  url_ = json::value_to<std::string>(ready.at("url"));
  admin_port_ = ready.at("admin_port").to_number<std::uint16_t>();
  cdn_port_ = ready.at("cdn_port").to_number<std::uint16_t>();
}

forge_process::~forge_process() {
  // Asked first, so that it ends its git too; killed if it does not listen.
  child_->send_signal(SIGTERM);
  const auto end = std::chrono::steady_clock::now() + end_limit;
  while (!child_->has_ended() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

std::string forge_process::url_with_token(std::string_view repository) const {
  std::string url = url_of(repository);
  if (!setup_.token.empty()) url.insert(url.find("://") + 3, "tester:" + setup_.token + "@");
  return url;
}

std::filesystem::path forge_process::ca_file() {
  return certificates() / "ca.pem";
}

std::map<std::string, std::string> forge_process::git_environment() const {
  auto environment = quiet_git_environment();
  if (setup_.tls) environment["GIT_SSL_CAINFO"] = ca_file().string();
  return environment;
}

git_repository forge_process::make_repository(std::string_view name, object_format format) const {
  return git_repository::make(repository(name).path(), format);
}

git_repository forge_process::repository(std::string_view name) const {
  return git_repository::at(folder_.path() / "root" / (std::string(name) + ".git"));
}

lfs_object forge_process::add_generated(std::string_view repository, byte_count size, std::uint64_t seed) const {
  const child_result done = run_child(
      {.arguments = {HFPIPE_FORGE, "add-generated", "--root", (folder_.path() / "root").string(), "--repo",
                     std::string(repository), "--size", std::to_string(size.value()), "--seed", std::to_string(seed)},
       .limit = std::chrono::seconds(600)});
  const std::size_t oid = done.out.find("sha256:");
  if (done.exit_code != 0 || oid == std::string::npos) throw std::runtime_error("add-generated: " + done.err);
  return {lfs_oid::from_hex(std::string_view(done.out).substr(oid + 7, 64)).value(), size};
}

void forge_process::fault(const json::object& rule) const {
  admin("POST", json::serialize(rule));
}

void forge_process::clear_faults() const {
  admin("DELETE", "");
}

void forge_process::clear_faults(const std::string& path) const {
  admin("DELETE", "", "?path=" + path);
}

std::uint64_t forge_process::hits(std::string_view fault) const {
  const auto all = all_hits();
  const auto found = all.find(std::string(fault));
  return found == all.end() ? 0 : found->second;
}

std::map<std::string, std::uint64_t> forge_process::all_hits() const {
  return json::value_to<std::map<std::string, std::uint64_t>>(json::parse(admin("GET", "")).at("hits"));
}

std::map<std::string, std::uint64_t> forge_process::hits_in(const std::string& repository) const {
  return json::value_to<std::map<std::string, std::uint64_t>>(
      json::parse(admin("GET", "", "?repository=" + repository)));
}

std::vector<json::object> forge_process::log() const {
  std::ifstream in(folder_.path() / "log");
  std::vector<json::object> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line).as_object());
  return lines;
}

std::vector<json::object> forge_process::log_of(std::string_view event) const {
  std::vector<json::object> lines = log();
  std::erase_if(lines, [&](const json::object& line) { return line.at("event").as_string() != event; });
  return lines;
}

std::string forge_process::admin(std::string_view method, const std::string& body, const std::string& query) const {
  http::request<http::string_body> request(http::string_to_verb(method), "/_forge/faults" + query, 11, body);
  request.set(http::field::host, "127.0.0.1");
  request.set(http::field::connection, "close");
  request.prepare_payload();
  asio::io_context loop;
  asio::ip::tcp::socket stream(loop);
  stream.connect({asio::ip::address_v4::loopback(), admin_port_});
  const auto answer = ask(stream, request);
  if (answer.result() != http::status::ok) throw std::runtime_error("the forge refuses: " + answer.body());
  return answer.body();
}

}  // namespace hfpipe::testing
