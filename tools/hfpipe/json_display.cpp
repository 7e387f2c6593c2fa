#include "tools/hfpipe/json_display.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <ostream>
#include <utility>
#include <variant>

#include "tools/hfpipe/failure_json.hpp"
#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds progress_grain{500};

json::object headed(std::string_view name, const std::string& timestamp, const std::string& job) {
  json::object head{{"schema", 1}, {"ts", timestamp}, {"event", name}};
  if (!job.empty()) head["job"] = valid_utf8(job);
  return head;
}

std::string line_of(const json::object& fields) {
  return json::serialize(fields) + "\n";
}

/// Part of the schema: once published, a name stays.
std::string_view name_of(event::step step) {
  switch (step) {
    case event::step::listing:
      return "listing";
    case event::step::asking_to_write:
      return "asking_to_write";
    case event::step::reading_pack:
      return "reading_pack";
    case event::step::reading_history:
      return "reading_history";
    case event::step::asking_for_blobs:
      return "asking_for_objects";
    case event::step::copying_blobs:
      return "copying_objects";
    case event::step::pushing:
      return "pushing";
    case event::step::checking:
      break;
  }
  return "checking";
}

std::int64_t milliseconds(duration span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

json::value total_or_null(std::uint64_t total) {
  return total == 0 ? json::value(nullptr) : json::value(total);
}

json::value value_or_null(std::optional<byte_count> amount) {
  return amount ? json::value(amount->value()) : json::value(nullptr);
}

json::value value_or_null(std::optional<unsigned> number) {
  return number ? json::value(*number) : json::value(nullptr);
}

/// A whole number as one: Boost.JSON would write an exponent.
json::value rate_or_null(std::optional<double> rate) {
  if (!rate) return nullptr;
  const auto whole = static_cast<std::uint64_t>(*rate);
  if (static_cast<double>(whole) == *rate) return whole;
  return *rate;
}

json::value value_or_null(std::optional<duration> span) {
  if (!span) return nullptr;
  return std::chrono::duration_cast<std::chrono::seconds>(*span).count();
}

struct fields_of {
  std::string_view& name;
  json::object& fields;

  void add(const lfs_object& blob) {
    fields["oid"] = blob.oid.hex();
    fields["total"] = blob.size.value();
  }
  void add(const failure& why) { fields["error"] = failure_json(why); }

  void operator()(const event::step_started& e) {
    name = "step";
    fields["step"] = name_of(e.step);
  }
  void operator()(const event::listed& e) {
    name = "listed";
    fields["source_refs"] = e.source_refs;
    fields["target_refs"] = e.target_refs;
  }
  void operator()(const event::planned& e) {
    name = "planned";
    fields["creates"] = e.creates;
    fields["updates"] = e.updates;
    fields["deletes"] = e.deletes;
    fields["up_to_date"] = e.up_to_date;
    fields["skipped"] = e.skipped;
  }
  void operator()(const event::compared& e) {
    name = "compared";
    fields["refs"] = e.refs;
    fields["different"] = e.differing;
  }
  void operator()(const event::pack_progress& e) {
    name = "pack_progress";
    fields["bytes"] = e.received.value();
    fields["objects_walked"] = e.objects_walked;
    fields["objects"] = total_or_null(e.objects);
  }
  void operator()(const event::blobs_found& e) {
    name = "objects_found";
    fields["objects"] = e.objects;
    fields["bytes"] = e.bytes.value();
  }
  void operator()(const event::blobs_present& e) {
    name = "objects_present";
    fields["objects"] = e.objects;
    fields["bytes"] = e.bytes.value();
  }
  void operator()(const event::blob_waits_for_memory& e) {
    name = "object_waits_for_memory";
    add(e.blob);
  }
  void operator()(const event::blob_started& e) {
    name = "object_start";
    add(e.blob);
    fields["attempt"] = e.attempt;
  }
  void operator()(const event::blob_progress& e) {
    name = "object_progress";
    add(e.blob);
    fields["bytes"] = e.sent.value();
    fields["waited_ms"] = json::object{{"memory", milliseconds(e.waited.for_memory)},
                                       {"source", milliseconds(e.waited.for_source)},
                                       {"target", milliseconds(e.waited.for_target)},
                                       {"limit", milliseconds(e.waited.for_limit)}};
  }
  void operator()(const event::blob_finalising& e) {
    name = "object_finalise";
    add(e.blob);
  }
  void operator()(const event::blob_stored& e) {
    name = "object_done";
    add(e.blob);
  }
  void operator()(const event::blob_proven& e) {
    name = "object_proven";
    add(e.blob);
  }
  void operator()(const event::blob_failed& e) {
    name = "object_failed";
    add(e.blob);
    add(e.why);
  }
  void operator()(const event::retrying& e) {
    name = "retry";
    fields["what"] = valid_utf8(e.what);
    fields["failures"] = e.failures_so_far;
    fields["wait_ms"] = milliseconds(e.wait);
    add(e.why);
  }
  void operator()(const event::throttled& e) {
    name = "throttled";
    fields["side"] = to_text(e.who);
    fields["wait_ms"] = milliseconds(e.wait);
  }
  void operator()(const event::limits_set& e) {
    name = "limits";
    fields["bytes_per_second"] = value_or_null(e.bytes);
    fields["requests_per_second"] = rate_or_null(e.requests);
  }
  void operator()(const event::push_started& e) {
    name = "push_start";
    fields["refs"] = e.commands;
    fields["total"] = e.bytes ? json::value(e.bytes->value()) : json::value(nullptr);
  }
  void operator()(const event::push_progress& e) {
    name = "push_progress";
    fields["bytes"] = e.sent.value();
  }
  void operator()(const event::target_said& e) {
    name = "remote";
    fields["text"] = valid_utf8(e.line);
  }
  void operator()(const event::warning& e) {
    name = "warning";
    fields["text"] = valid_utf8(e.text);
  }
};

}  // namespace

