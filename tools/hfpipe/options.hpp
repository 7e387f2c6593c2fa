#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/transfer.hpp"
#include "engine/verification.hpp"
#include "protocol/http/credential.hpp"
#include "tools/hfpipe/address.hpp"
#include "tools/hfpipe/credentials.hpp"
#include "tools/hfpipe/environment.hpp"
#include "transports/net/http_client.hpp"

namespace hfpipe::cli {

enum class result_format { text, json };
enum class progress_style { automatic, tty, plain, json, none };
enum class verbosity { quiet, normal, verbose };
enum class colour { off, on };

/// How to talk while working.
struct talk_options {
  progress_style progress = progress_style::automatic;
  duration stats = std::chrono::seconds(30);  ///< between two lines of plain progress
  cli::verbosity verbosity = cli::verbosity::normal;
  cli::colour colour = cli::colour::on;  ///< on a terminal; NO_COLOR turns it off
  bool dumb_terminal = false;            ///< TERM=dumb: nothing can be redrawn
};

/// Who may see a repository that is created: whoever sees the source, its members, or everybody.
enum class visibility { match, private_, public_ };

/// What all of a run may use of the line; absent: as much as goes.
struct rate_options {
  std::optional<byte_count> bytes{};  ///< a second, of what leaves for the target
  std::optional<double> requests{};   ///< a second, to whatever host
};

/// Whose API a host speaks.
enum class api_platform { automatic, gitlab, gitea, forgejo, hugging_face, modelscope };

/// The target's API, as far as the user named it.
struct api_choice {
  api_platform platform = api_platform::automatic;
  std::optional<http::url> base;  ///< no trailing '/'; absent: made from the target
  secret token;                   ///< empty: the target's password serves
  std::string project_path;       ///< decoded, without slashes around it or `.git`; empty: the target's path
};

/// One copy, checked as far as that goes without a network.
struct copy_request {
  http::url source;
  http::url target;
  std::optional<http::credential> source_credential;
  std::optional<http::credential> target_credential;
  transfer_options transfer;
  std::optional<visibility> creation;  ///< of the target, where it does not exist yet; absent: it must
  bool set_default_branch = false;     ///< make the source's default branch the target's
  std::optional<login> source_login;   ///< what source_credential is made of, for the API
  std::optional<login> target_login;
  api_choice api;                ///< for the two above
  std::optional<http::url> hub;  ///< where the hub is
  net::client_options network;
  rate_options rates;    ///< of a job of several: those of all count, not these
  unsigned threads = 1;  ///< in all, the run's own included
  duration finalize_timeout = std::chrono::minutes(15);
  result_format format = result_format::text;
  talk_options talk;
  std::vector<std::string> notes;  ///< what to say before the start
};

/// One verification: ends, refs, pace and output as for a copy.
struct verify_request {
  copy_request as_copy;
  verify_depth depth = verify_depth::presence;
};

/// A target that is to pull by itself.
struct mirror_request {
  http::url source;
  http::url target;
  std::optional<login> source_login;  ///< handed to the target's host, which pulls with it
  std::optional<login> target_login;
  std::optional<http::credential> source_credential;  ///< what the logins make for git
  std::optional<http::credential> target_credential;
  api_choice api;
  std::optional<http::url> hub;  ///< where the hub is
  net::client_options network;
  retry_policy retries;
  duration finalize_timeout = std::chrono::minutes(15);
  result_format format = result_format::text;
  talk_options talk;
  std::vector<std::string> notes;  ///< what to say before the start
};

/// What a place to measure is, and who we are there.
struct bench_end {
  http::url url;
  std::optional<http::credential> credential;
};

/// What is measured: this machine always, and the ends that are named. Widths, memory and pace as of a copy.
struct bench_request {
  std::optional<bench_end> source;  ///< read from, and what is read is dropped
  std::optional<bench_end> target;  ///< written to; its user agreed that objects stay there
  transfer_options transfer;
  duration seconds = std::chrono::seconds(20);  ///< for each end
  net::client_options network;
  rate_options rates;
  unsigned threads = 1;
  duration finalize_timeout = std::chrono::minutes(15);
  result_format format = result_format::text;
  talk_options talk;
  std::vector<std::string> notes;  ///< what to say before the start
};

/// One copy of several.
struct sync_job {
  std::string name;  ///< unlike all others'
  copy_request request;
};

/// Many copies, some at once. How to talk, threads and memory are of all together: each job's own buffer_memory is the
/// share of it that it may use beside the others.
struct sync_request {
  std::string file;  ///< where the jobs stand
  std::vector<sync_job> jobs;
  std::size_t at_once = 1;  ///< at most as many as there are jobs
  bool keep_going = false;  ///< begin the next job also when one has failed
  rate_options rates;       ///< of all jobs together
  unsigned threads = 1;
  result_format format = result_format::text;
  talk_options talk;
  std::vector<std::string> notes;  ///< what to say before the start
};

/// A text for stdout, and nothing else to do.
struct answer {
  std::string text;
};

using invocation = std::variant<copy_request, sync_request, verify_request, mirror_request, bench_request, answer>;

/// Turns the command line and the process's environment into what to do. Nothing else reads either. Order: flag,
/// for a job of a jobs file the job and its defaults, HFPIPE_<FLAG> in the environment, the same in the env file,
/// default. Reads the env file, the jobs file, and files where tokens are kept.
/// Fails with errc::bad_option, bad_url, bad_refspec or insecure_refused; every one of them is wrong usage.
outcome<invocation> parse_options(const std::vector<std::string>& args, const environment& process,
                                  const file_reader& read_file);

/// The smaller of this machine's cores and 4: more help only a line of several GB/s.
unsigned default_threads();
/// Each has a connection pool of its own; far more than any line feeds.
inline constexpr unsigned most_threads = 64;
/// Whether the result was to be JSON, as far as that can be told where parse_options failed.
bool asks_for_json(const std::vector<std::string>& args, const environment& env);

/// Jobs at once where nobody says how many: while one lists and asks, the other moves bytes.
inline constexpr unsigned default_jobs_at_once = 2;
/// More only divide the memory; each holds connections to two hosts.
inline constexpr unsigned most_jobs_at_once = 64;
/// More objects in flight than that only queue up at the hosts; each holds two connections.
inline constexpr unsigned most_transfers = 256;
/// More connections for one object only divide what one host gives.
inline constexpr unsigned most_streams = 64;
/// With the longest wait between two tries, half a day.
inline constexpr unsigned most_retries = 1000;
/// An hour of a host's bandwidth is nothing to ask for by mistake.
inline constexpr unsigned most_bench_seconds = 3600;
/// Slower, and the objects that share the line get so little that hosts take them for dead.
inline constexpr byte_count least_byte_rate{1U << 10};
/// A request in a quarter of an hour: slower, and no link that a host hands out lives until it is used.
inline constexpr double least_request_rate = 0.001;
inline constexpr double most_request_rate = 1e6;
/// Below it not even one relay, one kept pack and the walker fit side by side.
inline constexpr byte_count least_buffer_memory{16U << 20};

}  // namespace hfpipe::cli
