#include "tools/hfpipe/redaction.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <utility>

#include "protocol/platform/api_call.hpp"

namespace hfpipe::cli {

namespace {

constexpr std::string_view mark = "[secret]";
/// What is passed on at once, so that a result of any size streams.
constexpr std::size_t most_held = 64 * 1024;

void add_login(known_secrets& to, const std::optional<login>& who) {
  if (!who) return;
  to.add(who->password.reveal());
  if (who->password.empty()) to.add(who->user);  // some hosts take a token there
}

void add_credential(known_secrets& to, const std::optional<http::credential>& who) {
  if (!who) return;
  const std::string_view value = who->authorization().reveal();
  to.add(value.substr(value.find(' ') + 1));
  to.add(who->password().reveal());
}

void add_proxy(known_secrets& to, const std::optional<http::url_with_user>& proxy) {
  if (proxy && proxy->password) to.add(proxy->password->reveal());
}

void add_network(known_secrets& to, const net::client_options& network) {
  add_proxy(to, network.proxies.for_http);
  add_proxy(to, network.proxies.for_https);
}

template <class Request>
void add_all(known_secrets& to, const Request& request) {
  add_login(to, request.source_login);
  add_login(to, request.target_login);
  add_credential(to, request.source_credential);
  add_credential(to, request.target_credential);
  to.add(request.api.token.reveal());
  add_network(to, request.network);
}

void add_all(known_secrets& to, const verify_request& request) {
  add_all(to, request.as_copy);
}

void add_all(known_secrets& to, const sync_request& request) {
  for (const sync_job& job : request.jobs) add_all(to, job.request);
}

void add_all(known_secrets& to, const bench_request& request) {
  for (const auto* end : {&request.source, &request.target}) {
    if (*end) add_credential(to, (*end)->credential);
  }
  add_network(to, request.network);
}

void add_all(known_secrets&, const answer&) {}

}  // namespace

void known_secrets::add(std::string_view hidden) {
  if (hidden.size() < least_length) return;
  add_form(std::string(hidden));
  add_form(platform::encoded_segment(hidden));
  const std::string quoted = boost::json::serialize(boost::json::string(hidden));
  add_form(quoted.substr(1, quoted.size() - 2));
}

void known_secrets::add_form(std::string form) {
  if (std::find(forms_.begin(), forms_.end(), form) != forms_.end()) return;
  const auto longer = [&](const std::string& other) { return other.size() >= form.size(); };
  const auto place = std::find_if_not(forms_.begin(), forms_.end(), longer);
  forms_.insert(place, std::move(form));
}

std::string known_secrets::hidden_in(std::string text) const {
  for (const std::string& form : forms_) {
    for (auto at = text.find(form); at != text.npos; at = text.find(form, at + mark.size())) {
      text.replace(at, form.size(), mark);
    }
  }
  return text;
}

std::size_t known_secrets::begun_at_end_of(std::string_view text) const {
  std::size_t longest = 0;
  for (const std::string& form : forms_) {
    for (auto size = std::min(form.size() - 1, text.size()); size > longest; --size) {
      if (text.ends_with(std::string_view(form).substr(0, size))) longest = size;
    }
  }
  return longest;
}

known_secrets secrets_of(const invocation& asked) {
  known_secrets found;
  std::visit([&](const auto& request) { add_all(found, request); }, asked);
  return found;
}

redacting_buffer::int_type redacting_buffer::overflow(int_type byte) {
  if (traits_type::eq_int_type(byte, traits_type::eof())) return traits_type::not_eof(byte);
  held_ += traits_type::to_char_type(byte);
  return held_.size() < most_held || pass_on() ? byte : traits_type::eof();
}

std::streamsize redacting_buffer::xsputn(const char* text, std::streamsize size) {
  held_.append(text, static_cast<std::size_t>(size));
  return held_.size() < most_held || pass_on() ? size : 0;
}

int redacting_buffer::sync() {
  return pass_on() && out_.pubsync() == 0 ? 0 : -1;
}

bool redacting_buffer::pass_on() {
  const std::string clean = hidden_.hidden_in(std::exchange(held_, {}));
  const std::size_t begun = hidden_.begun_at_end_of(clean);
  const auto ready = static_cast<std::streamsize>(clean.size() - begun);
  held_ = clean.substr(clean.size() - begun);
  return out_.sputn(clean.data(), ready) == ready;
}

}  // namespace hfpipe::cli
