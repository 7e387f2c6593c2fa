#include "tools/hfpipe/command_line.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

#include "tools/hfpipe/flags.hpp"
#include "tools/hfpipe/spelling.hpp"

namespace hfpipe::cli {

namespace {

/// What others call what we have, or have and we do not.
struct foreign_flag {
  std::string_view name, instead;
};
constexpr auto foreign_flags = std::to_array<foreign_flag>({
    {"--token", "give it as HF_TOKEN or TARGET_TOKEN, or by --source-token-file: arguments are seen by every process"},
    {"--force", "that is the default; --no-force turns it off"},
    {"--prune", "write --mirror"},
    {"--all", "write --mirror for all refs, --lfs all for all objects"},
    {"--branch", "write --refs +refs/heads/NAME:refs/heads/NAME, or owner/name@NAME"},
    {"--revision", "write owner/name@REVISION, or --refs"},
    {"--private", "write --create --visibility private"},
    {"--public", "write --create --visibility public"},
});

/// A hint for a flag that does not exist; empty where none comes to mind.
std::string hint_for(std::string_view name) {
  const auto* const foreign = std::find_if(foreign_flags.begin(), foreign_flags.end(),
                                           [&](const foreign_flag& each) { return each.name == name; });
  if (foreign != foreign_flags.end()) return std::string(foreign->instead);
  constexpr std::string_view turned_off = "--no-";
  std::vector<std::string> longer;
  for (const auto& f : all_flags()) {
    const std::string known = "--" + std::string(f.name);
    const bool negates = name.starts_with(turned_off) && name.substr(turned_off.size()) == f.name;
    if (negates && f.takes == kind::toggle) return known + " is off where it is not given";
    if (name.size() > 3 && known.starts_with(name)) longer.push_back(known);
  }
  return longer.size() == 1 ? "did you mean " + longer.front() + "?" : "";
}

failure unknown_flag(std::string_view word) {
  // Only the name: what stands behind `=` may be a secret.
  const auto name = word.substr(0, word.find('='));
  if (auto hint = hint_for(name); !hint.empty()) {
    return failure(errc::bad_option).detail("unknown flag " + in_quotes(name)).hint(std::move(hint));
  }
  std::vector<std::string> known;
  for (const auto& f : all_flags()) known.push_back("--" + std::string(f.name));
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
  if (const auto meant = nearest(words.front(), all_commands())) {
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

/// The words behind the command: SOURCE and TARGET, the jobs file, or the shell to complete for.
outcome<void> place_words(command_line& line, const std::vector<std::string>& words) {
  if (line.command == command::help || line.command == command::version) return {};
  const bool completes = line.command == command::completion;
  const bool syncs = line.command == command::sync;
  const std::size_t most = completes || syncs ? 1 : 2;
  if (words.size() > most) {
    const std::string all = completes ? "a shell is" : syncs ? "a jobs file is" : "SOURCE and TARGET are";
    return failure(errc::bad_option)
        .detail("too many words: " + all + " all that " + std::string(to_text(line.command)) + " takes");
  }
  if (completes || syncs) {
    if (words.empty()) return {};
    const auto placed = completes ? line.settings.emplace("shell", setting{"SHELL", words})
                                  : line.settings.emplace("file", setting{"the jobs file", words});
    if (!placed.second) return failure(errc::bad_option).detail("the jobs file is given twice");
    return {};
  }
  constexpr std::array<std::string_view, 2> places{"source", "target"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool twice = line.find(places[i]) != nullptr;
    if (twice) return failure(errc::bad_option).detail("the " + std::string(places[i]) + " is given twice");
    line.settings.emplace(places[i], setting{i == 0 ? "SOURCE" : "TARGET", {words[i]}});
  }
  return {};
}

/// A flag of another command is a misunderstanding; a variable may well be there for other runs.
outcome<void> drop_flags_of_others(command_line& line) {
  for (const auto& f : all_flags()) {
    const auto* given = line.find(f.name);
    if (given == nullptr || listens(line.command, f)) continue;
    if (given->given_as.starts_with("--")) {
      return failure(errc::bad_option)
          .detail(given->given_as + " has no meaning for hfpipe " + std::string(to_text(line.command)));
    }
    line.settings.erase(line.settings.find(f.name));
  }
  return {};
}

/// A variable of ours that is no flag but nearly one is a typo; any other may be somebody else's.
std::vector<std::string> notes_on_variables(const environment& env) {
  constexpr std::string_view prefix = "HFPIPE_";
  std::vector<std::string> known;
  for (const auto& f : all_flags()) known.push_back(variable_of(f.name).substr(prefix.size()));
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

outcome<command_line> read_words(const std::vector<std::string>& args) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<std::string> words;
  std::map<std::string_view, CLI::App*> verbs;
  for (const auto name : all_commands()) {
    auto* sub = verbs[name] = app.add_subcommand(std::string(name));
    sub->set_help_flag();
    sub->fallthrough()->allow_extras();
    if (name != "version") sub->add_option("words", words);  // any number: a word too many is better explained below
  }

  std::map<std::string_view, CLI::Option*> options;
  for (const auto& f : all_flags()) {
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
  } catch (const CLI::ArgumentMismatch& broken) {
    const std::string_view said = broken.what();
    return failure(errc::bad_option).detail(std::string(said.substr(0, said.find(':'))) + " needs a value");
  } catch (const CLI::ParseError& broken) {
    // Every value is text to CLI11, so its messages speak of flags and counts, never of values.
    return failure(errc::bad_option).detail(broken.what());
  }
  command_line line;
  bool command_given = false;
  for (std::size_t i = 0; i < all_commands().size(); ++i) {
    if (!verbs[all_commands()[i]]->parsed()) continue;
    if (static_cast<command>(i) == command::help && command_given) line.topic = line.command;
    line.command = static_cast<command>(i);
    command_given = true;
  }
  if (const auto left = app.remaining(true); !left.empty()) return unknown_words(left, command_given);
  if (line.command == command::help) {
    if (words == std::vector<std::string>{"help"}) line.topic = command::help;
    if (line.topic || words.empty()) return line;
    return failure(errc::bad_option).detail("no command of that name").hint("hfpipe help lists them");
  }

  for (const auto& f : all_flags()) {
    const auto* option = options[f.name];
    if (option->count() == 0) continue;
    auto made = from_words(f, option->results());
    if (!made) return made.error();
    if (f.takes != kind::question) {
      line.settings.emplace(f.name, std::move(*made));
    } else if (!made->values.empty()) {
      if (f.name == "help" && command_given) line.topic = line.command;
      line.command = f.name == "help" ? command::help : command::version;
    }
  }
  const auto placed = place_words(line, words);
  if (!placed) return placed.error();
  return line;
}

outcome<void> add_variables(command_line& line, const environment& env) {
  for (const auto& f : all_flags()) {
    if (f.takes == kind::question || line.find(f.name) != nullptr) continue;
    for (const auto& variable : {variable_of(f.name), std::string(f.old)}) {
      const auto value = value_of(env, variable);
      if (value.empty()) continue;
      auto made = from_variable(f, variable, value);
      if (!made) return made.error();
      line.settings.emplace(f.name, std::move(*made));
      break;
    }
  }
  // A switch that is off stood there only so that its variable could not turn it on.
  std::erase_if(line.settings, [](const auto& each) { return each.second.values.empty(); });
  if (line.command == command::copy && line.find("use-remote-mirror") != nullptr) line.command = command::mirror;
  if (const auto checked = drop_flags_of_others(line); !checked) return checked.error();
  line.notes = notes_on_variables(env);
  return {};
}

}  // namespace hfpipe::cli
