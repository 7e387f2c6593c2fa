#include "tools/hfpipe/job_words.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace hfpipe::cli {

namespace {

/// A named credential's usual place, and what else would be asked for the same.
struct credential_place {
  std::string_view variable;
  std::vector<std::string_view> rivals;
};

credential_place place_of(credential_role role) {
  switch (role) {
    case credential_role::source_token:
      return {"HF_TOKEN", {"HFPIPE_SOURCE_TOKEN_FILE", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH"}};
    case credential_role::source_username:
      return {"HF_USERNAME", {}};
    case credential_role::target_token:
      return {"TARGET_TOKEN", {"HFPIPE_TARGET_TOKEN_FILE", "GITLAB_API_TOKEN"}};
    case credential_role::target_username:
      return {"TARGET_USERNAME", {}};
    case credential_role::api_token:
      break;
  }
  return {"GITLAB_API_TOKEN", {}};
}

}  // namespace

command_line as_command_line(const listed_job& job, const command_line& given) {
  command_line words;
  words.command = command::copy;
  for (const auto& f : all_flags()) {
    const setting* said = given.find(f.name);
    if (said != nullptr && listens(command::copy, f)) words.settings.emplace(f.name, *said);
  }
  words.settings.insert(job.settings.begin(), job.settings.end());
  // A switch that is off keeps its variable from turning it on: a job is a copy, whatever a lone copy would become.
  words.settings.emplace("use-remote-mirror", setting{"use-remote-mirror", {}});
  return words;
}

outcome<environment> environment_of(const listed_job& job, const environment& env) {
  environment seen = env;
  // The roles come in the order of their enumerators, so that a named api token is set after the target's cleared it.
  for (const auto& [role, named] : job.credentials) {
    const auto value = value_of(env, named.variable);
    if (value.empty()) {
      return failure(errc::bad_option)
          .detail(named.given_as + ": the variable " + named.variable + " is not set")
          .hint("put the token into it, or into .env");
    }
    const credential_place place = place_of(role);
    for (const auto rival : place.rivals) seen.erase(std::string(rival));
    seen.insert_or_assign(std::string(place.variable), std::string(value));
  }
  return seen;
}

}  // namespace hfpipe::cli
