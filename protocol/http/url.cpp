#include "protocol/http/url.hpp"

#include <algorithm>
#include <boost/url/ipv6_address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <utility>

namespace hfpipe::http {

namespace {

namespace urls = boost::urls;

constexpr std::uint16_t default_port(scheme of) {
  return of == scheme::https ? 443 : 80;
}

/// Names the rule and never the text: what does not parse may still hold a password or a signature.
failure refuse(std::string_view rule) {
  return failure(errc::bad_url).detail(std::string(rule));
}

constexpr char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

/// Where the path begins: behind `scheme://authority`, or at once in a relative reference.
std::size_t end_of_authority(std::string_view text) {
  const std::size_t slashes = text.find("//");
  const bool has_authority = slashes == 0 || (slashes != text.npos && text.substr(0, slashes).find('/') == text.npos &&
                                              text[slashes - 1] == ':');
  if (!has_authority) return 0;
  return std::min(text.find_first_of("/?#", slashes + 2), text.size());
}

/// Servers put spaces, quotes and raw UTF-8 into Location and href, and browsers let them: such characters of path and
/// query are percent-encoded. In the authority they stay, and fail.
std::string with_stray_characters_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view strays = " \"<>[\\]^`{|}";
  const std::size_t start = end_of_authority(text);
  std::string encoded(text.substr(0, start));
  for (const char c : text.substr(start)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && strays.find(c) == strays.npos) {
      encoded += c;
    } else {
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return encoded;
}

/// Whether every percent sign begins an encoded byte.
bool is_well_encoded(std::string_view text) {
  return urls::make_pct_string_view(text).has_value();
}

/// What can be said before any grammar.
outcome<std::string> admitted(std::string_view text) {
  if (text.empty()) return refuse("it is empty");
  if (text.size() > url_limit) return refuse("it is too long");
  if (std::any_of(text.begin(), text.end(), is_control)) return refuse("it holds control characters");
  std::string encoded = with_stray_characters_encoded(text);
  if (encoded.size() > url_limit) return refuse("it is too long");
  if (!is_well_encoded(encoded)) return refuse("it holds a percent sign that encodes nothing");
  return encoded;
}

outcome<scheme> scheme_of(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), lower_case);
  if (lower == "https") return scheme::https;
  if (lower == "http") return scheme::http;
  return refuse("its scheme is neither http nor https");
}

/// Lower case, without brackets. Percent-encoding and the sub-delimiters that the grammar allows in a name have no
/// meaning in DNS, so they are refused rather than handed to a resolver.
outcome<std::string> host_of(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    const auto address = urls::parse_ipv6_address(text.substr(1, text.size() - 2));
    if (!address) return refuse("its host is not a name or an address");
    return std::string(address->to_string());
  }
  std::string host(text);
  for (char& c : host) {
    c = lower_case(c);
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    if (!fits) return refuse("its host is not a name or an address");
  }
  if (host.empty()) return refuse("it names no host");
  return host;
}

outcome<std::uint16_t> port_of(std::string_view digits, scheme of) {
  if (digits.empty()) return default_port(of);
  std::uint16_t port = 0;
  const char* const all = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), all, port);
  if (error != std::errc() || end != all || port == 0) return refuse("its port is not one");
  return port;
}

/// `host`, `host:port`, `[address]:port`.
outcome<origin> origin_of(scheme scheme, std::string_view text) {
  const std::size_t bracket = text.find(']');
  const std::size_t colon = std::min(text.find(':', bracket == text.npos ? 0 : bracket), text.size());
  auto host = host_of(text.substr(0, colon));
  if (!host) return host.error();
  const auto port = port_of(text.substr(std::min(colon + 1, text.size())), scheme);
  if (!port) return port.error();
  return origin{scheme, std::move(*host), *port};
}

std::string decoded(std::string_view text) {
  return urls::pct_string_view(text).decode();
}

}  // namespace

