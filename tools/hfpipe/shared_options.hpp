#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/hfpipe/address.hpp"
#include "tools/hfpipe/command_line.hpp"
#include "tools/hfpipe/credentials.hpp"
#include "tools/hfpipe/options.hpp"

// What the requests of several commands have alike, read from the command line and the variables. Every function throws
// `failed` with what parse_options() fails with.

namespace hfpipe::cli {

/// How hosts are reached, and whom to believe.
net::client_options read_network(const command_line& line, const environment& env);
/// Says so where nobody's certificate is checked.
void note_trust(const net::client_options& network, std::vector<std::string>& notes);
/// How to talk to people.
talk_options read_talk(const command_line& line, const environment& env);
void read_output(const command_line& line, result_format& format);
rate_options read_rates(const command_line& line);
unsigned read_threads(const command_line& line);

/// The repository that `flag`, source or target, names.
repository_address read_address(const command_line& line, std::string_view flag, const http::url& hub,
                                plain_http allowed);

/// What a request between two places has: who may see what there, and how to talk to the hosts.
struct two_ends {
  repository_address source, target;
  credentials found;
  http::url hub;
  net::client_options network;
  std::vector<std::string> notes;
};
two_ends read_ends(const command_line& line, const environment& env, const file_reader& read_file);

/// The target's API, apart from whose it is.
api_choice read_api(const command_line& line, const environment& env, const net::client_options& network);

}  // namespace hfpipe::cli
