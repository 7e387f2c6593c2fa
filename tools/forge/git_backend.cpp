#include "tools/forge/git_backend.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "tools/forge/cgi_head.hpp"
#include "tools/forge/git_record.hpp"
#include "tools/forge/signed_path.hpp"
#include "tools/forge/tampering.hpp"

// Flow of one request:
//
//   client --body--> room_ --> git's standard input          (one piece in flight)
//   client <--reply-- tampering <-- git's standard output    (head first, then pieces)
//
// One poll() watches all of it, so neither direction can block the other.

namespace hfpipe::forge {

namespace {

// http-backend's own head is a few hundred bytes.
constexpr std::size_t cgi_head_limit = 64 * 1024;

std::vector<std::string> git_environment(const visit& request) {
  const site_options& options = request.site.options;
  const exchange& with = request.exchange;
  std::vector<std::string> out;
  const auto set = [&](std::string_view name, std::string_view value) {
    out.push_back(std::string(name) + "=" + std::string(value));
  };
  const std::string_view suffix =
      std::string_view(request.to.path)
          .substr(request.to.path.find(request.to.repository) + request.to.repository.size());
  const std::string_view service = suffix.starts_with(".git/") ? suffix.substr(4) : suffix;
  if (const char* path = std::getenv("PATH")) set("PATH", path);
  set("HOME", options.root.string());
  set("GIT_CONFIG_NOSYSTEM", "1");
  set("GIT_PROJECT_ROOT", std::filesystem::absolute(options.root).string());
  set("GIT_HTTP_EXPORT_ALL", "1");
  set("PATH_INFO", "/" + request.to.repository + ".git" + std::string(service));
  set("REQUEST_METHOD", with.method());
  set("QUERY_STRING", request.to.query);
  set("REMOTE_USER", request.site.access.user());
  set("REMOTE_ADDR", "127.0.0.1");
  set("CONTENT_TYPE", with.header("Content-Type").value_or(""));
  if (const auto length = with.declared_length()) set("CONTENT_LENGTH", std::to_string(*length));
  if (const auto encoding = with.header("Content-Encoding")) set("HTTP_CONTENT_ENCODING", *encoding);
  const auto protocol = with.header("Git-Protocol");
  if (protocol && options.git_protocol != 0) set("GIT_PROTOCOL", *protocol);

  const std::array<std::pair<std::string_view, std::string_view>, 5> settings{{
      {"http.receivepack", "true"},
      {"uploadpack.allowFilter", options.filter ? "true" : "false"},
      {"safe.directory", "*"},
      {"receive.autogc", "false"},  // nothing of a push's may run on after its answer
      {"gc.auto", "0"},
  }};
  set("GIT_CONFIG_COUNT", std::to_string(settings.size()));
  for (std::size_t i = 0; i < settings.size(); ++i) {
    set("GIT_CONFIG_KEY_" + std::to_string(i), settings[i].first);
    set("GIT_CONFIG_VALUE_" + std::to_string(i), settings[i].second);
  }
  return out;
}

class git_relay {
 public:
  git_relay(const visit& request, git_record& record)
      : request_(request),
        with_(request.exchange),
        record_(record),
        git_(request.site.children, git_environment(request)),
        in_(piece_size),
        out_(piece_size) {}

  /// On return the answer lacks only its end, unless a fault cut it.
  void run() {
    while (!over_) turn();
    if (output_ended_) git_.wait();
  }

 private:
  void turn() {
    if (pending_.empty() && !input_closed_ && with_.body_is_done()) close_input();
    const bool wants_body = pending_.empty() && !input_closed_;
    // Bytes that the connection holds already do not make its socket readable.
    if (wants_body && with_.has_buffered_input()) return take_body();
    // Who closes while git works on the answer has gone; git shall not work on.
    const short from_client = wants_body ? POLLIN : with_.body_is_done() ? POLLRDHUP : 0;
    std::array<pollfd, 3> watched{pollfd{git_.output(), POLLIN, 0},
                                  pollfd{pending_.empty() ? -1 : git_.input(), POLLOUT, 0},
                                  pollfd{with_.on().socket(), from_client, 0}};
    if (::poll(watched.data(), watched.size(), -1) < 0) return;
    if (watched[1].revents != 0) feed_git();
    if (watched[2].revents != 0) {
      if (!wants_body) throw boost::system::system_error(boost::asio::error::connection_reset);
      take_body();
    }
    if (watched[0].revents != 0 && !over_) take_output();
  }

