#include "tests/support/fake_endpoints.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "protocol/digest.hpp"

namespace hfpipe::testing {

namespace {

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

void append(std::string& text, std::span<const std::byte> bytes) {
  text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

/// Uses up one of `times`; false when none is left.
bool once_more(unsigned& times) {
  if (times == 0) return false;
  if (times != ~0U) --times;
  return true;
}

lfs::action link_to(const lfs_object& object, bool expired) {
  lfs::action made{http::url::parse("https://blobs.example/" + object.oid.hex()).value(), {}, {}, {}};
  if (expired) made.expires_in = std::chrono::seconds(0);
  return made;
}

/// Counts who is inside at once.
class presence {
 public:
  presence(std::size_t& now, std::size_t& most) : now_(now) { most = std::max(most, ++now_); }
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;
  ~presence() { --now_; }

 private:
  std::size_t& now_;
};

template <class Misdeed>
const Misdeed* find_misdeed(std::map<lfs_oid, Misdeed>& misdeeds, const lfs_oid& oid, typename Misdeed::kind what) {
  const auto found = misdeeds.find(oid);
  if (found == misdeeds.end() || found->second.what != what || !once_more(found->second.times)) return nullptr;
  return &found->second;
}

/// A script of bytes: gives `bytes`, then ends, breaks or stalls.
class scripted_stream : public byte_source {
 public:
  scripted_stream(step_counter& steps, std::string bytes, std::size_t read_size)
      : bytes_(std::move(bytes)), steps_(steps), read_size_(read_size) {}

  std::optional<std::uint64_t> break_at;
  std::optional<std::uint64_t> stall_at;
  failure with;

  task<std::size_t> read_some(std::span<std::byte> room) override {
    co_await steps_.step();
    if (stall_at == given_) co_await stall();
    if (break_at == given_) throw failed(with);
    std::size_t many = std::min({room.size(), read_size_, bytes_.size() - given_});
    if (stall_at && *stall_at > given_) many = std::min<std::size_t>(many, *stall_at - given_);
    if (break_at && *break_at > given_) many = std::min<std::size_t>(many, *break_at - given_);
    std::memcpy(room.data(), bytes_.data() + given_, many);
    given_ += many;
    co_return many;
  }

 private:
  std::string bytes_;
  step_counter& steps_;
  std::size_t read_size_;
  std::size_t given_ = 0;
};

}  // namespace

class fake_blob_stream final : public scripted_stream {
 public:
  fake_blob_stream(fake_blob_source& from, std::string bytes)
      : scripted_stream(from.steps_, std::move(bytes), from.read_size), inside_(from.open_now, from.most_open) {}

 private:
  presence inside_;
};

task<> stall() {
  asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  boost::system::error_code woken;
  co_await never.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  throw failed(failure(errc::cancelled));
}

task<> step_counter::step() {
  const std::size_t self = taken_++;
  co_await asio::post(asio::use_awaitable);
  if (stall_at == self) {
    struck_ = true;
    co_await stall();
  }
  if (fail_at == self) {
    struck_ = true;
    throw failed(with);
  }
}

std::optional<std::size_t> journal::find(std::string_view line) const {
  const auto found = std::ranges::find(lines, line);
  if (found == lines.end()) return std::nullopt;
  return static_cast<std::size_t>(found - lines.begin());
}

lfs_object blob_of(std::string_view bytes) {
  digest hash = digest::sha256();
  hash.update(as_bytes(bytes));
  return {lfs_oid::from_raw(hash.finish().first<32>()), byte_count(bytes.size())};
}

std::string some_bytes(std::size_t size, unsigned seed) {
  std::string made(size, '\0');
  std::uint32_t state = seed * 2654435761U + 1;
  for (char& c : made) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24);
  }
  return made;
}

// ---- LFS -----------------------------------------------------------------------------------------------------------

lfs_object fake_blob_source::add(std::string bytes) {
  const lfs_object object = blob_of(bytes);
  objects.insert_or_assign(object.oid, std::move(bytes));
  return object;
}

const source_misdeed* fake_blob_source::strikes(const lfs_oid& oid, source_misdeed::kind what) {
  return find_misdeed(misdeeds, oid, what);
}

