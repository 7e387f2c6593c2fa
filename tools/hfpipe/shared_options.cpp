#include "tools/hfpipe/shared_options.hpp"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "tools/hfpipe/flag_values.hpp"
#include "tools/hfpipe/proxy_environment.hpp"
#include "tools/hfpipe/spelling.hpp"

namespace hfpipe::cli {

namespace {

/// Hosts take a repository's name with and without `.git`; folders are what they are called.
bool same_place(const http::url& one, const http::url& other) {
  if (one.is_folder() || other.is_folder()) return one == other;
  const auto bare = [](std::string text) { return text.ends_with(".git") ? text.substr(0, text.size() - 4) : text; };
  return bare(one.shown()) == bare(other.shown());
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

}  // namespace

net::client_options read_network(const command_line& line, const environment& env) {
  net::client_options network;
  network.user_agent = "hfpipe/" HFPIPE_VERSION;
  network.allow_http = read_switch(line, "allow-http");
  network.proxies = proxies_of(env).value();
  read(line, "timeout", network.timeouts.idle);
  read(line, "contimeout", network.timeouts.connect);
  network.trust.system_file = cli::value_of(env, "SSL_CERT_FILE");
  network.trust.system_directory = cli::value_of(env, "SSL_CERT_DIR");
  if (const auto* given = line.find("ca-cert")) network.trust.ca_files = given->values;
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

api_choice read_api(const command_line& line, const environment& env, const net::client_options& network) {
  api_choice choice{
      .base = read_api_base(line, network), .token = api_token_of(env), .project_path = read_project_path(line)};
  return choice;
}

unsigned default_threads() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
}

}  // namespace hfpipe::cli
