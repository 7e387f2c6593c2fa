#include "tools/hfpipe/sync_options.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "tools/hfpipe/copy_options.hpp"
#include "tools/hfpipe/flag_values.hpp"
#include "tools/hfpipe/job_words.hpp"
#include "tools/hfpipe/jobs_file.hpp"
#include "tools/hfpipe/shared_options.hpp"
#include "tools/hfpipe/spelling.hpp"

namespace hfpipe::cli {

namespace {

/// Two jobs that write the same refs of one target undo each other's work.
void refuse_rivals(const std::vector<sync_job>& jobs) {
  const auto chooses = [](const sync_job& job) {
    const ref_policy& refs = job.request.transfer.refs;
    return !refs.prune && (!refs.refspecs.empty() || !refs.revision.empty());
  };
  std::map<std::string, const sync_job*> writers;
  for (const sync_job& job : jobs) {
    std::string place = job.request.target.shown();
    if (!job.request.target.is_folder() && place.ends_with(".git")) place.resize(place.size() - 4);
    const auto [first, is_new] = writers.emplace(std::move(place), &job);
    if (is_new || (chooses(*first->second) && chooses(job))) continue;
    throw failed(failure(errc::bad_option)
                     .detail("the jobs " + in_quotes(first->second->name) + " and " + in_quotes(job.name) +
                             " write to the same target")
                     .hint("give both their own refs:, or leave one out"));
  }
}

/// The memory of one job beside others.
byte_count share_of_memory(const command_line& line, std::size_t jobs, std::size_t& at_once) {
  byte_count all = transfer_options{}.buffer_memory;
  read_size(line, "max-buffer-memory", least_buffer_memory, all);
  const auto most = static_cast<std::size_t>(all.value() / least_buffer_memory.value());
  auto wanted = static_cast<unsigned>(std::min<std::size_t>(default_jobs_at_once, most));
  read(line, "jobs", 1, most_jobs_at_once, wanted);
  at_once = std::min<std::size_t>(wanted, jobs);
  if (at_once > most) {
    refuse(*line.find("jobs"), "that many jobs at once need " + to_text(least_buffer_memory * at_once) +
                                   " of --max-buffer-memory, which is " + to_text(all));
  }
  return all / at_once;
}

/// What one job has to say is said for it, what several have for all of them.
void gather_notes(sync_request& request) {
  std::map<std::string, std::vector<std::string_view>> said;
  for (const sync_job& job : request.jobs) {
    for (const std::string& note : job.request.notes) said[note].push_back(job.name);
  }
  for (const auto& [note, names] : said) {
    const std::string whose = names.size() == 1 ? std::string(names.front()) : std::to_string(names.size()) + " jobs";
    request.notes.push_back(whose + ": " + note);
  }
}

/// What is given twice on standard input can be read once.
file_reader reading_stdin_once(const file_reader& read_file, bool is_taken) {
  return [&read_file, is_taken, kept = std::make_shared<std::optional<outcome<small_file>>>()](
             const std::string& path) -> outcome<small_file> {
    if (path != "-") return read_file(path);
    if (is_taken) return failure(errc::bad_option).detail("standard input holds the jobs, no token");
    if (!*kept) kept->emplace(read_file(path));
    return **kept;
  };
}

}  // namespace

sync_request read_sync(const command_line& given, const command_line& line, const environment& env,
                       const file_reader& read_file) {
  const auto* file = line.find("file");
  if (file == nullptr) {
    throw failed(failure(errc::bad_option).detail("no jobs file is given").hint("write hfpipe sync jobs.yaml"));
  }
  const std::string& path = value_of(*file);
  const auto text = read_file(path);
  if (!text) throw failed(failure(errc::bad_option).detail(file->given_as + ": " + text.error().detail()));
  const auto listed = read_jobs(text->content, path == "-" ? "standard input" : path).value();

  sync_request request{.file = path == "-" ? "standard input" : path,
                       .jobs = {},
                       .keep_going = read_switch(line, "keep-going"),
                       .rates = read_rates(line),
                       .threads = read_threads(line),
                       .talk = read_talk(line, env),
                       .notes = line.notes};
  read_output(line, request.format);
  const byte_count share = share_of_memory(line, listed.size(), request.at_once);
  const file_reader read_token = reading_stdin_once(read_file, path == "-");
  for (const listed_job& job : listed) {
    try {
      const environment variables = environment_of(job, env).value();
      command_line words = as_command_line(job, given);
      add_variables(words, variables).value();
      words.notes.clear();  // of the environment, which `line` has told already
      auto copy = read_copy(words, variables, read_token);
      copy.transfer.buffer_memory = share;
      request.jobs.push_back({job.name, std::move(copy)});
    } catch (const failed& wrong) {
      throw failed(failure(wrong.why()).at("the job " + in_quotes(job.name) + " at " + job.place));
    }
  }
  refuse_rivals(request.jobs);
  gather_notes(request);
  return request;
}

}  // namespace hfpipe::cli
