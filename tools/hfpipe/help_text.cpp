#include "tools/hfpipe/help_text.hpp"

#include <algorithm>

#include "tools/hfpipe/flags.hpp"

namespace hfpipe::cli {

std::string help_text() {
  std::string text =
      "hfpipe copies a whole model repository (refs, history, LFS objects) from Hugging Face to another\n"
      "Git LFS host: host to host, in bounded memory, with nothing staged on disk.\n"
      "\n"
      "  hfpipe copy SOURCE TARGET [flags]\n"
      "  hfpipe --source SOURCE --target TARGET [flags]\n"
      "  hfpipe sync -f jobs.yaml [flags]                many repositories; docs/sync.md has the file\n"
      "  hfpipe verify SOURCE TARGET [--deep] [flags]    is the target a true copy? changes nothing\n"
      "  hfpipe mirror SOURCE TARGET [flags]             make a GitLab or Gitea target pull by itself\n"
      "  hfpipe bench [SOURCE] [TARGET --scratch]        how fast this machine and these ends are\n"
      "  hfpipe completion bash|zsh|fish                 a script that completes flags in that shell\n"
      "  hfpipe version | help\n"
      "\n"
      "SOURCE and TARGET: owner/name, datasets/owner/name, spaces/owner/name, hf://owner/name (all on\n"
      "HF_ENDPOINT; owner/name@v1 is that branch or tag alone), the https URL of any Git repository, or a\n"
      "folder of this machine as ./name or /path/name.\n";
  std::string_view group;
  for (const auto& f : all_flags()) {
    if (f.help.empty()) continue;
    if (f.group != group) text += "\n" + std::string(f.group) + ":\n";
    group = f.group;
    std::string left = f.letter.empty() ? "      " : "  " + std::string(f.letter) + ", ";
    left += "--" + std::string(f.name);
    if (!f.value.empty()) left += " " + std::string(f.value);
    left.resize(std::max<std::size_t>(left.size() + 2, 34), ' ');
    text += left + std::string(f.help) + "\n";
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
      "GIT_LFS_SKIP_SMUDGE are obeyed.\n"
      "\n"
      "Examples:\n"
      "  TARGET_TOKEN=… hfpipe copy Qwen/Qwen3-0.6B https://gitlab.example.com/models/qwen3-0.6b.git\n"
      "  hfpipe copy datasets/openai/gsm8k https://git.example.com/data/gsm8k.git -n --format json\n"
      "\n"
      "Exit codes:\n"
      "  0  done, also when there was nothing to do    5  temporary: run the same command again\n"
      "  1  another error                              6  partial: some refs or objects were refused\n"
      "  2  wrong usage                                7  credentials, rights, quota or policy\n"
      "  3  source not found or not visible           11  content does not match its digest\n"
      "  4  target not found or refuses every ref     12  verify: the target is different\n"
      "                                               130, 143  stopped by a signal\n";
  return text;
}

}  // namespace hfpipe::cli
