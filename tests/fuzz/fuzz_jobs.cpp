#include <set>
#include <string>

#include "tests/fuzz/outcomes.hpp"
#include "tests/fuzz/pieces.hpp"
#include "tools/hfpipe/jobs_file.hpp"

// Any jobs file: what is accepted names jobs that are complete and told apart; what is refused says where.

using namespace hfpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto jobs = cli::read_jobs(text, "jobs.yaml");
  if (!fuzz::accepted(jobs)) {
    fuzz::must(jobs.error().code() == errc::bad_option);
    fuzz::must(jobs.error().detail().find("jobs.yaml") != std::string::npos);
    return 0;
  }
  fuzz::must(!jobs->empty() && jobs->size() <= cli::most_jobs);
  std::set<std::string> names;
  for (const auto& job : *jobs) {
    fuzz::must(job.settings.contains("source") && job.settings.contains("target"));
    fuzz::must(names.insert(job.name).second);
  }
  return 0;
}
