#include "tools/hfpipe/options.hpp"

#include <array>
#include <optional>
#include <utility>

#include "tools/hfpipe/command_line.hpp"
#include "tools/hfpipe/completion.hpp"
#include "tools/hfpipe/copy_options.hpp"
#include "tools/hfpipe/credentials.hpp"
#include "tools/hfpipe/env_file.hpp"
#include "tools/hfpipe/flag_values.hpp"
#include "tools/hfpipe/help_text.hpp"
#include "tools/hfpipe/shared_options.hpp"
#include "tools/hfpipe/sync_options.hpp"

namespace hfpipe::cli {

namespace {

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
  if (agreed && !target) refuse(*line.find("scratch"), "has no effect without a TARGET");
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

/// What the script needed and hfpipe does not.
void note_old_flags(command_line& line) {
  std::string given;
  for (const std::string_view flag : {"temp-dir", "no-cleanup"}) {
    if (const auto* old = line.find(flag)) given += (given.empty() ? "" : " and ") + old->given_as;
  }
  if (!given.empty()) line.notes.push_back(given + ": without effect, nothing is staged on disk");
}

}  // namespace

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
