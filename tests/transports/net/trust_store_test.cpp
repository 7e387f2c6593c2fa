#include "transports/net/trust_store.hpp"

#include <openssl/pem.h>

#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/fails_with.hpp"
#include "tests/support/http_setting.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace trust_store_test {

constexpr std::string_view hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

void answer(peer_link& c) {
  while (!c.read_head().empty()) c.send(hi);
}

/// The name under which OpenSSL looks for a CA in a directory.
std::string hashed_name(const test_ca& ca) {
  const std::string& text = ca.certificate();
  const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                                                        BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> read(PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr),
                                                         X509_free);
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "%08lx.0", X509_NAME_hash(X509_get_subject_name(read.get())));
  return name.data();
}

struct setting : http_setting {
  test_ca ca;
  void trust_ca() { options.trust.ca_files = {ca.file()}; }

  /// What a client that trusts options.trust says of a host with a certificate of `by`: `200 hi`, or why not.
  std::string says_of(const test_ca& by) {
    http_setting fresh;
    fresh.options = options;
    loopback_peer peer(by.issue({"IP:127.0.0.1"}));
    peer.script(answer);
    try {
      return fresh.get_text(peer.url());
    } catch (const failed& broken) {
      return std::string(name_of(broken.why()));
    }
  }
};

}  // namespace trust_store_test

BOOST_FIXTURE_TEST_SUITE(trust_store_test, setting)

BOOST_AUTO_TEST_CASE(files_on_top_are_trusted_beside_the_systems) {
  const test_ca other("another CA"), stranger("a third CA");
  options.trust.system_file = ca.file();
  options.trust.ca_files = {other.file()};
  BOOST_TEST(says_of(ca) == "200 hi");
  BOOST_TEST(says_of(other) == "200 hi");
  BOOST_TEST(says_of(stranger) == "certificate_rejected");
}

BOOST_AUTO_TEST_CASE(a_directory_is_looked_into_by_the_hash_of_a_name) {
  const test_ca stranger;
  const temporary_folder folder;
  std::filesystem::copy_file(ca.file(), folder.path() / hashed_name(ca));
  for (const std::string before : {"", "/nonexistent:"}) {
    options.trust.system_directory = before + folder.path().string();
    BOOST_TEST(says_of(ca) == "200 hi");
    BOOST_TEST(says_of(stranger) == "certificate_rejected");
  }
}

BOOST_AUTO_TEST_CASE(clients_can_share_what_was_loaded_once) {
  auto once = std::make_optional<test_ca>();
  options.trust.ca_files = {once->file()};
  options.store = net::load_trust(options.trust);
  const test_identity identity = once->issue({"IP:127.0.0.1"});
  once.reset();  // and its file with it: nobody reads it again
  loopback_peer peer(identity);
  peer.script(2, [](peer_link& c) {
    c.read_head();
    c.send(hi);
  });
  http_setting other;
  other.options = options;

  BOOST_TEST(get_text(peer.url()) == "200 hi");
  BOOST_TEST(other.get_text(peer.url()) == "200 hi");
}

BOOST_AUTO_TEST_CASE(a_store_outlives_who_loaded_it) {
  trust_ca();
  options.store = net::load_trust(options.trust);
  loopback_peer peer(ca.issue({"IP:127.0.0.1"}));
  peer.script(answer);
  client();
  options.store.reset();

  BOOST_TEST(get_text(peer.url()) == "200 hi");
}

BOOST_AUTO_TEST_CASE(clients_on_many_threads_judge_by_one_store) {
  trust_ca();
  options.store = net::load_trust(options.trust);
  const test_ca stranger;
  std::vector<std::thread> threads;
  std::atomic<int> accepted{0}, rejected{0};
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 5; ++turn) {
        http_setting own;
        own.options = options;
        loopback_peer good(ca.issue({"IP:127.0.0.1"}));
        good.script(answer);
        loopback_peer bad(stranger.issue({"IP:127.0.0.1"}));
        bad.script(answer);
        if (own.get_text(good.url()) == "200 hi") ++accepted;
        if (name_of(own.get_failure(bad.url())) == "certificate_rejected") ++rejected;
      }
    });
  }
  for (std::thread& each : threads) each.join();

  BOOST_TEST(accepted == 20);
  BOOST_TEST(rejected == 20);
}

BOOST_AUTO_TEST_CASE(a_file_without_a_certificate_is_a_bad_option) {
  for (const std::string file : {"/nonexistent/ca.pem", "/dev/null"}) {
    net::trust on_top, instead;
    on_top.ca_files = {file};
    instead.system_file = file;
    for (const net::trust& each : {on_top, instead}) {
      const auto names_it = [&](const failed& broken) {
        return broken.why().code() == errc::bad_option && broken.why().detail().find(file) != std::string::npos;
      };
      BOOST_CHECK_EXCEPTION(net::trust_store{each}, failed, names_it);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_list_without_a_directory_is_a_bad_option) {
  for (const std::string list : {"/nonexistent", "/nonexistent:/dev/null", ":"}) {
    options.trust.system_directory = list;
    BOOST_CHECK_EXCEPTION(net::trust_store{options.trust}, failed,
                          [](const failed& broken) { return broken.why().code() == errc::bad_option; });
  }
}

BOOST_AUTO_TEST_SUITE_END()