std::string origin::text() const {
  if (scheme == http::scheme::file) return "file://";
  std::string shown = scheme == http::scheme::https ? "https://" : "http://";
  shown += host.find(':') == host.npos ? host : '[' + host + ']';
  if (port != default_port(scheme)) shown += ':' + std::to_string(port);
  return shown;
}

bool origin::is_loopback() const {
  if (scheme == http::scheme::file) return true;
  if (host == "localhost" || host == "::1") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos &&
         std::count(host.begin(), host.end(), '.') == 3;
}

url url::of_folder(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "-._~/+,=@:";
  url made;
  made.origin_.scheme = scheme::file;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool stays =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || plain.find(c) != plain.npos;
    if (stays) {
      made.path_ += c;
    } else {
      made.path_ += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return made;
}

std::string url::folder() const {
  return decoded(path_);
}

outcome<url> url::parse(std::string_view text) {
  auto read = parse_with_user(text);
  if (!read) return read.error();
  if (read->user || read->password) return refuse("it holds a user name or a password");
  return std::move(read->url);
}

outcome<url_with_user> url::parse_with_user(std::string_view text) {
  const auto encoded = admitted(text);
  if (!encoded) return encoded.error();
  std::string_view rest = *encoded;
  const std::size_t start = rest.find("://");
  if (start == rest.npos) return refuse("it does not begin with https://");
  const auto scheme = scheme_of(rest.substr(0, start));
  if (!scheme) return scheme.error();

  rest.remove_prefix(start + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  const std::string_view path_and_query = rest.substr(authority_end);
  const std::size_t at = authority.find('@');
  auto origin = origin_of(*scheme, at == authority.npos ? authority : authority.substr(at + 1));
  if (!origin) return origin.error();

  url_with_user made{url(), {}, {}};
  made.url.origin_ = std::move(*origin);
  const std::size_t query = std::min(path_and_query.find('?'), path_and_query.size());
  made.url.path_ = query == 0 ? std::string_view("/") : path_and_query.substr(0, query);
  made.url.query_ = secret(std::string(path_and_query.substr(std::min(query + 1, path_and_query.size()))));
  if (at != authority.npos && at != 0) {
    const std::string_view user_info = authority.substr(0, at);
    const std::size_t colon = user_info.find(':');
    made.user = decoded(user_info.substr(0, colon));
    if (colon != user_info.npos) made.password = secret(decoded(user_info.substr(colon + 1)));
  }
  return made;
}

secret url::target() const {
  if (query_.empty()) return secret(path_);
  return secret(path_ + '?' + std::string(query_.reveal()));
}

std::string url::shown() const {
  return origin_.text() + path_;
}

url url::extended(std::string_view suffix, std::string_view query) const {
  url longer = *this;
  if (longer.path_.ends_with('/') && suffix.starts_with('/')) suffix.remove_prefix(1);
  longer.path_ += suffix;
  longer.query_ = secret(std::string(query));
  return longer;
}

url url::at_path(std::string path) const {
  url other = *this;
  other.path_ = std::move(path);
  other.query_ = secret();
  return other;
}

outcome<url> url::resolve(std::string_view location) const {
  const auto encoded = admitted(location);
  if (!encoded) return encoded.error();
  if (encoded->starts_with("//")) return parse((origin_.scheme == scheme::https ? "https:" : "http:") + *encoded);
  const auto reference = urls::parse_uri_reference(*encoded);
  if (!reference) return refuse("it is not written as a URL");
  if (reference->has_scheme()) return parse(*encoded);

  // A stand-in for our origin: Boost.URL 1.81 misreads hosts such as 10.0.0.1.example as an address and a path.
  constexpr std::string_view stand_in = "http://h";
  const std::string own = std::string(stand_in) + std::string(target().reveal());
  const auto base = urls::parse_uri(own);
  urls::url resolved;
  if (!base || !urls::resolve(*base, *reference, resolved)) return refuse("it cannot be resolved");
  return parse(origin_.text() + std::string(std::string_view(resolved.buffer()).substr(stand_in.size())));
}

}  // namespace hfpipe::http
