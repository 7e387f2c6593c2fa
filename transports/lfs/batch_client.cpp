#include "transports/lfs/batch_client.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "protocol/lfs/address.hpp"
#include "transports/lfs/action_request.hpp"

namespace hfpipe::lfs {

namespace {

/// 404 and 501 are how hosts say that there is no LFS here; 404 is also how they hide a repository.
failure named_for_lfs(failure why) {
  const int status = why.http_status().value_or(0);
  if (status != 404 && status != 501) return why;
  failure named = renamed(why, errc::lfs_unavailable);
  if (status == 404) {
    named = std::move(named).hint(
        "switch LFS on for the repository, or check its name and the token: a host hides what the token may not see");
  }
  return named;
}

/// Whether `host` is the one that the credential is for or lies below it: `lfs.modelscope.cn` below `modelscope.cn`,
/// and below `www.modelscope.cn`, which is its name for browsers.
bool is_of_one_house(const std::string& host, std::string_view known) {
  constexpr std::string_view for_browsers = "www.";
  if (known.starts_with(for_browsers)) known.remove_prefix(for_browsers.size());
  return host == known || host.ends_with("." + std::string(known));
}

/// ModelScope's store wants the token in two forms of its own, and the reply does not say so.
void sign_in(action& to, const http::credential& own) {
  if (find_header(to, "Authorization") || !is_of_one_house(to.href.origin().host, own.shown_to().host)) return;
  const std::string token(own.password().reveal());
  to.header.push_back({"Authorization", secret("Bearer " + token)});
  to.header.push_back({"Cookie", secret("m_session_id=" + token)});
}

/// The reply's entries in the order of `wanted`. The lookup goes from what we asked to what we got, so that neither a
/// stranger in the reply nor an entry twice can stand in for an object.
void match(operation what, std::span<const lfs_object> wanted, const batch_reply& got,
           std::vector<batch_entry>& answers) {
  std::unordered_map<lfs_oid, const batch_entry*, oid_hash> by_oid;
  for (const batch_entry& entry : got.entries) by_oid.emplace(entry.object.oid, &entry);
  for (const lfs_object& object : wanted) {
    batch_entry answer{object, {}, {}, {}, {}};
    const auto found = by_oid.find(object.oid);
    if (found == by_oid.end()) {
      const bool present = what == operation::upload && got.enveloped;
      if (!present) answer.error = object_error{no_answer, "the reply leaves the object out"};
    } else if (found->second->error || found->second->object.size == object.size) {
      answer = *found->second;
      answer.object = object;
    } else {
      const std::string size = std::to_string(found->second->object.size.value());
      answer.error = object_error{422, "the server names it with " + size + " bytes"};
    }
    answers.push_back(std::move(answer));
  }
}

}  // namespace

batch_client::batch_client(net::http_client& client, repository_location repository,
                           std::optional<http::credential> own, batch_options options)
    : client_(client), repository_(std::move(repository)), own_(std::move(own)), options_(std::move(options)) {}

/// What one call asks, and how much of an answer is read.
struct batch_client::question {
  operation what;
  std::span<const lfs_object> wanted;
  upload_offer offer;
  byte_count limit;
};

task<std::vector<batch_entry>> batch_client::ask(operation what, std::span<const lfs_object> wanted) {
  std::vector<batch_entry> answers;
  while (!wanted.empty()) {
    const std::span<const lfs_object> some = wanted.first(std::min(wanted.size(), options_.at_once));
    const question asked{what, some, upload_offer::whole, batch_reply_limit(some.size())};
    std::optional<batch_reply> got = co_await within("LFS batch", ask_once(asked));
    if (got) {
      match(what, some, *got, answers);
      wanted = wanted.subspan(some.size());
    } else {
      options_.at_once = some.size() / 2;
    }
  }
  co_return answers;
}

task<batch_entry> batch_client::ask_for_parts(const lfs_object& object, byte_count limit) {
  const std::span<const lfs_object> one(&object, 1);
  const question asked{operation::upload, one, upload_offer::in_parts, limit};
  std::optional<batch_reply> got = co_await within("LFS batch", ask_once(asked));
  std::vector<batch_entry> answers;
  match(operation::upload, one, got.value(), answers);  // only several objects can be too many for a call
  co_return std::move(answers.front());
}

/// Nothing: too many objects in one call, and there are fewer to try.
task<std::optional<batch_reply>> batch_client::ask_once(const question& asked) {
  const http::url address = lfs_endpoint(repository_.url()).extended("/objects/batch");
  net::request request = make_request(address);
  std::string body = make_batch_request(asked.what, asked.wanted, options_.ref ? &*options_.ref : nullptr, asked.offer);
  net::exchange call = co_await client_.send(std::move(request), std::move(body));
  const http::reply_head* const head = co_await call.reply();
  if (!head->is_success()) {
    failure why = co_await net::failure_of(call);
    if (why.code() == errc::payload_too_large && asked.wanted.size() > 1) co_return std::nullopt;
    throw failed(named_for_lfs(std::move(why)));
  }
  const std::string reply = co_await call.read_all(asked.limit);
  outcome<batch_reply> read = parse_batch_reply(reply, address, asked.offer);
  if (!read) throw failed(failure(read.error()).at(address.shown()));
  if (read->enveloped && own_) {
    for (batch_entry& entry : read->entries) {
      if (entry.upload) sign_in(*entry.upload, *own_);
    }
  }
  co_return std::move(*read);
}

net::request batch_client::make_request(const http::url& address) const {
  net::request made{"POST", address, {}, own_ ? &*own_ : nullptr, net::no_body{}, net::redirects::refuse};
  add_default_header(made, "Accept", media_type);
  add_default_header(made, "Content-Type", media_type);
  return made;
}

}  // namespace hfpipe::lfs
