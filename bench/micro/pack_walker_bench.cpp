#include <benchmark/benchmark.h>

#include <algorithm>
#include <span>

#include "bench/micro/sample_packs.hpp"
#include "protocol/git/pack_walker.hpp"

// How fast a pack is walked on one core: bytes of the pack, as it arrives in pieces like those that the engine reads.

using namespace hfpipe;

namespace {

constexpr std::size_t piece_size = 256 * 1024;

void walk(benchmark::State& state, const std::string& pack) {
  git::pack_summary walked;
  std::size_t pointers = 0;
  for (auto _ : state) {
    git::pack_walker walker(object_format::sha1, {});
    pointers = 0;
    for (std::size_t at = 0; at < pack.size(); at += piece_size) {
      const std::string_view piece = std::string_view(pack).substr(at, piece_size);
      walker.feed(std::as_bytes(std::span(piece))).value();
      pointers += walker.take_found().size();
    }
    walked = walker.finish().value();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * pack.size()));
  state.counters["objects/s"] =
      benchmark::Counter(static_cast<double>(walked.objects), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["bytes/object"] = static_cast<double>(pack.size()) / static_cast<double>(walked.objects);
  state.counters["pointers"] = static_cast<double>(pointers);
  state.counters["unresolved"] = static_cast<double>(walked.unresolved);
}

void pack_walker_delta_heavy(benchmark::State& state) {
  static const std::string pack = bench::delta_heavy_pack();
  walk(state, pack);
}
BENCHMARK(pack_walker_delta_heavy)->Unit(benchmark::kMillisecond);

void pack_walker_big_blobs(benchmark::State& state) {
  static const std::string pack = bench::big_blob_pack();
  walk(state, pack);
}
BENCHMARK(pack_walker_big_blobs)->Unit(benchmark::kMillisecond);

}  // namespace
