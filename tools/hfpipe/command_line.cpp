#include "tools/hfpipe/command_line.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <sstream>

#include "tools/hfpipe/spelling.hpp"

namespace hfpipe::cli {

namespace {

enum class kind { text, list, toggle, question };  // a question asks about hfpipe and has no variable

struct flag {
  kind takes;
  std::string_view letter;  ///< `-j`, or empty
  std::string_view name;    ///< `transfers`
  std::string_view value;   ///< `N`, for the help
  std::string_view group;
  std::string_view help;
};

constexpr auto flags = std::to_array<flag>({
    {kind::text, "-s", "source", "SOURCE", "What", "where to copy from"},
    {kind::text, "-t", "target", "TARGET", "What", "where to copy to"},
    {kind::list, "", "refs", "REFSPEC", "What", "instead of all branches and tags; repeatable; ^refs/… leaves out"},
    {kind::toggle, "", "mirror", "", "What", "all refs, and delete on the target what the source no longer has"},
    {kind::toggle, "", "no-force", "", "What", "never move a ref that exists, as if no REFSPEC had a +"},
    {kind::toggle, "", "atomic", "", "What", "all refs or none, where the target can"},
    {kind::toggle, "", "strict", "", "What", "fail when a ref is refused or left out"},
    {kind::text, "", "lfs", "new|all|none", "What", "objects of what moves, of all that the refs reach, or none (new)"},
    {kind::toggle, "", "pointer-only", "", "What", "the same as --lfs none"},
    {kind::toggle, "", "strict-lfs", "", "What", "move no ref when an object is on neither side"},
    {kind::toggle, "", "allow-unscanned", "", "What", "go on though some history could not be searched for objects"},
    {kind::toggle, "", "deep", "", "What", "verify only: read every object back from the target"},
    {kind::toggle, "-n", "dry-run", "", "What", "say what would move, change nothing"},
    {kind::text, "", "source-token-file", "FILE", "Credentials", "read the source's token from FILE, - is stdin"},
    {kind::text, "", "target-token-file", "FILE", "Credentials", "read the target's token from FILE, - is stdin"},
    {kind::text, "-j", "transfers", "N", "Pace", "large objects in flight (8)"},
    {kind::text, "", "threads", "N", "Pace", "threads that move objects (one for each core, at most 4)"},
    {kind::text, "", "max-buffer-memory", "SIZE", "Pace", "ceiling of all buffers, from 16MiB (128MiB)"},
    {kind::text, "", "retries", "N", "Pace", "tries after the first for what is temporary (8)"},
    {kind::text, "", "timeout", "TIME", "Pace", "longest silence on a connection (30s)"},
    {kind::text, "", "contimeout", "TIME", "Pace", "longest wait for a connection (30s)"},
    {kind::text, "", "finalize-timeout", "TIME", "Pace", "wait for an answer after an object's last byte (15m)"},
    {kind::list, "", "ca-cert", "FILE", "Trust", "trust the CAs in this PEM file too; repeatable"},
    {kind::toggle, "", "insecure-skip-verify", "", "Trust", "do not check certificates: anybody on the way can listen"},
    {kind::toggle, "", "allow-http", "", "Trust", "plain http to other hosts than this one"},
    {kind::text, "", "format", "text|json", "Output", "the result on stdout (text)"},
    {kind::text, "", "progress", "STYLE", "Output", "on stderr: auto, tty, plain, json or none (auto)"},
    {kind::text, "", "stats", "TIME", "Output", "between two lines of plain progress (30s)"},
    {kind::toggle, "-v", "verbose", "", "Output", "a line for each object"},
    {kind::toggle, "-q", "quiet", "", "Output", "errors only"},
    {kind::question, "", "version", "", "Output", "which hfpipe this is"},
    {kind::question, "-h", "help", "", "Output", "this text"},
});

constexpr std::array<std::string_view, 4> commands{"copy", "verify", "version", "help"};

/// What decides how something is sent says nothing to a verification, which sends nothing.
constexpr std::array<std::string_view, 7> copy_only{"no-force", "atomic",     "strict",      "lfs",
                                                    "dry-run",  "strict-lfs", "pointer-only"};
constexpr std::array<std::string_view, 1> verify_only{"deep"};

/// `max-buffer-memory` -> `HFPIPE_MAX_BUFFER_MEMORY`.
std::string variable_of(std::string_view name) {
  std::string variable = "HFPIPE_";
  for (const char c : name) {
    variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return variable;
}

failure unknown_flag(std::string_view word) {
  // Only the name: what stands behind `=` may be a secret.
  const auto name = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const auto& f : flags) known.push_back("--" + std::string(f.name));
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  auto why = failure(errc::bad_option).detail("unknown flag " + in_quotes(name));
  if (const auto meant = nearest(name, candidates)) {
    return std::move(why).hint("did you mean " + std::string(*meant) + "?");
  }
  return why;
}

failure unknown_words(const std::vector<std::string>& words, bool command_given) {
  for (const auto& word : words) {
    if (word.size() > 1 && word.front() == '-') return unknown_flag(word);
  }
  if (command_given) return failure(errc::bad_option).detail("too many words");
  auto why = failure(errc::bad_option).detail("unknown command " + in_quotes(words.front()));
  if (const auto meant = nearest(words.front(), commands)) {
    return std::move(why).hint("did you mean hfpipe " + std::string(*meant) + "?");
  }
  return std::move(why).hint("write hfpipe copy SOURCE TARGET");
}

/// Whether a switch that was given this value is on.
outcome<bool> truth_of(std::string_view given_as, std::string_view value) {
  std::string lower(value);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  if (lower == "1" || lower == "true" || lower == "yes" || lower == "on") return true;
  if (lower == "0" || lower == "false" || lower == "no" || lower == "off") return false;
  return failure(errc::bad_option)
      .detail(std::string(given_as) + ": " + in_quotes(value) + " is neither true nor false");
}

outcome<setting> from_variable(const flag& f, std::string variable, std::string_view value) {
  if (f.takes == kind::text) return setting{std::move(variable), {std::string(value)}};
  if (f.takes == kind::list) {
    setting made{std::move(variable), {}};
    std::istringstream words{std::string(value)};
    for (std::string word; words >> word;) made.values.push_back(word);
    return made;
  }
  const auto on = truth_of(variable, value);
  if (!on) return on.error();
  return *on ? setting{std::move(variable), {"true"}} : setting{std::move(variable), {}};
}

/// What was given for `f` on the command line, the last one where one is taken. A switch that is off has no value.
outcome<setting> from_words(const flag& f, std::vector<std::string> values) {
  setting made{"--" + std::string(f.name), std::move(values)};
  if (f.takes != kind::list) made.values.erase(made.values.begin(), made.values.end() - 1);
  if (f.takes == kind::text || f.takes == kind::list) return made;
  const auto on = truth_of(made.given_as, made.values.front());  // `--dry-run` alone reads as `true`
  if (!on) return on.error();
  if (!*on) made.values.clear();
  return made;
}

/// A flag of the other command is a misunderstanding; a variable may well be there for other runs.
outcome<void> drop_flags_of_others(command_line& line) {
  if (line.command != command::copy && line.command != command::verify) return {};
  const bool verifies = line.command == command::verify;
  const std::span<const std::string_view> others =
      verifies ? std::span<const std::string_view>(copy_only) : verify_only;
  for (const auto name : others) {
    const auto* given = line.find(name);
    if (given == nullptr) continue;
    if (given->given_as.starts_with("--")) {
      return failure(errc::bad_option)
          .detail(given->given_as + " says nothing to hfpipe " + (verifies ? "verify" : "copy"));
    }
    line.settings.erase(line.settings.find(name));
  }
  return {};
}

/// A variable of ours that is no flag but nearly one is a typo; any other may be somebody else's.
std::vector<std::string> notes_on_variables(const environment& env) {
  constexpr std::string_view prefix = "HFPIPE_";
  std::vector<std::string> known;
  for (const auto& f : flags) known.push_back(variable_of(f.name).substr(prefix.size()));
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  std::vector<std::string> notes;
  for (const auto& [name, value] : env) {
    if (!name.starts_with(prefix)) continue;
    const auto own = std::string_view(name).substr(prefix.size());
    if (std::find(candidates.begin(), candidates.end(), own) != candidates.end()) continue;
    const auto meant = nearest(own, candidates);
    if (meant) notes.push_back(name + " is no setting of hfpipe's: did you mean HFPIPE_" + std::string(*meant) + "?");
  }
  return notes;
}

}  // namespace

outcome<command_line> read_command_line(const std::vector<std::string>& args, const environment& env) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  auto* copy = app.add_subcommand("copy");
  auto* verify = app.add_subcommand("verify");
  auto* version = app.add_subcommand("version");
  auto* help = app.add_subcommand("help");
  std::vector<std::string> words;
  for (auto* sub : {copy, verify, help}) {
    sub->add_option("words", words);  // any number: a word too many is better explained below
  }
  for (auto* sub : {copy, verify, version, help}) {
    sub->set_help_flag();
    sub->fallthrough()->allow_extras();
  }

