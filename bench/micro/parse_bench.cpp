#include <benchmark/benchmark.h>

#include <span>
#include <string>
#include <vector>

#include "protocol/digest.hpp"
#include "protocol/git/pkt_reader.hpp"
#include "protocol/http/url.hpp"
#include "protocol/lfs/batch.hpp"

// What else every byte, or every object, goes through.

using namespace hfpipe;

namespace {

constexpr std::size_t read_size = 256 * 1024;

void count_bytes(benchmark::State& state, std::size_t each) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * each));
}

// The SHA-256 of every object, in pieces as the relay fills them.
void sha256(benchmark::State& state) {
  const std::vector<std::byte> piece(static_cast<std::size_t>(state.range(0)), std::byte{0x5a});
  digest hash = digest::sha256();
  for (auto _ : state) hash.update(piece);
  benchmark::DoNotOptimize(hash.finish().data());
  count_bytes(state, piece.size());
}
BENCHMARK(sha256)->Arg(16 << 10)->Arg(256 << 10)->Arg(1 << 20);

// A pack in sideband packets of git's largest size: nothing may be copied.
void pkt_line_sideband(benchmark::State& state) {
  std::string stream;
  const std::string payload(git::pkt_line_limit - git::pkt_length_digits - 1, 'p');
  for (int i = 0; i < 64; ++i) git::append_pkt_line(stream, '\1' + payload);
  for (auto _ : state) {
    git::pkt_reader reader;
    std::size_t bytes = 0;
    for (std::size_t at = 0; at < stream.size(); at += read_size) {
      const std::string_view piece = std::string_view(stream).substr(at, read_size);
      const auto take = [&](const git::pkt_event& event) -> outcome<void> {
        if (const auto* part = std::get_if<git::band_piece>(&event)) bytes += part->bytes.size();
        return {};
      };
      reader.each(std::as_bytes(std::span(piece)), take).value();
    }
    benchmark::DoNotOptimize(bytes);
  }
  count_bytes(state, stream.size());
}
BENCHMARK(pkt_line_sideband);

// An advertisement of 10,000 refs.
void pkt_line_refs(benchmark::State& state) {
  std::string stream;
  for (int i = 0; i < 10'000; ++i) {
    git::append_text_line(stream, "0123456789012345678901234567890123456789 refs/tags/v" + std::to_string(i));
  }
  for (auto _ : state) {
    git::pkt_reader reader;
    std::size_t bytes = 0;
    const auto take = [&](const git::pkt_event& event) -> outcome<void> {
      if (const auto* line = std::get_if<git::pkt_text>(&event)) bytes += line->text.size();
      return {};
    };
    reader.each(std::as_bytes(std::span(stream)), take).value();
    benchmark::DoNotOptimize(bytes);
  }
  count_bytes(state, stream.size());
}
BENCHMARK(pkt_line_refs);

// The reply to one batch of a hundred, with signed links as a hub sends them.
void batch_reply(benchmark::State& state) {
  std::string json = R"({"transfer":"basic","objects":[)";
  for (std::size_t i = 0; i < lfs::batch_size; ++i) {
    const std::string oid = std::to_string(1'000'000 + i) + std::string(57, 'a');
    json +=
        (i == 0 ? "" : ",") + (R"({"oid":")" + oid) +
        R"(","size":123456789,"authenticated":true,"actions":{"download":{"href":"https://cdn.example.com/repos/aa/bb/)" +
        oid + "?X-Amz-Signature=" + std::string(900, 's') + R"(","header":{},"expires_in":3600}}})";
  }
  json += "]}";
  const http::url base = http::url::parse("https://example.com/acme/model.git/info/lfs").value();
  for (auto _ : state) benchmark::DoNotOptimize(lfs::parse_batch_reply(json, base).value().entries.size());
  count_bytes(state, json.size());
  state.counters["objects/s"] =
      benchmark::Counter(static_cast<double>(lfs::batch_size), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(batch_reply);

}  // namespace
