#include "tools/hfpipe/env_file.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "tools/hfpipe/dotenv.hpp"

namespace hfpipe::cli {

namespace {

constexpr std::string_view found_by_itself = ".env";

/// What only its owner should be able to read. An address may have a password in it.
bool is_secret(std::string_view name, std::string_view value) {
  constexpr std::array<std::string_view, 4> tokens{"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "TARGET_TOKEN",
                                                   "GITLAB_API_TOKEN"};
  if (name == "HFPIPE_SOURCE" || name == "HFPIPE_TARGET") return value.find('@') != value.npos;
  return !value.empty() && std::find(tokens.begin(), tokens.end(), name) != tokens.end();
}

/// What decides to whom tokens go and who is believed: worth a word, when a file that lay around says it.
constexpr std::array<std::string_view, 14> trusted_with_much{
    "HF_ENDPOINT",       "GITLAB_API_BASE", "HFPIPE_API_BASE", "HTTPS_PROXY",  "https_proxy",
    "HTTP_PROXY",        "http_proxy",      "SSL_CERT_FILE",   "SSL_CERT_DIR", "HFPIPE_INSECURE_SKIP_VERIFY",
    "HFPIPE_ALLOW_HTTP", "HFPIPE_CA_CERT",  "HF_TOKEN_PATH",   "NETRC"};

std::string place_of(const std::string& path, const dotenv_fault& fault) {
  return path + ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column);
}

/// The first few; a file that is none of ours may have hundreds.
void note_faults(const std::string& path, const std::vector<dotenv_fault>& faults, std::vector<std::string>& notes) {
  constexpr std::size_t most = 3;
  for (std::size_t i = 0; i < std::min(most, faults.size()); ++i) {
    notes.push_back(place_of(path, faults[i]) + ": " + faults[i].why + ": this line is left out");
  }
  if (faults.size() > most) notes.push_back(path + ": and " + std::to_string(faults.size() - most) + " lines more");
}

void note_what_it_decides(const std::string& path, const environment& process, const dotenv_content& content,
                          std::vector<std::string>& notes) {
  std::string names;
  for (const auto name : trusted_with_much) {
    const auto sets = [&](const dotenv_binding& each) { return each.name == name && each.value; };
    const bool is_set = std::any_of(content.bindings.begin(), content.bindings.end(), sets);
    if (is_set && process.find(name) == process.end()) names += (names.empty() ? "" : ", ") + std::string(name);
  }
  if (!names.empty()) notes.push_back(path + " decides who is talked to and trusted: " + names);
}

}  // namespace

outcome<extended_environment> with_env_file(const environment& process, const std::string& named,
                                            const file_reader& read_file) {
  extended_environment made{process, {}};
  const bool is_named = !named.empty();
  const std::string path = is_named ? named : std::string(found_by_itself);
  const auto file = read_file(path);
  if (!file) {
    if (is_named) return failure(errc::bad_option).detail(file.error().detail()).at("env file");
    if (file.error().code() != errc::not_found) made.notes.push_back(file.error().detail() + ": going on without it");
    return made;
  }

  const auto content = parse_dotenv(file->content);
  if (is_named && !content.faults.empty()) {
    const auto& first = content.faults.front();
    return failure(errc::bad_option)
        .detail(place_of(path, first) + ": " + first.why)
        .hint("write NAME=value, with quotes around a value that has blanks or # in it");
  }
  note_faults(path, content.faults, made.notes);
  if (!is_named) note_what_it_decides(path, process, content, made.notes);
  const auto added = add_dotenv(made.variables, content);
  if (!added) return failure(added.error()).at(path);

  const auto tells = [](const dotenv_binding& each) { return each.value && is_secret(each.name, *each.value); };
  if (file->readable_by_others && std::any_of(content.bindings.begin(), content.bindings.end(), tells)) {
    made.notes.push_back(path + " holds a secret and other users of this machine can read it: chmod 600 " + path);
  }
  return made;
}

}  // namespace hfpipe::cli
