// The live writer's own cost: items of 200 bytes into a canned DynamoDB (test/engines/canned_dynamodb.conf), named by
// ITEMIZE_BENCH_DYNAMODB. items_per_second is by this process's CPU time, not by the clock: the server shares the machine.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "sink/live/live_sink.h"

namespace itemize::sink {
namespace {

/// `count` items whose attribute map has about 200 bytes of text, as transform would write them.
item::ItemBatch batch_of(int first, int count) {
  item::ItemBatch batch;
  batch.tables.resize(1);
  item::TableItems& items = batch.tables[0];
  for (int i = first; i < first + count; ++i) {
    const std::string number = std::to_string(i);
    const std::string key = R"({"PK":{"S":"CUSTOMER#)" + number + R"("},"SK":{"S":"PROFILE"}})";
    item::Put put;
    put.text_begin = items.text.size();
    items.text.append(R"({"PutRequest":{"Item":)");
    items.text.append(key.substr(0, key.size() - 1));
    items.text.append(R"(,"name":{"S":"Somebody With A Name"},"email":{"S":"somebody@example.com"},"balance":{"N":"1234.56"},"since":{"S":"2026-11-23T08:34:27Z"},"active":{"BOOL":true}})");
    items.text.append("}}");
    put.text_size = static_cast<std::uint32_t>(items.text.size() - put.text_begin);
    put.item_size = 120;
    put.key_begin = items.keys.size();
    put.key_size = static_cast<std::uint32_t>(key.size());
    items.keys.append(key);
    put.origin_begin = items.origins.size();
    items.origins.append(number);
    put.origin_size = static_cast<std::uint32_t>(number.size());
    items.puts.push_back(put);
  }
  return batch;
}

void copy_into(const item::ItemBatch& from, item::ItemBatch& to) {
  to.tables.resize(from.tables.size());
  for (std::size_t i = 0; i < from.tables.size(); ++i) {
    to.tables[i].text.append(from.tables[i].text.view());
    to.tables[i].keys.append(from.tables[i].keys.view());
    to.tables[i].origins.append(from.tables[i].origins.view());
    to.tables[i].puts = from.tables[i].puts;
  }
}

void live_writer(benchmark::State& state) {
  const char* endpoint = std::getenv("ITEMIZE_BENCH_DYNAMODB");
  if (endpoint == nullptr) {
    state.SkipWithError("ITEMIZE_BENCH_DYNAMODB is not set");
    return;
  }
  auto session = std::make_shared<aws::Session>();
  session->service = "dynamodb";
  session->region = "eu-west-1";
  session->endpoint = *aws::parse_url(endpoint);
  session->credentials = aws::fixed_credentials({"benchmark", "benchmark", "", std::nullopt, "benchmark"});
  LiveOptions options;
  options.most_requests = static_cast<std::size_t>(state.range(0));
  LiveSink sink(session, {{.name = "shop", .key_names = {"PK", "SK"}}}, options);
  constexpr int kItems = 10'000;
  const item::ItemBatch source = batch_of(0, kItems);
  auto writer = *sink.open(1, nullptr);
  item::ItemBatch batch;
  std::int64_t items = 0;
  for (auto _ : state) {
    copy_into(source, batch);
    if (const auto written = writer->write(batch); !written) {
      state.SkipWithError(written.error().message.c_str());
      return;
    }
    items += kItems;
  }
  if (!writer->finish()) state.SkipWithError("finish failed");
  state.SetItemsProcessed(items);
  state.counters["items_per_cpu_second"] = benchmark::Counter(static_cast<double>(items), benchmark::Counter::kIsRate);
}
BENCHMARK(live_writer)->Arg(16)->Arg(32)->Arg(64)->MeasureProcessCPUTime()->MinTime(3);

}  // namespace
}  // namespace itemize::sink
