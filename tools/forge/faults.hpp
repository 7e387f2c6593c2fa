#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/failure.hpp"
#include "tools/forge/exchange.hpp"
#include "tools/forge/fault_storm.hpp"

namespace hfpipe::forge {

/// One misbehaviour that was asked for. tools/forge/fault_kinds.cpp lists the names and what each does.
struct fault_rule {
  std::string name;
  std::int64_t times = 1;  ///< how often it still happens; negative for ever
  std::uint64_t skip = 0;  ///< how many occasions pass unharmed before
  std::string oid;         ///< only for this object; empty for any
  std::string path;        ///< only where the request's target contains this
  std::string method;      ///< only for this HTTP method
  std::optional<std::uint64_t> at;
  std::optional<int> status;
  std::optional<std::uint64_t> rate;
  std::optional<std::uint64_t> ms;
  std::string message;
  header_map headers;  ///< added to the answer of a *_status fault, e.g. Retry-After
  std::uint64_t hits = 0;
};

/// An occasion for a fault.
struct fault_subject {
  std::string_view method;
  std::string_view target;
  std::string_view oid = {};
  std::string_view repository = {};
  /// The bytes at stake, half open: a rule with `at` outside of them waits for a better occasion.
  std::optional<std::uint64_t> first = {};
  std::optional<std::uint64_t> end = {};
};

/// The faults that are switched on, and how often each has happened: those that were asked for, and then, where one was
/// let loose, those of a storm. May be called from any thread.
class fault_board {
 public:
  fault_board() = default;
  explicit fault_board(fault_storm loose) : storm_(std::move(loose)) {}

  /// `{"fault":NAME,"times":N,"skip":N,"match":{"oid":…,"path":…,"method":…},"at":N,"status":N,"rate":N,…}`.
  /// Fails with errc::bad_option for a name or a member that does not exist.
  /// Or `{"storm":"renew"|"spare","repository":NAME}`: another round of random faults there, or no more.
  outcome<void> add(const boost::json::value& asked);
  /// Switches those off that were asked for; with a path, those that match no other.
  void clear(std::string_view path = {});
  /// `{"rules":[…],"hits":{NAME:N},"objects":{OID:{NAME:N}},"repositories":{NAME:{NAME:N}}}`; the hits of cleared rules
  /// stay counted.
  boost::json::value show() const;
  /// `{NAME:N}` of one repository.
  boost::json::value show(std::string_view repository) const;

  /// The first rule of that name that fits, or the storm's; counted as having happened now.
  std::optional<fault_rule> take(std::string_view name, const fault_subject& subject);

 private:
  using counts = std::map<std::string, std::uint64_t, std::less<>>;

  outcome<void> steer(const boost::json::object& asked);
  std::optional<fault_rule> take_asked(std::string_view name, const fault_subject& subject);
  std::optional<fault_rule> take_random(std::string_view name, const fault_subject& subject);
  void count(const fault_rule& rule, const fault_subject& subject);

  mutable std::mutex guard_;
  std::vector<fault_rule> rules_;
  std::optional<fault_storm> storm_;
  counts hits_;
  std::map<std::string, counts, std::less<>> by_object_;
  std::map<std::string, counts, std::less<>> by_repository_;
};

/// The answer of a fault that replaces the real one.
reply status_reply(const fault_rule& rule, int default_status);

}  // namespace hfpipe::forge
