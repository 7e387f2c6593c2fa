#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "protocol/git/push_dialogue.hpp"
#include "tests/support/forge_process.hpp"
#include "tests/support/run_task.hpp"
#include "transports/git/receive_pack.hpp"
#include "transports/git/upload_pack.hpp"

// The Git adapters against real git behind the forge: every ref moves, and what is broken off leaves nothing behind.

using namespace hfpipe;
using namespace hfpipe::testing;

namespace git_transport_test {

/// A pack read straight from where it comes, with a failure in place of the bytes behind `whole_until`.
class piped_pack final : public chunk_source {
 public:
  piped_pack(byte_source& from, std::size_t whole_until) : from_(from), left_(whole_until), room_(10'000) {}

  task<std::span<const std::byte>> next() override {
    const std::size_t got = co_await from_.read_some(room_);
    if (got > left_) throw failed(failure(errc::pack_corrupt).blame(side::source));
    left_ -= got;
    co_return std::span<const std::byte>(room_).first(got);
  }

 private:
  byte_source& from_;
  std::size_t left_;
  std::vector<std::byte> room_;
};

constexpr std::size_t all_of_it = std::size_t{1} << 40;

http::credential token_for(const forge_process& forge) {
  const auto base = http::url::parse(forge.url()).value();
  return http::credential::basic(base.origin(), "user", secret(forge.token()));
}

net::client_options trusting() {
  net::client_options options;
  options.trust.ca_files = {forge_process::ca_file().string()};
  return options;
}

struct two_hosts {
  forge_process from, to;
  git_repository there = from.make_repository("acme/model");
  git_repository here = to.make_repository("acme/copy");
  asio::io_context loop{1};
  net::http_client client{loop.get_executor(), trusting()};
  git::upload_pack source{client, http::url::parse(from.url_of("acme/model")).value(), token_for(from)};
  git::receive_pack target{client, http::url::parse(to.url_of("acme/copy")).value(), token_for(to)};

  explicit two_hosts(std::vector<std::string> flags = {}) : from({.flags = std::move(flags)}) {
    there.add_history("main", 30);
    const auto first = there.commit("feature", {{"noise.bin", noise(200'000, 1)}});
    there.light_tag("light", first);
    there.annotated_tag("annotated", first);
    there.light_tag("blob", there.blob("not a commit"));
  }

  /// Creates on the target what the source has.
  task<git::push_report> copy(std::size_t whole_until) {
    const auto listed = co_await source.list();
    const auto before = co_await target.list(listed_refs::with_default_branch);
    co_await target.probe();
    std::vector<git::ref_command> commands;
    fetch_request request;
    request.ofs_delta = before.takes_ofs_delta;
    for (const auto& ref : listed.listing.refs) {
      commands.push_back({ref.name, git_oid::zero(listed.listing.format), ref.id});
      request.wants.push_back(ref.id);
    }
    const auto pack = co_await source.fetch(std::move(request));
    piped_pack piped(*pack, whole_until);
    co_return co_await target.push(std::move(commands), &piped, std::nullopt);
  }
};

void check_copy(two_hosts& hosts) {
  const auto report = run_task(hosts.loop, hosts.copy(all_of_it));

  BOOST_TEST(report.unpacked, report.unpack_error);
  BOOST_TEST(report.verdicts.size() == hosts.there.refs().size());
  BOOST_TEST((hosts.here.refs() == hosts.there.refs()));
  BOOST_TEST(hosts.here.is_sound());
}

}  // namespace git_transport_test

BOOST_AUTO_TEST_SUITE(git_transport_test)

BOOST_AUTO_TEST_CASE(every_ref_is_copied_over_protocol_2) {
  two_hosts hosts;
  check_copy(hosts);
}

BOOST_AUTO_TEST_CASE(every_ref_is_copied_over_protocol_0) {
  two_hosts hosts({"--git-protocol", "0", "--no-filter"});
  check_copy(hosts);
}

BOOST_AUTO_TEST_CASE(a_pack_that_breaks_off_leaves_nothing_on_the_target) {
  two_hosts hosts;

  BOOST_CHECK_EXCEPTION(run_task(hosts.loop, hosts.copy(100'000)), failed, [](const failed& broken) {
    return broken.why().code() == errc::pack_corrupt && broken.why().blamed() == side::source;
  });

  BOOST_TEST(hosts.here.refs().empty());
  BOOST_TEST(hosts.here.git({"count-objects", "-v"}).find("count: 0") != std::string::npos);
  check_copy(hosts);  // and the target takes the next push
}

BOOST_AUTO_TEST_CASE(a_ref_is_created_with_the_empty_pack_and_deleted_without_one) {
  two_hosts hosts;
  run_task(hosts.loop, hosts.copy(all_of_it));
  const auto id = git_oid::from_hex(hosts.here.refs().at("refs/heads/main")).value();
  const auto zero = git_oid::zero(object_format::sha1);
  const auto name = ref_name::parse("refs/heads/second").value();
  const auto empty = git::empty_pack(object_format::sha1);

  struct one_piece final : chunk_source {
    std::span<const std::byte> bytes;
    task<std::span<const std::byte>> next() override { co_return std::exchange(bytes, {}); }
  } pack;
  pack.bytes = empty;
  const byte_count size(empty.size());
  const auto created = run_task(hosts.loop, hosts.target.push({{name, zero, id}}, &pack, size));
  BOOST_TEST(created.verdicts.at(0).accepted, created.verdicts.at(0).reason);
  BOOST_TEST(hosts.here.refs().contains("refs/heads/second"));

  const auto deleted = run_task(hosts.loop, hosts.target.push({{name, id, zero}}, nullptr, std::nullopt));
  BOOST_TEST(deleted.verdicts.at(0).accepted, deleted.verdicts.at(0).reason);
  BOOST_TEST(!hosts.here.refs().contains("refs/heads/second"));
}

BOOST_AUTO_TEST_CASE(case_12_a_want_that_is_gone_is_told_apart) {
  two_hosts hosts;
  const auto fetch_the_unknown = [&]() -> task<> {
    co_await hosts.source.list();
    fetch_request request;
    request.wants.push_back(git_oid::from_hex(std::string(40, '1')).value());
    co_await hosts.source.fetch(std::move(request));
  };

  BOOST_CHECK_EXCEPTION(run_task(hosts.loop, fetch_the_unknown()), failed,
                        [](const failed& broken) { return broken.why().code() == errc::ref_vanished; });
}

BOOST_AUTO_TEST_SUITE_END()
