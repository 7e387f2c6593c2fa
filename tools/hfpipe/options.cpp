#include "tools/hfpipe/options.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "tools/hfpipe/command_line.hpp"
#include "tools/hfpipe/completion.hpp"
#include "tools/hfpipe/credentials.hpp"
#include "tools/hfpipe/env_file.hpp"
#include "tools/hfpipe/flag_values.hpp"
#include "tools/hfpipe/help_text.hpp"
#include "tools/hfpipe/job_words.hpp"
#include "tools/hfpipe/jobs_file.hpp"
#include "tools/hfpipe/proxy_environment.hpp"
#include "tools/hfpipe/spelling.hpp"

namespace hfpipe::cli {

namespace {

lfs_mode read_lfs(const command_line& line, const environment& env) {
  const bool pointers_only = read_switch(line, "pointer-only");
  if (const auto* given = line.find("lfs")) {
    auto mode = lfs_mode::new_objects;
    read(line, "lfs", std::array<std::string_view, 3>{"new", "all", "none"}, mode);
    if (pointers_only && mode != lfs_mode::none) refuse(*given, "contradicts --pointer-only");
    return mode;
  }
  const auto skip = cli::value_of(env, "GIT_LFS_SKIP_SMUDGE");
  const bool git_lfs_skips = skip == "1" || skip == "true" || skip == "yes" || skip == "on";
  return pointers_only || git_lfs_skips ? lfs_mode::none : lfs_mode::new_objects;
}

/// A mirror is all refs and nothing else; with --refs, all and nothing else of what those map to.
ref_policy read_refs(const command_line& line) {
  constexpr std::string_view every_ref = "+refs/*:refs/*";
  ref_policy policy;
  if (const auto* refs = line.find("refs")) {
    for (const auto& text : refs->values) policy.refspecs.push_back(git::refspec::parse(text).value());
  }
  policy.no_force = read_switch(line, "no-force");
  policy.prune = read_switch(line, "mirror");
  const auto excludes = [](const git::refspec& spec) { return spec.is_negative(); };
  const bool names_none = std::all_of(policy.refspecs.begin(), policy.refspecs.end(), excludes);
  if (policy.prune && names_none) policy.refspecs.push_back(git::refspec::parse(every_ref).value());
  return policy;
}

transfer_options read_transfer(const command_line& line, const environment& env) {
  transfer_options transfer;
  transfer.refs = read_refs(line);
  transfer.lfs = read_lfs(line, env);
  transfer.atomic = read_switch(line, "atomic");
  transfer.strict = read_switch(line, "strict");
  transfer.strict_lfs = read_switch(line, "strict-lfs");
  transfer.allow_unscanned = read_switch(line, "allow-unscanned");
  if (transfer.strict_lfs && transfer.lfs == lfs_mode::none) {
    refuse(*line.find("strict-lfs"), "contradicts --lfs none, which looks for no object");
  }
  transfer.mode = read_switch(line, "dry-run") ? run_mode::dry_run : run_mode::copy;
  read(line, "transfers", 1, most_transfers, transfer.transfers);
  read(line, "streams", 1, most_streams, transfer.streams);
  read_size(line, "max-buffer-memory", least_buffer_memory, transfer.buffer_memory);
  read(line, "retries", 0, most_retries, transfer.retries.retries);
  read(line, "retry-delay", transfer.retries.first_wait);
  return transfer;
}

net::client_options read_network(const command_line& line, const environment& env) {
  net::client_options network;
  network.user_agent = "hfpipe/" HFPIPE_VERSION;
  network.allow_http = read_switch(line, "allow-http");
  network.proxies = proxies_of(env).value();
  read(line, "timeout", network.timeouts.idle);
  read(line, "contimeout", network.timeouts.connect);
  if (const auto file = cli::value_of(env, "SSL_CERT_FILE"); !file.empty()) {
    network.trust.ca_files.emplace_back(file);
  }
  network.trust.ca_directory = cli::value_of(env, "SSL_CERT_DIR");
  if (const auto* given = line.find("ca-cert")) {
    network.trust.ca_files.insert(network.trust.ca_files.end(), given->values.begin(), given->values.end());
  }
  network.trust.verify = !read_switch(line, "insecure-skip-verify");
  return network;
}

talk_options read_talk(const command_line& line, const environment& env) {
  talk_options talk;
  read(line, "progress", std::array<std::string_view, 5>{"auto", "tty", "plain", "json", "none"}, talk.progress);
  read(line, "stats", talk.stats);
  const bool verbose = read_switch(line, "verbose");
  const bool quiet = read_switch(line, "quiet");
  if (verbose && quiet) refuse(*line.find("quiet"), "contradicts " + line.find("verbose")->given_as);
  talk.verbosity = verbose ? verbosity::verbose : quiet ? verbosity::quiet : verbosity::normal;
  talk.dumb_terminal = cli::value_of(env, "TERM") == "dumb";
  talk.colour = cli::value_of(env, "NO_COLOR").empty() && !talk.dumb_terminal ? colour::on : colour::off;
  return talk;
}

repository_address read_address(const command_line& line, std::string_view flag, const http::url& hub,
                                plain_http allowed) {
  const auto* given = line.find(flag);
  if (given == nullptr) {
    throw failed(failure(errc::bad_option)
                     .detail("no " + std::string(flag) + " is given")
                     .hint("write hfpipe copy SOURCE TARGET, or see hfpipe --help"));
  }
  auto address = parse_address(given->values.back(), hub, allowed);
  if (!address) throw failed(failure(address.error()).at(given->given_as));
  return std::move(*address);
}

/// Two jobs that write the same refs of one target undo each other's work.
void refuse_rivals(const std::vector<sync_job>& jobs) {
  const auto chooses = [](const sync_job& job) {
    const ref_policy& refs = job.request.transfer.refs;
    return !refs.prune && (!refs.refspecs.empty() || !refs.revision.empty());
  };
  std::map<std::string, const sync_job*> writers;
  for (const sync_job& job : jobs) {
    std::string place = job.request.target.shown();
    if (!job.request.target.is_folder() && place.ends_with(".git")) place.resize(place.size() - 4);
    const auto [first, is_new] = writers.emplace(std::move(place), &job);
    if (is_new || (chooses(*first->second) && chooses(job))) continue;
    throw failed(failure(errc::bad_option)
                     .detail("the jobs " + in_quotes(first->second->name) + " and " + in_quotes(job.name) +
                             " write to the same target")
                     .hint("give both their own refs:, or leave one out"));
  }
}

rate_options read_rates(const command_line& line) {
  rate_options rates;
  read_rate(line, "bwlimit", least_byte_rate, rates.bytes);
  read_rate(line, "tpslimit", least_request_rate, most_request_rate, rates.requests);
  return rates;
}

unsigned read_threads(const command_line& line) {
  unsigned threads = default_threads();
  read(line, "threads", 1, most_threads, threads);
  return threads;
}

/// Hosts take a repository's name with and without `.git`; folders are what they are called.
bool same_place(const http::url& one, const http::url& other) {
  if (one.is_folder() || other.is_folder()) return one == other;
  const auto bare = [](std::string text) { return text.ends_with(".git") ? text.substr(0, text.size() - 4) : text; };
  return bare(one.shown()) == bare(other.shown());
}

/// What every request has: two places, who may see what, and how to talk to people and hosts.
struct two_ends {
  repository_address source, target;
  credentials found;
  http::url hub;
  net::client_options network;
  std::vector<std::string> notes;
};

void note_trust(const net::client_options& network, std::vector<std::string>& notes) {
  if (network.trust.verify) return;
  notes.emplace_back(
      "CERTIFICATES ARE NOT CHECKED (--insecure-skip-verify): anybody on the way can read the tokens and change "
      "the data");
}

two_ends read_ends(const command_line& line, const environment& env, const file_reader& read_file) {
  auto network = read_network(line, env);
  const auto allowed = network.allow_http ? plain_http::anywhere : plain_http::loopback_only;
  const auto hub = hub_endpoint(cli::value_of(env, "HF_ENDPOINT"), allowed).value();
  auto source = read_address(line, "source", hub, allowed);
  auto target = read_address(line, "target", hub, allowed);
  if (!target.revision.empty()) {
    throw failed(
        failure(errc::bad_option)
            .detail("a target has no revision")
            .hint("leave it out, and name what a branch is called there with --refs +refs/heads/a:refs/heads/b"));
  }
  const credential_question ask{source, target, hub, value_or_nothing(line, "source-token-file"),
                                value_or_nothing(line, "target-token-file")};
  if (same_place(source.url, target.url)) {
    throw failed(failure(errc::bad_option).detail("the source and the target are the same repository"));
  }
  auto found = gather_credentials(ask, env, read_file).value();
  auto notes = std::move(found.notes);
  notes.insert(notes.end(), line.notes.begin(), line.notes.end());
  note_trust(network, notes);
  return {std::move(source), std::move(target), std::move(found), hub, std::move(network), std::move(notes)};
}

void read_output(const command_line& line, result_format& format) {
  read(line, "format", std::array<std::string_view, 2>{"text", "json"}, format);
}

std::optional<visibility> read_creation(const command_line& line) {
  const auto* given = line.find("visibility");
  if (!read_switch(line, "create")) {
    if (given != nullptr && given->given_as.starts_with("--")) refuse(*given, "says nothing without --create");
    return std::nullopt;
  }
  auto seen = visibility::match;
  read(line, "visibility", std::array<std::string_view, 3>{"match", "private", "public"}, seen);
  return seen;
}

std::optional<http::url> read_api_base(const command_line& line, const net::client_options& network) {
  const auto* given = line.find("api-base");
  if (given == nullptr) return std::nullopt;
  const auto allowed = network.allow_http ? plain_http::anywhere : plain_http::loopback_only;
  auto base = api_base(value_of(*given), allowed);
  if (!base) throw failed(failure(base.error()).at(given->given_as));
  return std::move(*base);
}

/// A path, which GitLab takes encoded as well; the number of a project is one too.
std::string read_project_path(const command_line& line) {
  const auto* given = line.find("project-path");
  if (given == nullptr) return {};
  std::string path = value_of(*given);
  while (path.starts_with('/')) path.erase(0, 1);
  while (path.ends_with('/')) path.pop_back();
  if (path.ends_with(".git")) path.resize(path.size() - 4);
  for (auto at = path.find("%2F"); at != std::string::npos; at = path.find("%2F")) path.replace(at, 3, "/");
  const auto plain = [](char c) { return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '%' && c != ':'; };
  if (path.empty() || !std::all_of(path.begin(), path.end(), plain)) {
    refuse(*given, in_quotes(given->values.back()) + " is not a project's path (write group/name)");
  }
  return path;
}

api_choice read_api(const command_line& line, const environment& env, const net::client_options& network) {
  api_choice choice{
      .base = read_api_base(line, network), .token = api_token_of(env), .project_path = read_project_path(line)};
  return choice;
}

/// The API of a copy's target, where the copy asks something of it.
api_choice read_api_of_copy(const command_line& line, const environment& env, const copy_request& request) {
  if (!request.creation && !request.set_default_branch) {
    for (const char* flag : {"platform", "api-base", "project-path"}) {
      const auto* given = line.find(flag);
      if (given != nullptr && given->given_as.starts_with("--")) {
        refuse(*given, "says nothing without --create or --set-default-branch");
      }
    }
    return {};
  }
  auto choice = read_api(line, env, request.network);
  constexpr std::array<std::string_view, 6> known{"auto", "gitlab", "gitea", "forgejo", "huggingface", "modelscope"};
  read(line, "platform", known, choice.platform);
  return choice;
}

/// One revision and nothing else.
void choose_revision(const command_line& line, const std::string& revision, ref_policy& refs) {
  for (const char* flag : {"refs", "mirror"}) {
    const auto* given = line.find(flag);
    if (given != nullptr) refuse(*given, "contradicts the revision that the source is given with");
  }
  refs.revision = revision;
}

copy_request read_copy(const command_line& line, const environment& env, const file_reader& read_file) {
  auto ends = read_ends(line, env, read_file);
  const std::string revision = ends.source.revision;
  copy_request request{.source = std::move(ends.source.url),
                       .target = std::move(ends.target.url),
                       .source_credential = std::move(ends.found.source),
                       .target_credential = std::move(ends.found.target),
                       .transfer = read_transfer(line, env),
                       .creation = read_creation(line),
                       .set_default_branch = read_switch(line, "set-default-branch"),
                       .source_login = std::move(ends.found.source_login),
                       .target_login = std::move(ends.found.target_login),
                       .api = {},
                       .hub = ends.hub,
                       .network = std::move(ends.network),
                       .rates = read_rates(line),
                       .threads = read_threads(line),
                       .talk = read_talk(line, env),
                       .notes = std::move(ends.notes)};
  if (!revision.empty()) {
    choose_revision(line, revision, request.transfer.refs);
    request.notes.push_back("only " + revision + " is meant; without it, all branches and tags are");
  }
  const bool git_lfs_decides = line.find("lfs") == nullptr && line.find("pointer-only") == nullptr;
  if (request.transfer.lfs == lfs_mode::none && git_lfs_decides && line.command == command::copy) {
    request.notes.emplace_back("GIT_LFS_SKIP_SMUDGE is set, so that only pointers are copied; --lfs new overrides it");
  }
  read(line, "finalize-timeout", request.finalize_timeout);
  read_output(line, request.format);
  request.api = read_api_of_copy(line, env, request);
  return request;
}

mirror_request read_mirror(const command_line& line, const environment& env, const file_reader& read_file) {
  auto ends = read_ends(line, env, read_file);
  if (ends.source.url.is_folder() || ends.target.url.is_folder()) {
    throw failed(failure(errc::bad_option).detail("a host can only pull from another host: use hfpipe copy"));
  }
  if (!ends.source.revision.empty()) {
    throw failed(failure(errc::bad_option).detail("a host pulls the whole repository: leave the revision out"));
  }
  mirror_request request{.source = std::move(ends.source.url),
                         .target = std::move(ends.target.url),
                         .source_login = std::move(ends.found.source_login),
                         .target_login = std::move(ends.found.target_login),
                         .source_credential = std::move(ends.found.source),
                         .target_credential = std::move(ends.found.target),
                         .api = read_api(line, env, ends.network),
                         .hub = ends.hub,
                         .network = std::move(ends.network),
                         .retries = {},
                         .talk = read_talk(line, env),
                         .notes = std::move(ends.notes)};
  read(line, "platform", std::array<std::string_view, 4>{"auto", "gitlab", "gitea", "forgejo"}, request.api.platform);
  read(line, "retries", 0, most_retries, request.retries.retries);
  read(line, "retry-delay", request.retries.first_wait);
  read(line, "finalize-timeout", request.finalize_timeout);
  read_output(line, request.format);
  return request;
}

/// SOURCE as it is given, or nowhere: then nobody is asked for its credentials either.
std::optional<repository_address> read_bench_end(const command_line& line, std::string_view flag, const http::url& hub,
                                                 plain_http allowed) {
  if (line.find(flag) == nullptr) return std::nullopt;
  return read_address(line, flag, hub, allowed);
}

bench_request read_bench(const command_line& line, const environment& env, const file_reader& read_file) {
  bench_request request;
  request.network = read_network(line, env);
  const auto allowed = request.network.allow_http ? plain_http::anywhere : plain_http::loopback_only;
  const auto hub = hub_endpoint(cli::value_of(env, "HF_ENDPOINT"), allowed).value();
  const auto source = read_bench_end(line, "source", hub, allowed);
  const auto target = read_bench_end(line, "target", hub, allowed);
  const bool agreed = read_switch(line, "scratch");
  if (target && !agreed) {
    throw failed(failure(errc::bad_option)
                     .detail("measuring a target leaves up to 1 GiB of LFS objects there")
                     .hint("name a scratch repository and add --scratch; deleting that repository deletes them"));
  }
  if (agreed && !target) refuse(*line.find("scratch"), "says nothing without a TARGET");
  if (source && !source->revision.empty()) {
    throw failed(failure(errc::bad_option).detail("what is read is the default branch: leave the revision out"));
  }
  const repository_address nowhere{http::url::parse("https://nowhere.invalid/").value(), {}, {}, {}};
  const credential_question ask{source ? *source : nowhere, target ? *target : nowhere, hub,
                                value_or_nothing(line, "source-token-file"),
                                value_or_nothing(line, "target-token-file")};
  auto found = gather_credentials(ask, env, read_file).value();
  if (source) request.source = bench_end{source->url, std::move(found.source)};
  if (target) request.target = bench_end{target->url, std::move(found.target)};
  if (source) request.notes = std::move(found.notes);
  note_trust(request.network, request.notes);
  request.notes.insert(request.notes.end(), line.notes.begin(), line.notes.end());
  read(line, "transfers", 1, most_transfers, request.transfer.transfers);
  read(line, "streams", 1, most_streams, request.transfer.streams);
  read_size(line, "max-buffer-memory", least_buffer_memory, request.transfer.buffer_memory);
  read(line, "retries", 0, most_retries, request.transfer.retries.retries);
  unsigned seconds = 20;
  read(line, "seconds", 1, most_bench_seconds, seconds);
  request.seconds = std::chrono::seconds(seconds);
  request.rates = read_rates(line);
  request.threads = read_threads(line);
  read(line, "finalize-timeout", request.finalize_timeout);
  request.talk = read_talk(line, env);
  read_output(line, request.format);
  return request;
}

/// The memory of one job beside others.
byte_count share_of_memory(const command_line& line, std::size_t jobs, std::size_t& at_once) {
  byte_count all = transfer_options{}.buffer_memory;
  read_size(line, "max-buffer-memory", least_buffer_memory, all);
  const auto most = static_cast<std::size_t>(all.value() / least_buffer_memory.value());
  auto wanted = static_cast<unsigned>(std::min<std::size_t>(default_jobs_at_once, most));
  read(line, "jobs", 1, most_jobs_at_once, wanted);
  at_once = std::min<std::size_t>(wanted, jobs);
  if (at_once > most) {
    refuse(*line.find("jobs"), "that many jobs at once need " + to_text(least_buffer_memory * at_once) +
                                   " of --max-buffer-memory, which is " + to_text(all));
  }
  return all / at_once;
}

/// What one job has to say is said for it, what several have for all of them.
void gather_notes(sync_request& request) {
  std::map<std::string, std::vector<std::string_view>> said;
  for (const sync_job& job : request.jobs) {
    for (const std::string& note : job.request.notes) said[note].push_back(job.name);
  }
  for (const auto& [note, names] : said) {
    const std::string whose = names.size() == 1 ? std::string(names.front()) : std::to_string(names.size()) + " jobs";
    request.notes.push_back(whose + ": " + note);
  }
}

/// What is given twice on standard input can be read once.
file_reader reading_stdin_once(const file_reader& read_file, bool is_taken) {
  return [&read_file, is_taken, kept = std::make_shared<std::optional<outcome<small_file>>>()](
             const std::string& path) -> outcome<small_file> {
    if (path != "-") return read_file(path);
    if (is_taken) return failure(errc::bad_option).detail("standard input holds the jobs, no token");
    if (!*kept) kept->emplace(read_file(path));
    return **kept;
  };
}

/// `given` is what the command line says, `line` the same with the variables.
sync_request read_sync(const command_line& given, const command_line& line, const environment& env,
                       const file_reader& read_file) {
  const auto* file = line.find("file");
  if (file == nullptr) {
    throw failed(failure(errc::bad_option).detail("no jobs file is given").hint("write hfpipe sync -f jobs.yaml"));
  }
  const std::string& path = value_of(*file);
  const auto text = read_file(path);
  if (!text) throw failed(failure(errc::bad_option).detail(file->given_as + ": " + text.error().detail()));
  const auto listed = read_jobs(text->content, path == "-" ? "standard input" : path).value();

  sync_request request{.file = path == "-" ? "standard input" : path,
                       .jobs = {},
                       .keep_going = read_switch(line, "keep-going"),
                       .rates = read_rates(line),
                       .threads = read_threads(line),
                       .talk = read_talk(line, env),
                       .notes = line.notes};
  read_output(line, request.format);
  const byte_count share = share_of_memory(line, listed.size(), request.at_once);
  const file_reader read_token = reading_stdin_once(read_file, path == "-");
  for (const listed_job& job : listed) {
    try {
      const environment variables = environment_of(job, env).value();
      command_line words = as_command_line(job, given);
      add_variables(words, variables).value();
      words.notes.clear();  // of the environment, which `line` has told already
      auto copy = read_copy(words, variables, read_token);
      copy.transfer.buffer_memory = share;
      request.jobs.push_back({job.name, std::move(copy)});
    } catch (const failed& wrong) {
      throw failed(failure(wrong.why()).at("the job " + in_quotes(job.name) + " at " + job.place));
    }
  }
  refuse_rivals(request.jobs);
  gather_notes(request);
  return request;
}

/// What the script needed and hfpipe does not.
void note_old_flags(command_line& line) {
  std::string given;
  for (const std::string_view flag : {"temp-dir", "no-cleanup"}) {
    if (const auto* old = line.find(flag)) given += (given.empty() ? "" : " and ") + old->given_as;
  }
  if (!given.empty()) line.notes.push_back(given + ": without effect, nothing is staged on disk");
}

}  // namespace

unsigned default_threads() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
}

