#include "transports/net/proxy_plan.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace hfpipe::net {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// `host` is lower case.
bool covers(std::string_view rule, const http::origin& to) {
  if (rule == "*") return true;
  std::string name(rule);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto bracket = name.rfind(']');
  const auto colon = name.rfind(':');
  // One colon outside brackets is a port; several without brackets are an IPv6 address.
  const bool has_port =
      colon != std::string::npos && (bracket == std::string::npos ? name.find(':') == colon : colon > bracket);
  if (has_port) {
    if (name.substr(colon + 1) != std::to_string(to.port)) return false;
    name.resize(colon);
  }
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  if (name.starts_with("*.")) name.erase(0, 1);
  if (name.starts_with('.')) name.erase(0, 1);
  if (name.empty()) return false;
  return to.host == name || to.host.ends_with("." + name);
}

}  // namespace

const http::url_with_user* proxy_for(const proxies& known, const http::origin& to) {
  const auto& proxy = to.scheme == http::scheme::https ? known.for_https : known.for_http;
  if (!proxy || to.is_loopback()) return nullptr;
  std::string_view rest = known.exceptions;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    if (covers(trimmed(rest.substr(0, comma)), to)) return nullptr;
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return &*proxy;
}

}  // namespace hfpipe::net
