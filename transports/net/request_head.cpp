#include "transports/net/request_head.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hfpipe::net {
namespace {

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view each) { return same(each, name); });
}

constexpr std::array<std::string_view, 10> ours{
    "Host",       "Connection",      "Content-Length",   "Transfer-Encoding",   "Expect",
    "User-Agent", "Accept-Encoding", "Proxy-Connection", "Proxy-Authorization", "Upgrade"};

/// The rest may hold a credential under a name nobody knows, so the list is of what stays.
constexpr std::array<std::string_view, 4> harmless{"Accept", "Range", "If-Range", "Git-Protocol"};

bool is_token(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < ' ' && c != '\t') || byte == 0x7f;
  });
}

void add(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

void add_proxy_authorization(std::string& head, const http::url_with_user& proxy) {
  if (!proxy.user) return;
  const auto own = http::credential::basic(proxy.url.origin(), *proxy.user, proxy.password.value_or(secret()));
  add(head, "Proxy-Authorization", own.authorization().reveal());
}

std::string bracketed(const http::origin& to) {
  return to.host.find(':') == std::string::npos ? to.host : "[" + to.host + "]";
}

}  // namespace

std::string host_header(const http::origin& to) {
  const bool usual = to.port == (to.scheme == http::scheme::https ? 443 : 80);
  return usual ? bracketed(to) : bracketed(to) + ":" + std::to_string(to.port);
}

outcome<std::string> encode_head(const request& what, const head_setting& setting) {
  const auto& to = what.url.origin();
  const secret target = what.url.target();
  std::string head = what.method + " ";
  if (setting.proxy != nullptr) head += to.text();
  head.append(target.reveal()).append(" HTTP/1.1\r\n");
  add(head, "Host", host_header(to));
  add(head, "User-Agent", setting.user_agent);
  add(head, "Accept-Encoding", "identity");

  bool has_accept = false;
  bool has_authorization = false;
  for (const auto& [name, value] : what.headers) {
    if (!is_token(name) || !is_field_value(value.reveal())) {
      return failure(errc::bad_batch_reply).detail("a header that cannot be sent: " + clean_server_text(name));
    }
    if (is_one_of(name, ours)) continue;
    has_accept = has_accept || same(name, "Accept");
    has_authorization = has_authorization || same(name, "Authorization");
    add(head, name, value.reveal());
  }
  if (!has_accept) add(head, "Accept", "*/*");
  if (!has_authorization && what.credential != nullptr && what.credential->allows(to)) {
    add(head, "Authorization", what.credential->authorization().reveal());
  }
  if (setting.proxy != nullptr) add_proxy_authorization(head, *setting.proxy);

  if (const auto* sized = std::get_if<sized_body>(&what.body)) {
    add(head, "Content-Length", std::to_string(sized->length.value()));
  } else if (std::holds_alternative<chunked_body>(what.body)) {
    add(head, "Transfer-Encoding", "chunked");
  } else if (what.method != "GET" && what.method != "HEAD") {
    add(head, "Content-Length", "0");
  }
  return head.append("\r\n");
}

std::string encode_connect(const http::origin& to, const http::url_with_user& proxy, const std::string& user_agent) {
  const std::string where = bracketed(to) + ":" + std::to_string(to.port);
  std::string head = "CONNECT " + where + " HTTP/1.1\r\n";
  add(head, "Host", where);
  add(head, "User-Agent", user_agent);
  add_proxy_authorization(head, proxy);
  return head.append("\r\n");
}

void drop_private_headers(request& what) {
  std::erase_if(what.headers, [](const http::header_field& each) { return !is_one_of(each.name, harmless); });
}

}  // namespace hfpipe::net
