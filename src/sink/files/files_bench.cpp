// The files sink against its floor: a plain write(2) of the same bytes in large pieces, with the same sync at the end.
// Items are like those of a wide order table: about 600 bytes of DynamoDB JSON each, in batches of 512 KB.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "base/checksum.h"
#include "base/digest.h"
#include "base/file.h"
#include "sink/files/files_sink.h"

namespace itemize::sink {
namespace {

constexpr std::size_t batch_bytes = 512 * 1024;
constexpr int different_batches = 16;

std::string random_item(std::mt19937_64& random, std::uint64_t number) {
  static const std::vector<std::string> cities{"Lisboa", "Køpenhavn", "Graz", "Bern", "Oslo", "Ghent", "Porto", "Tartu"};
  static const std::vector<std::string> states{"open", "paid", "packed", "sent", "returned"};
  auto digits = [&](std::uint64_t bound) { return std::to_string(random() % bound); };
  auto pick = [&](const auto& words) { return words[random() % words.size()]; };
  std::string name;
  for (std::size_t i = 0, size = 6 + random() % 12; i < size; ++i) name += static_cast<char>('a' + random() % 26);
  return "{\"Item\":{\"PK\":{\"S\":\"CUSTOMER#" + digits(1'000'000) + "\"},\"SK\":{\"S\":\"ORDER#" + std::to_string(number) +
         "\"},\"id\":{\"N\":\"" + std::to_string(number) + "\"},\"customer_id\":{\"N\":\"" + digits(1'000'000) +
         "\"},\"status\":{\"S\":\"" + pick(states) + "\"},\"total\":{\"N\":\"" + digits(100'000) + "." + digits(100) +
         "\"},\"placed_at\":{\"S\":\"2025-0" + std::to_string(1 + random() % 9) + "-1" + digits(10) + "T1" + digits(10) +
         ":2" + digits(10) + ":3" + digits(10) + "." + digits(1'000'000) + "Z\"},\"city\":{\"S\":\"" + pick(cities) +
         "\"},\"name\":{\"S\":\"" + name + "\"},\"email\":{\"S\":\"" + name + "@example.com\"},\"paid\":{\"BOOL\":" +
         (random() % 2 == 0 ? "true" : "false") + "},\"weight\":{\"N\":\"" + digits(10'000) + "\"},\"note\":{\"S\":\"" + name + " " +
         pick(cities) + " " + name + "\"},\"discount\":{\"N\":\"0." + digits(100) + "\"},\"updated_at\":{\"S\":\"2025-11-2" +
         digits(10) + "T0" + digits(10) + ":11:" + std::to_string(10 + random() % 50) + "." + digits(1'000'000) + "Z\"}}}\n";
}

std::vector<item::TableItems> make_batches() {
  std::mt19937_64 random(1);
  std::vector<item::TableItems> batches(different_batches);
  std::uint64_t number = 0;
  for (item::TableItems& batch : batches) {
    while (batch.text.size() < batch_bytes) {
      const std::string text = random_item(random, ++number);
      batch.puts.push_back({.text_begin = batch.text.size(), .text_size = static_cast<std::uint32_t>(text.size())});
      batch.text.append(text);
    }
  }
  return batches;
}

const std::vector<item::TableItems>& batches() {
  static const std::vector<item::TableItems> made = make_batches();
  return made;
}

std::string make_folder() {
  // Where TMPDIR says: /tmp may be memory.
  const char* base = ::getenv("TMPDIR");
  std::string name = std::string(base == nullptr ? "/tmp" : base) + "/itemize-bench-XXXXXX";
  return ::mkdtemp(name.data());
}

/// state.range(0): MB in all.
std::size_t batch_count(const benchmark::State& state) { return static_cast<std::size_t>(state.range(0)) * 1'000'000 / batch_bytes; }

void raw_write(benchmark::State& state) {
  const std::string folder = make_folder();
  for (auto _ : state) {
    File file = File::open(folder + "/raw", O_WRONLY | O_CREAT | O_TRUNC).value();
    for (std::size_t i = 0; i < batch_count(state); ++i) file.write(batches()[i % different_batches].text.view()).value();
    file.sync().value();
    state.PauseTiming();
    file.discard();
    std::filesystem::remove(folder + "/raw");
    state.ResumeTiming();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(batch_count(state) * batch_bytes));
  std::filesystem::remove_all(folder);
}

void write_files(benchmark::State& state, Compression compression, int level) {
  const std::string folder = make_folder();
  auto sink = FilesSink::make(folder, {"shop"}, {.compression = compression, .level = level, .owner = "bench"}).value();
  std::uint64_t range = 0;
  std::uint64_t bytes = 1;
  item::ItemBatch batch;
  batch.tables.resize(1);
  for (auto _ : state) {
    auto writer = sink->open(++range, {}).value();
    for (std::size_t i = 0; i < batch_count(state); ++i) {
      state.PauseTiming();
      const item::TableItems& source = batches()[i % different_batches];
      batch.tables[0].text.append(source.text.view());
      batch.tables[0].puts = source.puts;
      state.ResumeTiming();
      writer->write(batch).value();
    }
    const WriteResult result = writer->finish().value();
    state.PauseTiming();
    bytes = result.files[0].bytes;
    sink->remove_files({result.files[0].path}).value();
    state.ResumeTiming();
  }
  const auto total = static_cast<std::int64_t>(batch_count(state) * batch_bytes);
  state.SetBytesProcessed(state.iterations() * total);
  state.counters["ratio"] = static_cast<double>(total) / static_cast<double>(bytes);
  std::filesystem::remove_all(folder);
}

/// The same bytes as write_files, but as ranges of `state.range(1)` MB: what a sync for each range costs.
void write_ranges(benchmark::State& state) {
  const std::string folder = make_folder();
  auto sink = FilesSink::make(folder, {"shop"}, {.owner = "bench"}).value();
  std::uint64_t range = 0;
  item::ItemBatch batch;
  batch.tables.resize(1);
  const std::size_t per_range = static_cast<std::size_t>(state.range(1)) * 1'000'000 / batch_bytes;
  for (auto _ : state) {
    std::unique_ptr<Writer> writer;
    for (std::size_t i = 0; i < batch_count(state); ++i) {
      if (i % per_range == 0 && writer) writer->finish().value();
      if (i % per_range == 0) writer = sink->open(++range, {}).value();
      state.PauseTiming();
      batch.tables[0].text.append(batches()[i % different_batches].text.view());
      batch.tables[0].puts = batches()[i % different_batches].puts;
      state.ResumeTiming();
      writer->write(batch).value();
    }
    writer->finish().value();
    state.PauseTiming();
    sink->remove_leftovers({}).value();
    state.ResumeTiming();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(batch_count(state) * batch_bytes));
  std::filesystem::remove_all(folder);
}

void checksum_crc32c(benchmark::State& state) {
  std::uint32_t crc = 0;
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(crc = crc32c(crc, batches()[++i % different_batches].text.view()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(batch_bytes));
}

void checksum_sha256(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(sha256(batches()[++i % different_batches].text.view()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(batch_bytes));
}

void compress_only(benchmark::State& state, Compression compression, int level) {
  auto compressor = Compressor::make(compression, level).value();
  Buffer output;
  std::size_t i = 0;
  std::size_t compressed = 0;
  for (auto _ : state) {
    compressor->append(batches()[++i % different_batches].text.view(), output);
    compressed += output.size();
    output.clear();
  }
  const auto total = state.iterations() * static_cast<std::int64_t>(batch_bytes);
  state.SetBytesProcessed(total);
  state.counters["ratio"] = static_cast<double>(total) / static_cast<double>(compressed + 1);
}

BENCHMARK(checksum_crc32c);
BENCHMARK(checksum_sha256);
BENCHMARK_CAPTURE(compress_only, gzip_0, Compression::gzip, 0);
BENCHMARK_CAPTURE(compress_only, gzip_1, Compression::gzip, 1);
BENCHMARK_CAPTURE(compress_only, gzip_2, Compression::gzip, 2);
BENCHMARK_CAPTURE(compress_only, gzip_3, Compression::gzip, 3);
BENCHMARK_CAPTURE(compress_only, zstd_1, Compression::zstd, 1);
BENCHMARK_CAPTURE(compress_only, zstd_2, Compression::zstd, 2);
BENCHMARK_CAPTURE(compress_only, zstd_3, Compression::zstd, 3);
BENCHMARK(raw_write)->Arg(1000)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write_files, uncompressed, Compression::none, 0)->Arg(1000)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
BENCHMARK(write_ranges)->Args({1000, 16})->Args({1000, 64})->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write_files, gzip_1, Compression::gzip, 1)->Arg(1000)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write_files, zstd_1, Compression::zstd, 1)->Arg(1000)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace itemize::sink
