#include "transports/git/smart_host.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "protocol/gzip.hpp"

namespace hfpipe::git {

namespace {

constexpr std::string_view refs_suffix = "/info/refs";
constexpr std::size_t read_size = 16 * 1024;

/// Whether a Content-Type value names this media type, parameters aside.
bool is_type(std::string_view value, std::string_view type) {
  value = value.substr(0, value.find(';'));
  while (value.ends_with(' ')) value.remove_suffix(1);
  return http::is_same_name(value, type);
}

failure wrong_type(const http::reply_head& head, errc code) {
  const auto type = head.header("Content-Type").value_or("");
  const bool page = is_type(type, "text/html");
  return failure(code).detail(page ? "a web page" : "an answer of type '" + clean_server_text(type, 200) + "'");
}

/// Throws what the reply means unless it is a success of this type.
task<> expect_success(net::exchange& of, std::string type, errc otherwise, std::optional<duration> patience) {
  const http::reply_head* const head = co_await of.reply(patience);
  if (!head->is_success()) {
    failure why = co_await net::failure_of(of);
    throw failed(std::move(why));
  }
  if (!is_type(head->header("Content-Type").value_or(""), type)) {
    throw failed(wrong_type(*head, otherwise).at(of.url().shown()));
  }
}

/// Feeds the whole body to `parser` and returns what it made of it.
template <class Parser>
auto parse_body(net::exchange& of, Parser parser) -> task<typename decltype(parser.finish())::value_type> {
  std::array<std::byte, read_size> buffer;
  while (true) {
    const std::size_t got = co_await of.read_some(buffer);
    if (got == 0) break;
    value_from(of, parser.feed(std::span(buffer).first(got)));
  }
  co_return value_from(of, parser.finish());
}

http::url without_end_slash(const http::url& base) {
  std::string path = base.path();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return base.at_path(std::move(path));
}

net::request make_request(std::string method, http::url url, const std::optional<http::credential>& credential) {
  net::request made{.method = std::move(method), .url = std::move(url), .headers = {}};
  if (credential) made.credential = &*credential;
  return made;
}

void ask_for_v2(net::request& what) {
  what.headers.push_back({"Git-Protocol", secret("version=2")});
}

std::string service_type(service which, std::string_view kind) {
  return "application/x-" + std::string(to_text(which)) + '-' + std::string(kind);
}

}  // namespace

smart_host::smart_host(net::http_client& client, repository_location where, std::optional<http::credential> credential)
    : client_(client), where_(std::move(where)), credential_(std::move(credential)) {}

task<advertisement> smart_host::advertise(service which) {
  const http::url asked = without_end_slash(where_.url());
  net::request get =
      make_request("GET", asked.extended(refs_suffix, "service=" + std::string(to_text(which))), credential_);
  get.redirects = net::redirects::follow;
  if (which == service::upload_pack) ask_for_v2(get);
  net::exchange reply = co_await client_.start(std::move(get));
  std::string type = service_type(which, "advertisement");
  co_await expect_success(reply, std::move(type), errc::not_a_git_host, std::nullopt);

  const std::string& path = reply.url().path();
  if (!path.ends_with(refs_suffix)) {
    failure why = failure(errc::redirect_refused).detail("it does not lead to a repository");
    throw failed(std::move(why).at(reply.url().shown()));
  }
  where_.moved_to(reply.url().at_path(path.substr(0, path.size() - refs_suffix.size())));

  advertisement_parser parser(which);
  co_return co_await parse_body(reply, std::move(parser));
}

task<ref_listing> smart_host::list_refs(advertisement advertised, ls_refs_scope scope) {
  if (advertised.version != protocol_version::v2) co_return std::move(advertised.listing);
  std::string body = make_ls_refs_request(advertised.can, scope);
  net::exchange posted = co_await post(service::upload_pack, advertised.version, std::move(body));
  co_await await_result(posted, service::upload_pack, errc::bad_advertisement);
  ls_refs_parser parser(advertised.listing.format);
  co_return co_await parse_body(posted, std::move(parser));
}

net::request smart_host::make_post(service which, protocol_version version) const {
  const http::url base = without_end_slash(where_.url());
  net::request made = make_request("POST", base.extended('/' + std::string(to_text(which))), credential_);
  made.headers.push_back({"Content-Type", secret(service_type(which, "request"))});
  made.headers.push_back({"Accept", secret(service_type(which, "result"))});
  if (version == protocol_version::v2) ask_for_v2(made);  // the server remembers nothing: said in every request
  return made;
}

task<net::exchange> smart_host::open_post(service which, net::body_framing framing) {
  net::request what = make_post(which, protocol_version::v0);
  what.body = framing;
  co_return co_await client_.start(std::move(what));
}

task<net::exchange> smart_host::post(service which, protocol_version version, std::string body) {
  net::request what = make_post(which, version);
  if (body.size() > gzip_threshold) {
    body = gzip(body);
    what.headers.push_back({"Content-Encoding", secret("gzip")});
  }
  what.body = net::sized_body{byte_count(body.size())};
  net::exchange posted = co_await client_.start(std::move(what));
  const auto bytes = std::as_bytes(std::span(body));
  const bool wanted = co_await posted.write(bytes);
  if (wanted) co_await posted.finish();
  co_return posted;
}

task<> await_result(net::exchange& posted, service which, errc otherwise, std::optional<duration> patience) {
  std::string type = service_type(which, "result");
  co_await expect_success(posted, std::move(type), otherwise, patience);
}

}  // namespace hfpipe::git
