#include "tools/hfpipe/completion.hpp"

#include <algorithm>

#include "tools/hfpipe/flags.hpp"
#include "tools/hfpipe/spelling.hpp"

namespace hfpipe::cli {

namespace {

bool takes_value(const flag& f) {
  return f.takes == kind::text || f.takes == kind::list;
}

bool is_choice(const flag& f) {
  return takes_value(f) && f.value.find('|') != f.value.npos;
}

bool is_path(const flag& f) {
  return f.value == "FILE" || f.value == "DIR";
}

std::string choices_of(const flag& f) {
  std::string words(f.value);
  std::replace(words.begin(), words.end(), '|', ' ');
  return words;
}

std::string command_words() {
  std::string words;
  for (const auto name : all_commands()) words += (words.empty() ? "" : " ") + std::string(name);
  return words;
}

std::string flag_words() {
  std::string words;
  for (const auto& f : all_flags()) words += (words.empty() ? "--" : " --") + std::string(f.name);
  return words;
}

std::string bash_words(const std::string& words) {
  return "COMPREPLY=($(compgen -W \"" + words + "\" -- \"$word\"))";
}

std::string for_bash() {
  const std::string files = "COMPREPLY=($(compgen -f -- \"$word\"))";
  std::string script =
      "# bash: source <(hfpipe completion bash)\n"
      "_hfpipe() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  COMPREPLY=()\n"
      "  case $before in\n";
  for (const auto& f : all_flags()) {
    if (!takes_value(f)) continue;
    script += "    --" + std::string(f.name) + (f.letter.empty() ? "" : "|" + std::string(f.letter)) + ") ";
    if (is_choice(f)) script += bash_words(choices_of(f)) + "; ";
    if (is_path(f)) script += files + "; ";
    script += "return ;;\n";
  }
  script += "    completion) " + bash_words("bash zsh fish") + "; return ;;\n";
  script += "  esac\n";
  script += "  if [[ $word == -* ]]; then\n    " + bash_words(flag_words()) + "\n";
  script += "  elif ((COMP_CWORD == 1)); then\n    " + bash_words(command_words()) + "\n";
  script += "  else\n    " + files + "\n  fi\n}\ncomplete -F _hfpipe hfpipe\n";
  return script;
}

/// Inside `'--flag[text]:value:action'` a bracket, a colon and a quote mean something.
std::string for_zsh_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\'') {
      safe += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':') safe += '\\';
    safe += c;
  }
  return safe;
}

std::string for_zsh() {
  std::string script =
      "#compdef hfpipe\n"
      "# zsh: hfpipe completion zsh > _hfpipe, in a folder of $fpath\n"
      "_arguments \\\n";
  for (const auto& f : all_flags()) {
    std::string rest = "[" + for_zsh_text(f.help) + "]";
    if (takes_value(f)) rest += ":" + for_zsh_text(f.value) + ":";
    if (is_choice(f)) rest += "(" + choices_of(f) + ")";
    if (is_path(f)) rest += "_files";
    const std::string begin = f.takes == kind::list ? "  '*" : "  '";
    if (!f.letter.empty()) script += begin + std::string(f.letter) + rest + "' \\\n";
    script += begin + "--" + std::string(f.name) + rest + "' \\\n";
  }
  return script + "  '1:command:(" + command_words() + ")' '*:repository:_files'\n";
}

std::string for_fish_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\'' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe;
}

std::string for_fish() {
  std::string script =
      "# fish: hfpipe completion fish > ~/.config/fish/completions/hfpipe.fish\n"
      "complete -c hfpipe -n __fish_use_subcommand -f -a '" +
      command_words() +
      "'\n"
      "complete -c hfpipe -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n";
  for (const auto& f : all_flags()) {
    script += "complete -c hfpipe -l " + std::string(f.name);
    if (!f.letter.empty()) script += " -s " + std::string(f.letter.substr(1));
    if (takes_value(f)) script += is_path(f) ? " -r" : " -x";
    if (is_choice(f)) script += " -a '" + choices_of(f) + "'";
    script += " -d '" + for_fish_text(f.help) + "'\n";
  }
  return script;
}

}  // namespace

outcome<std::string> completion_for(std::string_view shell) {
  if (shell == "bash") return for_bash();
  if (shell == "zsh") return for_zsh();
  if (shell == "fish") return for_fish();
  const std::string asked = shell.empty() ? "no shell is given" : in_quotes(shell) + " is no shell that is known";
  return failure(errc::bad_option).detail(asked).hint("write hfpipe completion bash, zsh or fish");
}

}  // namespace hfpipe::cli