  std::map<std::string_view, CLI::Option*> options;
  for (const auto& f : flags) {
    const auto spelled = (f.letter.empty() ? "" : std::string(f.letter) + ",") + "--" + std::string(f.name);
    if (f.takes == kind::toggle || f.takes == kind::question) {
      options[f.name] = app.add_flag(spelled);
    } else {
      const auto policy = f.takes == kind::list ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::TakeLast;
      options[f.name] = app.add_option(spelled)->expected(1)->multi_option_policy(policy)->allow_extra_args(false);
    }
  }

  try {
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
  } catch (const CLI::ParseError& broken) {
    // Every value is text to CLI11, so its messages speak of flags and counts, never of values.
    return failure(errc::bad_option).detail(broken.what());
  }
  const bool command_given = copy->parsed() || verify->parsed() || version->parsed() || help->parsed();
  if (const auto left = app.remaining(true); !left.empty()) return unknown_words(left, command_given);

  command_line line;
  if (help->parsed()) {
    line.command = command::help;
    return line;
  }
  if (words.size() > 2) {
    const std::string name = verify->parsed() ? "verify" : "copy";
    return failure(errc::bad_option).detail("too many words: SOURCE and TARGET are all that " + name + " takes");
  }
  if (verify->parsed()) line.command = command::verify;
  if (version->parsed()) line.command = command::version;
  for (const auto& f : flags) {
    const auto* option = options[f.name];
    if (option->count() == 0) continue;
    auto made = from_words(f, option->results());
    if (!made) return made.error();
    if (f.takes != kind::question) {
      line.settings.emplace(f.name, std::move(*made));
    } else if (!made->values.empty()) {
      line.command = f.name == "help" ? command::help : command::version;
    }
  }
  constexpr std::array<std::string_view, 2> places{"source", "target"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool twice = line.find(places[i]) != nullptr;
    if (twice) return failure(errc::bad_option).detail("the " + std::string(places[i]) + " is given twice");
    line.settings.emplace(places[i], setting{i == 0 ? "SOURCE" : "TARGET", {words[i]}});
  }
  for (const auto& f : flags) {
    const auto variable = variable_of(f.name);
    const auto value = value_of(env, variable);
    if (f.takes == kind::question || value.empty() || line.find(f.name) != nullptr) continue;
    auto made = from_variable(f, variable, value);
    if (!made) return made.error();
    line.settings.emplace(f.name, std::move(*made));
  }
  // A switch that is off stood there only so that its variable could not turn it on.
  std::erase_if(line.settings, [](const auto& each) { return each.second.values.empty(); });
  if (const auto checked = drop_flags_of_others(line); !checked) return checked.error();
  line.notes = notes_on_variables(env);
  return line;
}