  void take_body() {
    const std::size_t got = with_.read_body(in_);
    pending_ = std::span<const std::byte>(in_).first(got);
    if (record_.sent_to_git(pending_)) to_git_.take_pace(request_.site.faults, request_.subject());
    over_ = to_git_.taken(with_, got) != tampering::result::passed;
  }

  void feed_git() {
    const ssize_t put = ::write(git_.input(), pending_.data(), pending_.size());
    if (put > 0) pending_ = pending_.subspan(static_cast<std::size_t>(put));
    // git gave up on its input: what it has to say about that is on its output.
    if (put < 0 && errno != EAGAIN && errno != EINTR) close_input();
  }

  void close_input() {
    git_.close_input();
    pending_ = {};
    input_closed_ = true;
  }

  void take_output() {
    const ssize_t got = ::read(git_.output(), out_.data(), out_.size());
    if (got <= 0) {
      output_ended_ = over_ = true;
      return;
    }
    const auto bytes = std::span(out_).first(static_cast<std::size_t>(got));
    if (with_.has_begun()) return pass(bytes);
    head_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (head_.size() > cgi_head_limit) throw failed(failure(errc::limit_exceeded).at("git http-backend"));
      return;
    }
    const cgi_head head = parse_cgi_head(std::string_view(head_).substr(0, end)).value();
    with_.begin(head.status, head.headers, std::nullopt);
    pass(std::as_writable_bytes(std::span(head_).subspan(end + 4)));
  }

  void pass(std::span<std::byte> bytes) {
    record_.sent_to_client(bytes, to_client_);
    over_ = to_client_.write(with_, bytes) != tampering::result::passed;
  }

  const visit& request_;
  exchange& with_;
  git_record& record_;
  git_process git_;
  std::vector<std::byte> in_;
  std::vector<std::byte> out_;
  std::span<const std::byte> pending_;
  std::string head_;
  tampering to_git_;
  tampering to_client_;
  bool input_closed_ = false;
  bool output_ended_ = false;
  bool over_ = false;
};

// What stands in for git's answer, if a fault says so.
std::optional<reply> faulty_answer(const visit& request) {
  if (const auto fault = request.take("git_status")) return status_reply(*fault, 503);
  if (request.to.service == service::info_refs) {
    if (request.take("info_refs_html")) return reply{200, {{"Content-Type", "text/html"}}, "<html>Sign in</html>\n"};
  }
  if (request.to.service == service::upload_pack && request.take("git_empty_200")) {
    return reply{200, {{"Content-Type", "application/x-git-upload-pack-result"}}, ""};
  }
  if (request.to.service == service::receive_pack) {
    if (const auto fault = request.take("push_status")) return status_reply(*fault, 403);
  }
  return std::nullopt;
}

bool moves_refs(const visit& request) {
  return request.to.service == service::receive_pack ||
         (request.to.service == service::info_refs && query_value(request.to.query, "service") == "git-receive-pack");
}

}  // namespace

void serve_git(const visit& request) {
  git_record record(request);
  exchange& with = request.exchange;
  if (request.refused(moves_refs(request) ? access_rules::need::write : access_rules::need::read)) {
    return record.write(false);
  }
  if (const auto answer = faulty_answer(request)) {
    with.send(*answer);
    return record.write(false);
  }
  try {
    git_relay relay(request, record);
    relay.run();
  } catch (...) {
    record.write(true);
    throw;
  }
  if (!with.has_begun() && !with.was_cut()) with.send({500, {}, "git http-backend died\n"});
  record.write(with.was_cut());
  if (!with.was_cut()) with.finish();
}

}  // namespace hfpipe::forge
