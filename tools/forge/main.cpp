#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "tools/forge/certificates.hpp"
#include "tools/forge/server.hpp"

// The forge: a small Git and LFS host for the demo, the tests and the benchmark.

using namespace hfpipe;
using namespace hfpipe::forge;

namespace {

struct server_flags {
  site_options site;
  std::uint16_t port = 0;
  std::uint16_t cdn_port = 0;
  std::string root, token, certificate, key, log, port_file, part_size;
  bool no_filter = false;
};

void add_server_flags(CLI::App& app, server_flags& flags) {
  app.add_option("--root", flags.root, "folder of the bare repositories, DIR/owner/name.git");
  app.add_option("--port", flags.port, "0 takes a free one");
  app.add_option("--cdn-port", flags.cdn_port, "the same for signed object URLs");
  app.add_option("--tls-cert", flags.certificate, "certificate chain; makes both ports https");
  app.add_option("--tls-key", flags.key, "its key");
  app.add_option("--personality", flags.site.personality,
                 "plain, huggingface, gitlab, gitea, modelscope, openxlab or giftless");
  app.add_option("--user", flags.site.user, "what git is told as the pusher's name");
  app.add_option("--token", flags.token, "password of every request");
  app.add_flag("--anonymous-read", flags.site.anonymous_read, "reads need no token");
  app.add_option("--git-protocol", flags.site.git_protocol, "0 hides protocol v2")->check(CLI::IsMember({0, 2}));
  app.add_flag("--no-filter", flags.no_filter, "upload-pack offers no filter");
  app.add_flag("--discard-blobs", flags.site.discard_blobs, "uploads are checked and counted, not kept");
  app.add_option("--url-lifetime", flags.site.url_lifetime, "seconds that a signed URL is good for");
  app.add_option("--lfs-token-lifetime", flags.site.lfs_token_lifetime,
                 "seconds that a credential of GitLab's for an object is good for");
  app.add_option("--part-size", flags.part_size, "bytes of a part, where uploads are made in parts");
  app.add_option("--api", flags.site.api, "whose API the host has")
      ->check(CLI::IsMember({"gitlab", "gitea", "huggingface", "modelscope"}));
  app.add_option("--mirror-api", flags.site.mirror_api, "pull mirrors: new, old or none")
      ->check(CLI::IsMember({"new", "old", "none"}));
  app.add_option("--fault-rate", flags.site.storm.rate, "of all occasions, how many meet a fault: 0.05")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--fault-seed", flags.site.storm.seed, "the same seed, the same faults");
  app.add_option("--fault-kinds", flags.site.storm.kinds,
                 "which: names, or harmless, passing, wrong_once, lethal (all but the last)")
      ->delimiter(',');
  app.add_option("--fault-times", flags.site.storm.times, "the most that one object or URL suffers");
  app.add_option("--log", flags.log, "one JSON line a request");
  app.add_option("--port-file", flags.port_file, "gets the ready line too");
}

void announce(const site& at, std::uint16_t port, std::uint16_t admin_port, const std::string& port_file) {
  const std::string scheme = at.secure ? "https" : "http";
  const boost::json::object ready{{"ready", true},
                                  {"port", port},
                                  {"cdn_port", at.cdn_port},
                                  {"admin_port", admin_port},
                                  {"url", scheme + "://127.0.0.1:" + std::to_string(port)}};
  const std::string line = boost::json::serialize(ready) + "\n";
  if (!port_file.empty()) {
    // Renamed into place: who waits for the file never reads half of it.
    const std::string unfinished = port_file + ".part";
    std::ofstream(unfinished) << line;
    std::filesystem::rename(unfinished, port_file);
  }
  std::cout << line << std::flush;
}

[[noreturn]] void serve(server_flags flags) {
  if (flags.root.empty()) throw failed(failure(errc::bad_option).detail("--root is missing"));
  flags.site.root = flags.root;
  flags.site.filter = !flags.no_filter;
  if (!flags.token.empty()) flags.site.token = secret(flags.token);
  if (!flags.log.empty()) flags.site.log = flags.log;
  if (!flags.part_size.empty()) flags.site.part_size = parse_byte_count(flags.part_size).value();

  // Every thread inherits the mask; this one waits for the signals below.
  sigset_t ends;
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGTERM);
  ::sigaddset(&ends, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  site at(std::move(flags.site));
  tls_context tls;
  if (!flags.certificate.empty()) tls = load_tls(flags.certificate, flags.key);
  at.secure = tls != nullptr;
  listener own(flags.port);
  listener cdn(flags.cdn_port);
  listener admin(0);
  at.cdn_port = cdn.port();
  std::thread(accept_connections, std::ref(at), std::ref(own), tls.get(), door::own).detach();
  std::thread(accept_connections, std::ref(at), std::ref(cdn), tls.get(), door::cdn).detach();
  std::thread(accept_connections, std::ref(at), std::ref(admin), nullptr, door::admin).detach();
  announce(at, own.port(), admin.port(), flags.port_file);

  int received = 0;
  ::sigwait(&ends, &received);
  at.children.kill_all();
  // Connections still run on what this function owns: nothing of it may be destroyed.
  std::_Exit(0);
}

struct blob_flags {
  std::string root, repository, size;
  std::uint64_t seed = 0;
};

void add_generated(const blob_flags& flags) {
  const generated_blob blob{flags.seed, parse_byte_count(flags.size).value()};
  const std::filesystem::path root(flags.root);
  const lfs_oid oid = cached_oid(blob, root / "generated-digests.txt");
  register_generated(root / (flags.repository + ".git"), oid, blob);
  std::cout << pointer_text({oid, blob.size});
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A small Git and LFS host for demonstrations, tests and benchmarks", "forge");
  server_flags server;
  add_server_flags(app, server);
  std::string folder;
  CLI::App& certs = *app.add_subcommand("certs", "make a private CA and a server certificate");
  certs.add_option("folder", folder)->required();
  blob_flags blob;
  CLI::App& add = *app.add_subcommand("add-generated", "register a blob that is computed; prints its pointer");
  add.add_option("--root", blob.root)->required();
  add.add_option("--repo", blob.repository)->required();
  add.add_option("--size", blob.size)->required();
  add.add_option("--seed", blob.seed)->required();
  CLI11_PARSE(app, argc, argv);
  try {
    if (certs.parsed()) {
      make_certificates(folder);
    } else if (add.parsed()) {
      add_generated(blob);
    } else {
      serve(std::move(server));
    }
  } catch (const std::exception& why) {
    std::cerr << "forge: " << why.what() << '\n';
    return 2;
  }
}
