#include "tools/hfpipe/credentials.hpp"

#include <string_view>
#include <utility>

#include "tools/hfpipe/netrc.hpp"

namespace hfpipe::cli {

namespace {

/// The hub takes any user name beside a token.
constexpr std::string_view default_hub_user = "user";
/// GitLab demands it for OAuth tokens; Gitea and the hub take any name.
constexpr std::string_view default_target_user = "oauth2";

secret trimmed(std::string_view token) {
  constexpr std::string_view white = " \t\r\n\f\v";
  const auto first = token.find_first_not_of(white);
  if (first == token.npos) return {};
  return secret(std::string(token.substr(first, token.find_last_not_of(white) - first + 1)));
}

std::string_view or_default(std::string_view given, std::string_view otherwise) {
  return given.empty() ? otherwise : given;
}

/// A leading `~` is the home directory, as in the hub's own tools.
std::string expanded(std::string_view path, const environment& env) {
  if (path != "~" && !path.starts_with("~/")) return std::string(path);
  return std::string(value_of(env, "HOME")) + std::string(path.substr(1));
}

/// The token in `file`, which is called `name`. One that everybody can read is everybody's.
secret token_in(const small_file& file, const std::string& name, std::vector<std::string>& notes) {
  auto token = trimmed(file.content);
  if (file.readable_by_others && !token.empty()) {
    notes.push_back("other users of this machine can read the token in " + name + ": chmod 600 it");
  }
  return token;
}

/// A token file that may well not be there.
secret read_if_there(const std::string& path, const file_reader& read_file, std::vector<std::string>& notes) {
  if (path.empty()) return {};
  const auto content = read_file(path);
  return content ? token_in(*content, path, notes) : secret();
}

/// The token that this command's environment names: any source that the user named may see it.
secret named_hub_token(const environment& env, const file_reader& read_file, std::vector<std::string>& notes) {
  for (const std::string_view variable : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
    if (auto token = trimmed(value_of(env, variable)); !token.empty()) return token;
  }
  if (const auto path = value_of(env, "HF_TOKEN_PATH"); !path.empty()) {
    auto token = read_if_there(expanded(path, env), read_file, notes);
    if (token.empty()) notes.emplace_back("HF_TOKEN_PATH names a file without a token: going on without");
    return token;
  }
  if (const auto home = value_of(env, "HF_HOME"); !home.empty()) {
    return read_if_there(expanded(home, env) + "/token", read_file, notes);
  }
  return {};
}

/// The token that a login left on this machine long ago: for the hub alone.
secret stored_hub_token(const environment& env, const file_reader& read_file, std::vector<std::string>& notes) {
  if (!value_of(env, "HF_TOKEN_PATH").empty() || !value_of(env, "HF_HOME").empty()) return {};
  if (const auto cache = value_of(env, "XDG_CACHE_HOME"); !cache.empty()) {
    return read_if_there(expanded(cache, env) + "/huggingface/token", read_file, notes);
  }
  if (value_of(env, "HOME").empty()) return {};
  return read_if_there(expanded("~/.cache/huggingface/token", env), read_file, notes);
}

secret hub_token_for(const repository_address& place, const credential_question& ask, const environment& env,
                     const file_reader& read_file, std::vector<std::string>& notes) {
  auto token = named_hub_token(env, read_file, notes);
  const auto& origin = place.url.origin();
  if (token.empty() && origin == ask.hub.origin()) token = stored_hub_token(env, read_file, notes);
  if (!token.empty() && origin.scheme != http::scheme::https && !origin.is_loopback()) {
    notes.push_back("the Hugging Face token is not sent to " + origin.text() + ": plain http");
    return {};
  }
  return token;
}

outcome<secret> token_from_flag(std::string_view flag, const std::string& path, const file_reader& read_file,
                                std::vector<std::string>& notes) {
  const auto content = read_file(path);
  if (!content) {
    // The name is not repeated: it may be the token itself, given in the wrong place.
    return failure(errc::bad_option)
        .detail("the file cannot be read")
        .hint("give the name of a file that holds the token, not the token")
        .at(std::string(flag));
  }
  auto token = token_in(*content, "the file of " + std::string(flag), notes);
  if (token.empty()) return failure(errc::bad_option).detail("there is no token in it").at(std::string(flag));
  return token;
}

/// What the user wrote into the URL decides; a name alone is completed with the token found elsewhere.
std::optional<login> made_of(const repository_address& place, const secret& token, std::string_view user) {
  const auto& password = place.password ? *place.password : token;
  if (password.empty() && !place.user) return std::nullopt;
  const auto& shown_user = place.user && !place.user->empty() ? std::string_view(*place.user) : user;
  return login{std::string(shown_user), password};
}

std::optional<http::credential> shown_only_to(const repository_address& place, const std::optional<login>& who) {
  if (!who) return std::nullopt;
  return http::credential::basic(place.url.origin(), who->user, who->password);
}

/// The user's .netrc, read when it is first asked and only then: with enough in the environment it is nobody's matter.
class netrc_file {
 public:
  netrc_file(const environment& env, const file_reader& read_file, std::vector<std::string>& notes)
      : env_(env), read_file_(read_file), notes_(notes) {}