std::string help_text() {
  std::string text =
      "hfpipe copies a whole model repository (refs, history, LFS objects) from Hugging Face to another\n"
      "Git LFS host: host to host, in bounded memory, with nothing staged on disk.\n"
      "\n"
      "  hfpipe copy SOURCE TARGET [flags]\n"
      "  hfpipe --source SOURCE --target TARGET [flags]\n"
      "  hfpipe verify SOURCE TARGET [--deep] [flags]    is the target a true copy? changes nothing\n"
      "  hfpipe version | help\n"
      "\n"
      "SOURCE and TARGET: owner/name, datasets/owner/name, spaces/owner/name, hf://owner/name (all on\n"
      "HF_ENDPOINT) or the https URL of any Git repository.\n";
  std::string_view group;
  for (const auto& f : flags) {
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
      "separated by spaces). The flag wins. Sizes: 64KiB, 16MiB, 1GB. Times: 5s, 2m, 1h.\n"
      "\n"
      "Tokens: HF_TOKEN (or the file HF_TOKEN_PATH, or what hf auth login stored) for the source, with\n"
      "HF_USERNAME; TARGET_TOKEN with TARGET_USERNAME for the target. HTTPS_PROXY, HTTP_PROXY, NO_PROXY,\n"
      "SSL_CERT_FILE, SSL_CERT_DIR, NO_COLOR and GIT_LFS_SKIP_SMUDGE are obeyed.\n"
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
