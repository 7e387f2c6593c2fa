#include "tools/hfpipe/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>
#include <utility>

#include "tools/hfpipe/command_line.hpp"
#include "tools/hfpipe/credentials.hpp"
#include "tools/hfpipe/duration_text.hpp"
#include "tools/hfpipe/proxy_environment.hpp"
#include "tools/hfpipe/spelling.hpp"

namespace hfpipe::cli {

namespace {

/// The readers below throw `failed`; parse_options turns that back into a value, so that each line here is one rule.
[[noreturn]] void refuse(const setting& given, const std::string& why) {
  throw failed(failure(errc::bad_option).detail(given.given_as + ": " + why));
}

const std::string& value_of(const setting& given) {
  if (given.values.back().empty()) refuse(given, "an empty value");
  return given.values.back();
}

void read(const command_line& line, std::string_view flag, duration& into) {
  const auto* given = line.find(flag);
  if (given == nullptr) return;
  const auto span = parse_duration(value_of(*given));
  if (!span)
    refuse(*given, in_quotes(given->values.back()) + " is " + span.error().detail() + " (write 5s, 2m or 1h30m)");
  into = *span;
}

void read(const command_line& line, std::string_view flag, unsigned least, unsigned most, unsigned& into) {
  const auto* given = line.find(flag);
  if (given == nullptr) return;
  const auto& text = value_of(*given);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    refuse(*given, in_quotes(text) + " is not a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  into = number;
}

bool read_switch(const command_line& line, std::string_view flag) {
  return line.find(flag) != nullptr;
}

/// The enumerators stand in `names` in the order of their values.
template <class Enum, std::size_t N>
void read(const command_line& line, std::string_view flag, const std::array<std::string_view, N>& names, Enum& into) {
  const auto* given = line.find(flag);
  if (given == nullptr) return;
  const auto& text = value_of(*given);
  std::string choices;
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == text) {
      into = static_cast<Enum>(i);
      return;
    }
    choices += (i == 0 ? "" : i + 1 == N ? " or " : ", ") + std::string(names[i]);
  }
  refuse(*given, in_quotes(text) + " is not " + choices);
}

byte_count read_buffer_memory(const command_line& line, byte_count otherwise) {
  const auto* given = line.find("max-buffer-memory");
  if (given == nullptr) return otherwise;
  const auto size = parse_byte_count(value_of(*given));
  if (!size)
    refuse(*given,
           in_quotes(given->values.back()) + " is not a size (write 64KiB, 16MiB, 1GB or 65536: units end in B)");
  if (*size < least_buffer_memory) refuse(*given, "at least " + to_text(least_buffer_memory) + " are needed");
  return *size;
}

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
  transfer.buffer_memory = read_buffer_memory(line, transfer.buffer_memory);
  read(line, "retries", 0, most_retries, transfer.retries.retries);
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

std::string value_or_nothing(const command_line& line, std::string_view flag) {
  const auto* given = line.find(flag);
  return given == nullptr ? std::string() : value_of(*given);
}

unsigned read_threads(const command_line& line) {
  unsigned threads = default_threads();
  read(line, "threads", 1, most_threads, threads);
  return threads;
}

/// Hosts take a repository's name with and without `.git`.
bool same_place(const http::url& one, const http::url& other) {
  const auto bare = [](std::string text) { return text.ends_with(".git") ? text.substr(0, text.size() - 4) : text; };
  return bare(one.shown()) == bare(other.shown());
}

copy_request read_copy(const command_line& line, const environment& env, const file_reader& read_file) {
  auto network = read_network(line, env);
  const auto allowed = network.allow_http ? plain_http::anywhere : plain_http::loopback_only;
  const auto hub = hub_endpoint(cli::value_of(env, "HF_ENDPOINT"), allowed).value();
  const auto source = read_address(line, "source", hub, allowed);
  const auto target = read_address(line, "target", hub, allowed);
  const credential_question ask{source, target, hub, value_or_nothing(line, "source-token-file"),
                                value_or_nothing(line, "target-token-file")};
  if (same_place(source.url, target.url)) {
    throw failed(failure(errc::bad_option).detail("the source and the target are the same repository"));
  }
  auto found = gather_credentials(ask, env, read_file).value();

  copy_request request{.source = source.url,
                       .target = target.url,
                       .source_credential = std::move(found.source),
                       .target_credential = std::move(found.target),
                       .transfer = read_transfer(line, env),
                       .network = std::move(network),
                       .threads = read_threads(line),
                       .talk = read_talk(line, env),
                       .notes = std::move(found.notes)};
  read(line, "finalize-timeout", request.finalize_timeout);
  read(line, "format", std::array<std::string_view, 2>{"text", "json"}, request.format);
  request.notes.insert(request.notes.end(), line.notes.begin(), line.notes.end());
  if (!request.network.trust.verify) {
    request.notes.emplace_back(
        "CERTIFICATES ARE NOT CHECKED (--insecure-skip-verify): anybody on the way can read the tokens and change "
        "the data");
  }
  return request;
}

}  // namespace

unsigned default_threads() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
}

outcome<invocation> parse_options(const std::vector<std::string>& args, const environment& env,
                                  const file_reader& read_file) {
  const auto line = read_command_line(args, env);
  if (!line) return line.error();
  switch (line->command) {
    case command::help:
      return invocation(answer{help_text()});
    case command::version:
      return invocation(answer{"hfpipe " HFPIPE_VERSION "\n"});
    case command::copy:
    case command::verify:
      break;
  }
  try {
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