outcome<invocation> parse_options(const std::vector<std::string>& args, const environment& process,
                                  const file_reader& read_file) {
  auto line = read_words(args);
  if (!line) return line.error();
  if (line->command == command::help) return invocation(answer{help_text(line->topic)});
  if (line->command == command::completion) {
    const auto* shell = line->find("shell");
    auto script = completion_for(shell == nullptr ? "" : shell->values.front());
    if (!script) return script.error();
    return invocation(answer{std::move(*script)});
  }
  if (line->command == command::version) return invocation(answer{"hfpipe " HFPIPE_VERSION "\n"});
  try {
    const auto* named = line->find("env-file");
    const std::string file(named != nullptr ? value_of(*named) : cli::value_of(process, "HFPIPE_ENV_FILE"));
    const auto [env, notes] = with_env_file(process, file, read_file).value();
    const command_line given = *line;
    add_variables(*line, env).value();
    line->notes.insert(line->notes.begin(), notes.begin(), notes.end());
    note_old_flags(*line);
    if (line->command == command::mirror) return invocation(read_mirror(*line, env, read_file));
    if (line->command == command::bench) return invocation(read_bench(*line, env, read_file));
    if (line->command == command::sync) return invocation(read_sync(given, *line, env, read_file));
    auto request = read_copy(*line, env, read_file);
    if (line->command == command::copy) return invocation(std::move(request));
    const auto depth = read_switch(*line, "deep") ? verify_depth::bytes : verify_depth::presence;
    return invocation(verify_request{std::move(request), depth});
  } catch (const failed& wrong) {
    return wrong.why();
  }
}

bool asks_for_json(const std::vector<std::string>& args, const environment& env) {
  bool asks = cli::value_of(env, "HFPIPE_FORMAT") == "json";
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i].starts_with("--format=")) asks = args[i] == "--format=json";
    if (args[i] == "--format" && i + 1 < args.size()) asks = args[i + 1] == "json";
  }
  return asks;
}

}  // namespace hfpipe::cli
