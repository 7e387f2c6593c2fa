#include <signal.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "bench/host/object_service.hpp"
#include "tools/forge/git_backend.hpp"
#include "tools/forge/server.hpp"

// The other ends of a benchmark: a Git and LFS host that is not the bottleneck. It shares the forge's wire and its
// `git http-backend`; objects are patterns, and uploads are thrown away.

using namespace hfpipe;
using namespace hfpipe::bench;

namespace {

// Enough for sixteen records of TLS: Beast reads into what is there, and 512 bytes at a time into nothing.
constexpr std::size_t input_room = 256 * 1024;

struct host {
  explicit host(forge::site_options options) : repositories(std::move(options)) {}

  object_service objects;
  forge::site repositories;
};

void answer(host& at, forge::exchange& with, pace& connection) {
  const forge::route to = forge::parse_route(with.target());
  switch (to.service) {
    case forge::service::info_refs:
    case forge::service::upload_pack:
    case forge::service::receive_pack:
      return forge::serve_git({at.repositories, with, to});
    case forge::service::lfs_batch:
      return at.objects.serve_batch(with, to);
    case forge::service::lfs_object:
      return with.method() == "PUT" ? at.objects.serve_upload(with, to, connection)
                                    : at.objects.serve_download(with, to, connection);
    default:
      if (with.target() == "/counts") return with.send(forge::json_reply(200, at.objects.seen.as_json()));
      return with.send({404, {{"Content-Type", "text/plain"}}, "Not found\n"});
  }
}

void serve_connection(host& at, int socket, SSL_CTX* tls) {
  ++at.objects.seen.connections;
  try {
    forge::wire connection(socket, tls);
    pace speed(at.objects.connection_rate);
    boost::beast::flat_buffer input;
    input.reserve(input_room);
    for (bool open = true; open;) {
      forge::exchange with(connection, input);
      if (!with.read_head()) return;
      answer(at, with, speed);
      with.release();
      open = with.keeps_connection();
      if (!open && !with.was_cut()) connection.close_politely();
    }
  } catch (const boost::system::system_error&) {
    // The peer went away.
  } catch (const std::exception& why) {
    std::cerr << "bench_host: " << why.what() << '\n';
  }
}

void accept_connections(host& at, const forge::listener& from, SSL_CTX* tls) {
  for (;;) {
    const int socket = ::accept4(from.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) std::thread(serve_connection, std::ref(at), socket, tls).detach();
  }
}

struct host_flags {
  std::string root, certificate, key, rate = "0";
  std::vector<std::string> lists;
  std::int64_t delay = 0;
  std::uint16_t port = 0;
  bool check = false;
};

[[noreturn]] void serve(const host_flags& flags) {
  sigset_t ends;
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGTERM);
  ::sigaddset(&ends, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  forge::site_options options;
  options.root = flags.root;
  host at(std::move(options));
  for (const std::string& list : flags.lists) at.objects.objects.add_file(list);
  at.objects.connection_rate = parse_byte_count(flags.rate).value().value();
  at.objects.delay = std::chrono::milliseconds(flags.delay);
  at.objects.checks_uploads = flags.check;
  forge::tls_context tls;
  if (!flags.certificate.empty()) tls = forge::load_tls(flags.certificate, flags.key);
  at.objects.secure = at.repositories.secure = tls != nullptr;
  const forge::listener door(flags.port);
  std::thread(accept_connections, std::ref(at), std::cref(door), tls.get()).detach();
  const std::string scheme = tls ? "https" : "http";
  const boost::json::object ready{{"port", door.port()},
                                  {"url", scheme + "://127.0.0.1:" + std::to_string(door.port())}};
  std::cout << boost::json::serialize(ready) << std::endl;

  int received = 0;
  ::sigwait(&ends, &received);
  at.repositories.children.kill_all();
  std::_Exit(0);  // connections still run on what this function owns
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A Git and LFS host that is not the bottleneck of a benchmark", "bench_host");
  app.require_subcommand(1);
  host_flags flags;
  CLI::App& server = *app.add_subcommand("serve", "serve repositories and patterned objects; discard uploads");
  server.add_option("--root", flags.root, "folder of the bare repositories, DIR/owner/name.git")->required();
  server.add_option("--objects", flags.lists, "a list that `objects` printed (repeatable)");
  server.add_option("--port", flags.port, "0 takes a free one");
  server.add_option("--tls-cert", flags.certificate, "certificate chain; makes it https");
  server.add_option("--tls-key", flags.key, "its key");
  server.add_option("--connection-rate", flags.rate, "bytes a second of each connection's objects; 0 is no limit");
  server.add_option("--delay", flags.delay, "milliseconds before each LFS answer");
  server.add_flag("--check", flags.check, "hash what is uploaded, and refuse what is not what its name says");

  std::string spec, cache;
  std::uint64_t seed = 1;
  CLI::App& objects = *app.add_subcommand("objects", "print the list of patterned objects: OID SIZE SEED");
  objects.add_option("spec", spec, "COUNTxSIZE, as 8x512MB")->required();
  objects.add_option("--seed", seed, "of the first one");
  objects.add_option("--digest-cache", cache, "file that remembers the SHA-256 of large ones")->required();
  CLI11_PARSE(app, argc, argv);
  try {
    if (server.parsed()) serve(flags);
    write_list(std::cout, spec, seed, cache);
  } catch (const std::exception& why) {
    std::cerr << "bench_host: " << why.what() << '\n';
    return 2;
  }
}
