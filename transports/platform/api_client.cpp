#include "transports/platform/api_client.hpp"

#include <utility>

namespace hfpipe::platform {

namespace {

/// GitLab tells its version only to those it knows, and says so in these words.
bool is_gitlab(const api_answer& answer) {
  if (answer.status == 401) return answer.refusal->detail().find("401 Unauthorized") != std::string::npos;
  const auto read = read_object(answer.body);
  return answer.status == 200 && read && read->contains("version");
}

bool is_gitea(const api_answer& answer) {
  const auto read = read_object(answer.body);
  return answer.status == 200 && read && read->contains("version");
}

}  // namespace

const std::string& api_answer::value() const {
  if (refusal) throw failed(*refusal);
  return body;
}

std::vector<http::header_field> api_login(host_kind kind, const secret& token) {
  if (token.empty()) return {};
  const auto prefixed = [&](std::string_view before) {
    return secret(std::string(before) + std::string(token.reveal()));
  };
  switch (kind) {
    case host_kind::gitlab:
      return {{"PRIVATE-TOKEN", token}};
    case host_kind::gitea:
      return {{"Authorization", prefixed("token ")}};
    case host_kind::hugging_face:
      return {{"Authorization", prefixed("Bearer ")}};
    case host_kind::modelscope:
      return {{"Authorization", prefixed("Bearer ")}, {"Cookie", prefixed("m_session_id=")}};
  }
  return {};
}

api_client::api_client(net::http_client& client, http::url base, std::vector<http::header_field> login,
                       api_options options)
    : client_(client), base_(std::move(base)), login_(std::move(login)), options_(options) {}

task<api_answer> api_client::call(api_call what) {
  net::request request{.method = std::move(what.method), .url = base_.extended(what.path), .headers = login_};
  request.headers.push_back({"Accept", secret("application/json")});
  if (!what.content_type.empty()) request.headers.push_back({"Content-Type", secret(std::move(what.content_type))});
  std::string body(what.body.reveal());
  const bool is_question = body.empty() && request.method == "GET";
  std::optional<net::exchange> asked;
  if (is_question) {
    asked = co_await client_.start(std::move(request));
  } else {
    asked = co_await client_.send(std::move(request), std::move(body), options_.patience);
  }
  const http::reply_head* const head = co_await asked->reply();  // of a change, it came already
  api_answer answer;
  answer.status = head->status;
  if (head->is_success()) {
    answer.body = co_await asked->read_all(byte_count(api_reply_limit));
  } else {
    answer.refusal = co_await net::failure_of(*asked);
  }
  co_return answer;
}

task<std::optional<host_kind>> ask_kind(net::http_client& client, http::url repository) {
  constexpr std::string_view question = "/version";
  api_client gitlab(client, api_base_of(repository, host_kind::gitlab), {});
  api_call ask = get(std::string(question));
  const api_answer first = co_await gitlab.call(std::move(ask));
  if (is_gitlab(first)) co_return host_kind::gitlab;
  api_client gitea(client, api_base_of(repository, host_kind::gitea), {});
  ask = get(std::string(question));
  const api_answer second = co_await gitea.call(std::move(ask));
  if (is_gitea(second)) co_return host_kind::gitea;
  // An answer that only says "not now" is none.
  for (const api_answer* const answer : {&first, &second}) {
    if (answer->refusal && answer->refusal->cause() == cause::transient) throw failed(*answer->refusal);
  }
  co_return std::nullopt;
}

}  // namespace hfpipe::platform
