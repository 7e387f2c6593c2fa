#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/outcomes.hpp"
#include "tools/hfpipe/dotenv.hpp"

// Any file in the working folder: the process's own variables stay, and what is added stays within the limit.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace hfpipe::cli;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto content = parse_dotenv(text);
  for (const auto& binding : content.bindings) {
    if (binding.name.empty() || binding.name.size() + binding.value.value_or("").size() > size) std::abort();
  }
  if (!content.faults.empty()) hfpipe::fuzz::reached("fault");
  std::size_t line = 0;
  for (const auto& fault : content.faults) {
    if (fault.line <= line || fault.column == 0 || fault.column > size + 1) std::abort();
    line = fault.line;
  }
  environment env{{"A", "process"}};
  const auto added = add_dotenv(env, content);
  hfpipe::fuzz::accepted(added);
  std::size_t total = 0;
  for (const auto& [name, value] : env) total += value.size();
  if (env.at("A") != "process" || total > hfpipe::cli::dotenv_limit.as_size() + 7) std::abort();
  if (!added && env.size() != 1) std::abort();
  return 0;
}