  /// What it says of the host of `place`, under the user's name that the address has, if it has one.
  std::optional<login> ask(const repository_address& place, std::string_view otherwise_user) {
    const auto& origin = place.url.origin();
    const auto named = place.user ? std::string_view(*place.user) : std::string_view();
    const auto* found = find_netrc(entries(), origin.host, named);
    if (found == nullptr) return std::nullopt;
    if (origin.scheme != http::scheme::https && !origin.is_loopback()) {
      notes_.push_back("the password in " + path() + " is not sent to " + origin.text() + ": plain http");
      return std::nullopt;
    }
    if (std::exchange(readable_by_others_, false)) {
      notes_.push_back("other users of this machine can read the passwords in " + path() + ": chmod 600 it");
    }
    return login{std::string(or_default(found->user, or_default(named, otherwise_user))), found->password};
  }

 private:
  std::string path() const {
    if (const auto named = value_of(env_, "NETRC"); !named.empty()) return expanded(named, env_);
    return value_of(env_, "HOME").empty() ? std::string() : expanded("~/.netrc", env_);
  }

  const std::vector<netrc_entry>& entries() {
    if (entries_) return *entries_;
    entries_.emplace();
    if (path().empty()) return *entries_;
    const auto file = read_file_(path());
    if (!file) {
      const bool is_missed = !value_of(env_, "NETRC").empty() || file.error().code() != errc::not_found;
      if (is_missed) notes_.push_back(path() + " cannot be read: going on without");
      return *entries_;
    }
    auto read = parse_netrc(file->content);
    if (read) {
      entries_ = std::move(*read);
      readable_by_others_ = file->readable_by_others;
    } else {
      notes_.push_back(path() + ", " + read.error().detail() + ": going on without this file");
    }
    return *entries_;
  }

  const environment& env_;
  const file_reader& read_file_;
  std::vector<std::string>& notes_;
  std::optional<std::vector<netrc_entry>> entries_;
  bool readable_by_others_ = false;
};

}  // namespace

outcome<credentials> gather_credentials(const credential_question& ask, const environment& env,
                                        const file_reader& read_file) {
  if (ask.source_token_file == "-" && ask.target_token_file == "-") {
    return failure(errc::bad_option).detail("standard input cannot be both token files");
  }
  credentials found;

  secret source_token;
  if (!ask.source_token_file.empty()) {
    auto read = token_from_flag("--source-token-file", ask.source_token_file, read_file, found.notes);
    if (!read) return read.error();
    source_token = std::move(*read);
  } else if (!ask.source.password) {
    source_token = hub_token_for(ask.source, ask, env, read_file, found.notes);
  }
  const auto hub_user = or_default(value_of(env, "HF_USERNAME"), default_hub_user);
  netrc_file netrc(env, read_file, found.notes);
  const auto decide = [&](const repository_address& place, const secret& token, std::string_view user) {
    const bool has_password = place.password || !token.empty();
    const auto stored = has_password ? std::nullopt : netrc.ask(place, user);
    return stored ? stored : made_of(place, token, user);
  };
  found.source_login = decide(ask.source, source_token, hub_user);
  found.source = shown_only_to(ask.source, found.source_login);

  secret target_token;
  auto target_user = or_default(value_of(env, "TARGET_USERNAME"), default_target_user);
  if (!ask.target_token_file.empty()) {
    auto read = token_from_flag("--target-token-file", ask.target_token_file, read_file, found.notes);
    if (!read) return read.error();
    target_token = std::move(*read);
  } else if (!ask.target.password) {
    target_token = trimmed(value_of(env, "TARGET_TOKEN"));
    if (target_token.empty() && ask.target.url.origin() == ask.hub.origin()) {
      std::vector<std::string> said_already;
      target_token = hub_token_for(ask.target, ask, env, read_file, said_already);
      target_user = hub_user;
    }
  }
  found.target_login = decide(ask.target, target_token, target_user);
  found.target = shown_only_to(ask.target, found.target_login);
  return found;
}

secret api_token_of(const environment& env) {
  return trimmed(value_of(env, "GITLAB_API_TOKEN"));
}

}  // namespace hfpipe::cli