task<std::vector<lfs::batch_entry>> fake_blob_source::locate(std::vector<lfs_object> wanted) {
  using kind = source_misdeed::kind;
  batches.push_back(wanted.size());
  co_await steps_.step();
  if (locate_fails && once_more(locate_fails_times)) throw failed(*locate_fails);
  std::vector<lfs::batch_entry> answer;
  for (const lfs_object& object : wanted) {
    lfs::batch_entry entry{object, {}, {}, {}, {}};
    const source_misdeed* absent = strikes(object.oid, kind::absent);
    if (absent != nullptr || !objects.contains(object.oid)) {
      entry.error = lfs::object_error{absent != nullptr ? absent->code : 404, "not here"};
    } else {
      entry.download = link_to(object, strikes(object.oid, kind::expired_link) != nullptr);
    }
    answer.push_back(std::move(entry));
  }
  co_return answer;
}

task<std::unique_ptr<byte_source>> fake_blob_source::open(const lfs::batch_entry& entry, byte_count from,
                                                          connection_use use, std::optional<byte_count> until) {
  using kind = source_misdeed::kind;
  const lfs_oid oid = entry.object.oid;
  ++opened;
  if (use == connection_use::fresh) ++fresh_connections;
  log_.lines.push_back("open " + oid.short_hex());
  co_await steps_.step();
  if (const auto* refused = strikes(oid, kind::refuse_open)) throw failed(refused->with);

  std::string bytes = objects.at(oid);
  const auto* broken = strikes(oid, kind::break_off);
  const auto* stalled = strikes(oid, kind::stall);
  if (const auto* wrong = strikes(oid, kind::flip)) bytes.at(wrong->at) = static_cast<char>(bytes.at(wrong->at) ^ 1);
  if (const auto* shorter = strikes(oid, kind::end_early)) bytes.resize(shorter->at);
  if (strikes(oid, kind::run_over) != nullptr) bytes += '!';
  if (until && *until < entry.object.size && until->as_size() < bytes.size()) bytes.resize(until->as_size());
  auto stream = std::make_unique<fake_blob_stream>(*this, bytes.substr(from.as_size()));
  if (broken != nullptr) {
    stream->break_at = broken->at - from.value();
    stream->with = broken->with;
  }
  if (stalled != nullptr) stream->stall_at = stalled->at - from.value();
  co_return stream;
}

const target_misdeed* fake_blob_target::strikes(const lfs_oid& oid, target_misdeed::kind what) {
  return find_misdeed(misdeeds, oid, what);
}

task<std::vector<lfs::batch_entry>> fake_blob_target::missing(std::vector<lfs_object> wanted) {
  using kind = target_misdeed::kind;
  batches.push_back(wanted.size());
  co_await steps_.step();
  if (missing_fails && once_more(missing_fails_times)) throw failed(*missing_fails);
  std::vector<lfs::batch_entry> answer;
  for (const lfs_object& object : wanted) {
    lfs::batch_entry entry{object, {}, {}, {}, {}};
    if (const auto* refused = strikes(object.oid, kind::answer_error)) {
      entry.error = lfs::object_error{refused->code, "not wanted"};
    } else if (!visible.contains(object.oid)) {
      entry.upload = link_to(object, strikes(object.oid, kind::expired_link) != nullptr);
    }
    answer.push_back(std::move(entry));
  }
  co_return answer;
}

task<> fake_blob_target::put(const lfs::batch_entry& entry, chunk_source& body, const std::function<void()>& sent) {
  using kind = target_misdeed::kind;
  const lfs_oid oid = entry.object.oid;
  const presence inside(puts_now, most_puts);
  co_await steps_.step();
  if (const auto* refused = strikes(oid, kind::refuse_put)) throw failed(refused->with);
  const auto* broken = strikes(oid, kind::break_off);
  const auto* stalled = strikes(oid, kind::stall);
  const auto* lost = strikes(oid, kind::lose_answer);

  std::string arrived;
  for (;;) {
    if (stalled != nullptr && arrived.size() >= stalled->at) co_await stall();
    if (broken != nullptr && arrived.size() >= broken->at) throw failed(broken->with);
    const std::span<const std::byte> piece = co_await body.next();
    if (piece.empty()) break;
    append(arrived, piece);
    received[oid] = std::max(received[oid], arrived.size());
    co_await steps_.step();
  }
  if (sent) sent();
  co_await steps_.step();
  log_.lines.push_back("blob " + oid.short_hex());
  visible.insert_or_assign(oid, std::move(arrived));
  order.push_back(oid);
  if (lost != nullptr) throw failed(lost->with);
}

// ---- Git -----------------------------------------------------------------------------------------------------------

