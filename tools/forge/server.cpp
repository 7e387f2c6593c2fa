#include "tools/forge/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <iostream>
#include <thread>

#include "tools/forge/git_backend.hpp"
#include "tools/forge/host_api.hpp"
#include "tools/forge/lfs_api.hpp"
#include "tools/forge/object_download.hpp"
#include "tools/forge/object_upload.hpp"
#include "tools/forge/parts_upload.hpp"
#include "tools/forge/request_faults.hpp"
#include "tools/forge/signed_path.hpp"

namespace hfpipe::forge {

namespace json = boost::json;

namespace {

constexpr std::size_t fault_request_limit = 64 * 1024;
constexpr std::uint64_t refusal_ms = 300;
constexpr fault_subject nobody{.method = "", .target = ""};

void serve_faults(const visit& request) {
  exchange& with = request.exchange;
  if (with.method() == "DELETE") {
    request.site.faults.clear(query_value(request.to.query, "path"));
  } else if (with.method() == "POST") {
    const auto text = with.read_whole_body(fault_request_limit);
    boost::system::error_code error;
    const json::value asked = json::parse(text ? *text : std::string(), error);
    const auto added =
        error ? outcome<void>(failure(errc::bad_option).detail("not JSON")) : request.site.faults.add(asked);
    if (!added) return with.send(lfs_error(400, added.error().what()));
  }
  const std::string_view one = query_value(request.to.query, "repository");
  with.send(json_reply(200, json::serialize(one.empty() ? request.site.faults.show() : request.site.faults.show(one))));
}

void serve_own(const visit& request) {
  const bool is_put = request.exchange.method() == "PUT";
  switch (request.to.service) {
    case service::faults:
      return serve_faults(request);
    case service::host_api:
      return serve_host_api(request);
    case service::info_refs:
    case service::upload_pack:
    case service::receive_pack:
      return serve_git(request);
    case service::lfs_batch:
      return serve_batch(request);
    case service::lfs_verify:
      return serve_verify(request);
    case service::lfs_object:
      return is_put ? serve_upload(request) : serve_download(request);
    case service::lfs_parts:
      return serve_parts_call(request);
    case service::cdn_blob:
    case service::cdn_part:
    case service::cdn_store:
    case service::unknown:
      break;
  }
  request.exchange.send({404, {{"Content-Type", "text/plain"}}, "Not found\n"});
}

// False when the connection is over.
bool serve_one(site& at, wire& connection, boost::beast::flat_buffer& input, door which) {
  exchange with(connection, input);
  if (!with.read_head()) return false;
  const route to = parse_route(with.target());
  const visit request{at, with, to};
  connection.harm(std::nullopt, std::nullopt);
  if (which == door::admin) {
    to.service == service::faults ? serve_faults(request) : with.send({404, {}, ""});
  } else if (to.service != service::faults && spoil_request(request)) {
    // answered, in its way
  } else if (which == door::own) {
    serve_own(request);
  } else if (to.service == service::cdn_blob) {
    serve_cdn(request);
  } else if (to.service == service::cdn_part) {
    serve_part(request);
  } else if (to.service == service::cdn_store) {
    serve_store(request);
  } else {
    with.send({404, {}, ""});
  }
  with.release();
  if (!with.keeps_connection() && !with.was_cut()) connection.close_politely();
  return with.keeps_connection();
}

void serve_connection(site& at, int socket, SSL_CTX* tls, door which) {
  if (which != door::admin && spoil_connection(at, socket, tls != nullptr)) {
    ::close(socket);
    return;
  }
  try {
    wire connection(socket, tls);
    boost::beast::flat_buffer input;
    while (serve_one(at, connection, input, which)) {
    }
  } catch (const boost::system::system_error&) {
    // The peer went away or does not speak HTTP; who served it has logged what there was.
  } catch (const std::exception& why) {
    std::cerr << "forge: " << why.what() << '\n';
  }
}

}  // namespace

tls_context load_tls(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  tls_context loaded(SSL_CTX_new(TLS_server_method()));
  if (!loaded) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(loaded.get(), TLS1_2_VERSION);
  SSL_CTX_set_read_ahead(loaded.get(), 1);
  SSL_CTX_set_default_read_buffer_len(loaded.get(), 64 * 1024);
  if (SSL_CTX_use_certificate_chain_file(loaded.get(), certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(loaded.get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(loaded.get()) != 1) {
    throw failed(failure(errc::bad_option).at(certificate.string()).detail("not a certificate and its key"));
  }
  return loaded;
}

listener::listener(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  ::setsockopt(descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);  // a host of tests is nobody else's business
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(descriptor(), generic, size) != 0 || ::listen(descriptor(), SOMAXCONN) != 0 ||
      ::getsockname(descriptor(), generic, &size) != 0) {
    throw failed(failure(errc::bad_option).at("port " + std::to_string(port)).detail(std::strerror(errno)));
  }
  port_ = ntohs(address.sin_port);
}

void listener::be_away(std::chrono::milliseconds time) {
  socket_ = open_file(-1);
  std::this_thread::sleep_for(time);
  while (socket_.descriptor() < 0) {
    try {
      *this = listener(port_);
    } catch (const failed&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));  // somebody's own port for a moment
    }
  }
}

void accept_connections(site& at, listener& from, SSL_CTX* tls, door which) {
  for (;;) {
    const int socket = ::accept4(from.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) {
      if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(std::chrono::milliseconds(50));
      continue;
    }
    const auto fault = which == door::admin ? std::nullopt : at.faults.take("connection_refused", nobody);
    if (fault) {
      ::close(socket);
      from.be_away(std::chrono::milliseconds(fault->ms.value_or(refusal_ms)));
      continue;
    }
    std::thread(serve_connection, std::ref(at), socket, tls, which).detach();
  }
}

}  // namespace hfpipe::forge
