#include "transports/lfs/action_request.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hfpipe::lfs {

namespace {

/// What the client writes itself, or what would change who is spoken to and how bodies are framed. Range is in the list
/// because the download asks for its own, and a part of an upload is no object.
constexpr std::array<std::string_view, 13> clients_own{"Accept-Encoding",
                                                       "Connection",
                                                       "Content-Length",
                                                       "Content-Range",
                                                       "Expect",
                                                       "Host",
                                                       "Keep-Alive",
                                                       "Proxy-Authorization",
                                                       "Range",
                                                       "TE",
                                                       "Trailer",
                                                       "Upgrade",
                                                       "Transfer-Encoding"};

bool is_clients_own(std::string_view name) {
  return std::any_of(clients_own.begin(), clients_own.end(),
                     [&](std::string_view own) { return http::is_same_name(own, name); });
}

}  // namespace

net::request make_action_request(std::string method, const action& what, const http::credential* own) {
  net::request made{std::move(method), what.href, {}, nullptr, net::no_body{}, net::redirects::refuse};
  for (const http::header_field& field : what.header) {
    if (!is_clients_own(field.name)) made.headers.push_back(field);
  }
  if (!find_header(what, "Authorization")) made.credential = own;
  return made;
}

const secret* find_header(const action& in, std::string_view name) {
  for (const http::header_field& field : in.header) {
    if (http::is_same_name(field.name, name)) return &field.value;
  }
  return nullptr;
}

void add_default_header(net::request& to, std::string_view name, std::string_view value) {
  const bool present = std::any_of(to.headers.begin(), to.headers.end(), [&](const http::header_field& field) {
    return http::is_same_name(field.name, name);
  });
  if (!present) to.headers.push_back({std::string(name), secret(std::string(value))});
}

}  // namespace hfpipe::lfs