task<source_listing> fake_git_source::list() {
  co_await steps_.step();
  log_.lines.push_back("list source");
  co_return has;
}

task<std::unique_ptr<byte_source>> fake_git_source::fetch(fetch_request request) {
  const bool filtered = !request.filter.empty();
  fetches.push_back(std::move(request));
  log_.lines.push_back("fetch");
  co_await steps_.step();
  if (fetch_fails && fetches.size() > fetch_fails_after && once_more(fetch_fails_times)) throw failed(*fetch_fails);
  if (filtered && filter_refused) throw failed(*filter_refused);
  const std::string& whole = fetches.size() > 1 && !later_pack.empty() ? later_pack : pack;
  const std::string& chosen = filtered && !filtered_pack.empty() ? filtered_pack : whole;
  const std::string bytes = cut ? cut(fetches.back()) : chosen;
  auto stream = std::make_unique<scripted_stream>(steps_, bytes, read_size);
  stream->break_at = break_at;
  stream->stall_at = stall_at;
  stream->with = with;
  co_return stream;
}

task<std::optional<std::vector<git_oid>>> fake_git_source::common(std::vector<git_oid>, std::vector<git_oid> haves) {
  asked.push_back(haves);
  co_await steps_.step();
  if (!knows) co_return std::nullopt;
  std::erase_if(haves, [this](const git_oid& have) { return !knows->contains(have); });
  co_return haves;
}

task<target_listing> fake_git_target::list(listed_refs what) {
  co_await steps_.step();
  log_.lines.push_back("list target");
  if (at_list) at_list(++lists);
  target_listing seen = has;
  if (what == listed_refs::alone) seen.listing.default_branch.reset();
  co_return seen;
}

task<> fake_git_target::probe() {
  co_await steps_.step();
  log_.lines.push_back("probe");
  ++probes;
  while (probe_waits_for && !probe_waits_for()) co_await sleep_for(std::chrono::milliseconds(1));
  if (probe_fails) throw failed(*probe_fails);
}

git::ref_verdict fake_git_target::judge(const git::ref_command& command) {
  if (unpack_error) return {command.name, false, "unpacker error"};
  if (const auto refused = refusals.find(command.name.text()); refused != refusals.end())
    return {command.name, false, refused->second};
  const git_oid* now = find_ref(has.listing.refs, command.name);
  const git_oid was = now != nullptr ? *now : git_oid::zero(command.old_id.format());
  if (was != command.old_id) return {command.name, false, "fetch first"};

  std::erase_if(has.listing.refs, [&](const ref_entry& entry) { return entry.name == command.name; });
  if (!command.new_id.is_zero()) has.listing.refs.push_back({command.name, command.new_id});
  has.listing.refs = sorted_refs(std::move(has.listing.refs)).value();
  log_.lines.push_back("ref " + command.name.text());
  return {command.name, true, ""};
}

task<git::push_report> fake_git_target::push(std::vector<git::ref_command> commands, chunk_source* pack,
                                             std::optional<byte_count> length) {
  log_.lines.push_back("push");
  pushed& now = pushes.emplace_back();
  const std::size_t self = pushes.size() - 1;
  now.commands = commands;
  now.length = length;
  co_await steps_.step();
  if (pack != nullptr) {
    std::string arrived;
    for (;;) {
      const std::span<const std::byte> piece = co_await pack->next();
      if (piece.empty()) break;
      append(arrived, piece);
      co_await steps_.step();
    }
    pushes.at(self).pack = std::move(arrived);
  }
  co_await steps_.step();
  if (push_fails && once_more(push_fails_times)) throw failed(*push_fails);

  if (meanwhile) meanwhile(static_cast<unsigned>(pushes.size()));
  git::push_report report;
  report.unpacked = !unpack_error;
  const auto is_declined = [&](const git::ref_command& command) {
    return std::ranges::any_of(declined, [&](const std::string& start) { return command.name.starts_with(start); });
  };
  if (std::ranges::any_of(commands, is_declined)) {
    report.remote_lines = remote_lines;
    for (const git::ref_command& command : commands) {
      report.verdicts.push_back({command.name, false, "pre-receive hook declined"});
    }
    co_return report;
  }
  report.unpack_error = unpack_error.value_or("");
  for (const git::ref_command& command : commands) report.verdicts.push_back(judge(command));
  if (answer_lost && once_more(push_fails_times)) throw failed(*answer_lost);
  co_return report;
}

}  // namespace hfpipe::testing