std::string json_line(const any_event& happened, const std::string& timestamp, const std::string& job) {
  std::string_view name;
  json::object fields;
  std::visit(fields_of{name, fields}, happened);
  auto line = headed(name, timestamp, job);
  for (auto& [key, value] : fields) line[key] = std::move(value);
  return line_of(line);
}

json_display::json_display(const talk_options& wanted, display_outlet outlet)
    : wanted_(wanted), outlet_(std::move(outlet)) {}

void json_display::tick() {
  const auto now = outlet_.now();
  const auto limit = board_.limited_by(now);
  auto line = headed("progress", outlet_.timestamp(), outlet_.job);
  line["step"] = name_of(board_.doing());
  line["bytes"] = board_.done().value();
  line["total"] = value_or_null(board_.total());
  line["percent"] = value_or_null(board_.percent());
  line["rate"] = static_cast<std::uint64_t>(board_.rate(now));
  line["eta_s"] = value_or_null(board_.time_left(now));
  line["stalled_s"] = value_or_null(board_.stalled(now));
  line["limited_by"] = limit ? json::value(to_text(*limit)) : json::value(nullptr);
  line["objects_moving"] = board_.moving().size();
  line["objects_done"] = board_.stored();
  line["objects_failed"] = board_.failed();
  outlet_.out << line_of(line) << std::flush;
}

void json_display::on(const any_event& happened) noexcept {
  board_.fold(happened, outlet_.now());
  if (is_due(happened)) outlet_.out << json_line(happened, outlet_.timestamp(), outlet_.job) << std::flush;
}

void json_display::note(const std::string& text) {
  auto line = headed("note", outlet_.timestamp(), outlet_.job);
  line["text"] = valid_utf8(text);
  outlet_.out << line_of(line) << std::flush;
}

void json_display::warn(const std::string& text) {
  outlet_.out << json_line(event::warning{text}, outlet_.timestamp(), outlet_.job) << std::flush;
}

void json_display::close(const std::optional<failure>& error, int exit_code) {
  if (error) {
    auto line = headed("error", outlet_.timestamp(), outlet_.job);
    line["error"] = failure_json(*error);
    outlet_.out << line_of(line);
  }
  auto line = headed("done", outlet_.timestamp(), outlet_.job);
  line["exit_code"] = exit_code;
  outlet_.out << line_of(line) << std::flush;
}

bool json_display::is_due(const any_event& happened) {
  const auto now = outlet_.now();
  if (const auto* e = std::get_if<event::blob_progress>(&happened)) {
    const auto [told, first] = told_.try_emplace(e->blob.oid, now);
    if (!first && now - told->second < progress_grain) return false;
    told->second = now;
    return true;
  }
  if (const auto* e = std::get_if<event::blob_stored>(&happened)) told_.erase(e->blob.oid);
  if (const auto* e = std::get_if<event::blob_proven>(&happened)) told_.erase(e->blob.oid);
  if (const auto* e = std::get_if<event::blob_failed>(&happened)) told_.erase(e->blob.oid);
  const bool streams =
      std::holds_alternative<event::pack_progress>(happened) || std::holds_alternative<event::push_progress>(happened);
  if (!streams) return true;
  if (stream_told_ && now - *stream_told_ < progress_grain) return false;
  stream_told_ = now;
  return true;
}

}  // namespace hfpipe::cli
