#include "tools/hfpipe/help_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

namespace {

constexpr std::size_t help_width = 100;
constexpr std::size_t help_column = 34;

struct usage {
  command of;
  std::string_view words;
  std::string_view meaning = {};
};

constexpr auto usages = std::to_array<usage>({
    {command::copy, "hfpipe copy SOURCE TARGET [flags]"},
    {command::copy, "hfpipe --source SOURCE --target TARGET [flags]"},
    {command::sync, "hfpipe sync jobs.yaml [flags]", "many repositories; docs/sync.md has the file"},
    {command::verify, "hfpipe verify SOURCE TARGET [--deep] [flags]", "is the target a true copy? changes nothing"},
    {command::mirror, "hfpipe mirror SOURCE TARGET [flags]", "make a GitLab or Gitea target pull by itself"},
    {command::bench, "hfpipe bench [SOURCE] [TARGET --scratch]", "how fast this machine and these ends are"},
    {command::completion, "hfpipe completion bash|zsh|fish", "a script that completes flags in that shell"},
    {command::version, "hfpipe version", "which hfpipe this is"},
    {command::help, "hfpipe help [COMMAND]", "this text, or what a command takes"},
});

std::string usage_lines(std::optional<command> topic) {
  std::string text;
  for (const usage& each : usages) {
    if (topic && each.of != *topic) continue;
    std::string line = "  " + std::string(each.words);
    if (!each.meaning.empty()) line.resize(50, ' ');
    text += line + std::string(each.meaning) + "\n";
  }
  return text;
}

/// What a flag means, on the page of a command without saying that it is of that command only; nothing is deleted by
/// who compares.
std::string_view meaning_of(const flag& f, std::optional<command> topic) {
  std::string_view words = f.help;
  if (!topic) return words;
  if (topic == command::verify && f.name == "mirror") return "all refs, and none that the source no longer has";
  const std::string alone = std::string(to_text(*topic)) + " only: ";
  if (words.starts_with(alone)) words.remove_prefix(alone.size());
  return words;
}

bool takes_flags(std::optional<command> topic) {
  return !topic || (*topic != command::completion && *topic != command::version);
}

}  // namespace

std::string help_text(std::optional<command> topic) {
  if (topic == command::help) topic.reset();
  std::string text;
  if (!topic) {
    text =
        "hfpipe copies a whole model repository (refs, history, LFS objects) from Hugging Face to another\n"
        "Git LFS host: host to host, in bounded memory, with nothing staged on disk.\n"
        "\n";
  }
  text += usage_lines(topic);
  if (!takes_flags(topic)) return text;
  if (topic != command::sync) {
    text +=
        "\n"
        "SOURCE and TARGET: owner/name, datasets/owner/name, spaces/owner/name, hf://owner/name (all on\n"
        "HF_ENDPOINT; owner/name@v1 is that branch or tag alone), the https URL of any Git repository, or a\n"
        "folder of this machine as ./name or /path/name.\n";
  }
  std::string_view group;
  for (const auto& f : all_flags()) {
    if (f.help.empty() || (topic && !listens(*topic, f))) continue;
    if (f.group != group) text += "\n" + std::string(f.group) + ":\n";
    group = f.group;
    std::string left = f.letter.empty() ? "      " : "  " + std::string(f.letter) + ", ";
    left += "--" + std::string(f.name);
    if (!f.value.empty()) left += " " + std::string(f.value);
    left.resize(std::max<std::size_t>(left.size() + 2, help_column), ' ');
    const std::string_view meaning = meaning_of(f, topic);
    const bool fits = left.size() + columns_of(meaning) <= help_width;
    if (!fits) left = left.substr(0, left.size() - 2) + "\n" + std::string(help_column, ' ');
    text += left + std::string(meaning) + "\n";
  }
  text +=
      "\n"
      "Every flag is also a variable: --max-buffer-memory is HFPIPE_MAX_BUFFER_MEMORY (several values are\n"
      "separated by spaces). The flag wins, then the environment, then --env-file.\n"
      "Sizes: 64KiB, 16MiB, 1GB. Times: 5s, 2m, 1h.\n"
      "\n"
      "Tokens: HF_TOKEN (or the file HF_TOKEN_PATH, or what hf auth login stored) for the source, with\n"
      "HF_USERNAME; TARGET_TOKEN with TARGET_USERNAME for the target; GITLAB_API_TOKEN where its API\n"
      "takes another; else what .netrc says of the host.\n"
      "HTTPS_PROXY, HTTP_PROXY, NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR, NETRC, NO_COLOR and\n"
      "GIT_LFS_SKIP_SMUDGE are obeyed.\n";
  if (!topic || topic == command::copy) {
    text +=
        "\n"
        "Examples:\n"
        "  TARGET_TOKEN=… hfpipe copy Qwen/Qwen3-0.6B https://gitlab.example.com/models/qwen3-0.6b.git\n"
        "  hfpipe copy datasets/openai/gsm8k https://git.example.com/data/gsm8k.git -n --format json\n";
  }
  text +=
      "\n"
      "Exit codes:\n"
      "  0  done, also when there was nothing to do    5  temporary: run the same command again\n"
      "  1  another error                              6  partial: some refs or objects were refused\n"
      "  2  wrong usage                                7  credentials, rights, quota or policy\n"
      "  3  source not found or not visible           11  content does not match its digest\n"
      "  4  target not found or refuses every ref     ";
  if (!topic || topic == command::verify) text += "12  verify: the target is different\n" + std::string(47, ' ');
  text += "130, 143  stopped by a signal\n";
  return text;
}

}  // namespace hfpipe::cli
