#include "sink/live/live_sink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "aws/testing/fake_server.h"
#include "base/crc32.h"
#include "base/json.h"
#include "base/retry.h"

namespace itemize::sink {
namespace {

using aws::testing::FakeReply;
using aws::testing::FakeRequest;
using aws::testing::FakeServer;
using std::chrono::milliseconds;

/// A DynamoDB that only knows BatchWriteItem on tables with the key PK, and keeps every put in order.
class FakeDynamoDb {
 public:
  using Script = std::function<std::optional<FakeReply>(const FakeRequest&, const std::vector<std::string>& keys)>;

  /// The script may answer in DynamoDB's place; nothing: the request is carried out.
  explicit FakeDynamoDb(Script script = {}) : script_(std::move(script)), server_([this](const FakeRequest& request) { return answer(request); }) {}

  std::shared_ptr<aws::Session> session() const {
    auto session = std::make_shared<aws::Session>();
    session->service = "dynamodb";
    session->region = "eu-west-1";
    session->endpoint = *aws::parse_url(server_.url());
    session->credentials = aws::fixed_credentials({"key", "secret", "", std::nullopt, "test"});
    return session;
  }
  std::map<std::string, std::string> items() {
    const std::lock_guard guard(lock_);
    return items_;
  }
  int requests() const { return requests_; }
  /// Keeps these for the answer as unprocessed instead of storing them.
  std::function<bool(const std::string& key)> leave_undone;

  /// Stores as DynamoDB would; used by scripts that store and then lose the answer.
  std::string store(const FakeRequest& request) {
    const auto body = json::parse(request.body);
    std::string undone;
    const std::lock_guard guard(lock_);
    const auto& [table, writes] = body->find("RequestItems")->object()->front();
    std::set<std::string> seen;
    for (const json::Value& write : *writes.array()) {
      const json::Value* put = write.find("PutRequest");
      const json::Value* item = put == nullptr ? write.find("DeleteRequest")->find("Key") : put->find("Item");
      const std::string key = item->find("PK")->text("S");
      EXPECT_TRUE(seen.insert(key).second) << "one key twice in a request: " << key;
      if (leave_undone && leave_undone(key)) {
        undone += (undone.empty() ? "" : ",") + json::to_text(write);
      } else if (put == nullptr) {
        items_.erase(key);
      } else {
        const json::Value* value = item->find("v");
        items_[key] = value == nullptr ? "" : value->text("S");
      }
    }
    return undone.empty() ? R"({"UnprocessedItems":{}})" : R"({"UnprocessedItems":{")" + table + "\":[" + undone + "]}}";
  }

 private:
  FakeReply answer(const FakeRequest& request) {
    ++requests_;
    const auto body = json::parse(request.body);
    if (!body) return {400, R"({"__type":"x#SerializationException"})"};
    std::vector<std::string> keys;
    const auto& [table, writes] = body->find("RequestItems")->object()->front();
    for (const json::Value& write : *writes.array()) {
      const json::Value* put = write.find("PutRequest");
      keys.push_back((put == nullptr ? write.find("DeleteRequest")->find("Key") : put->find("Item"))->find("PK")->text("S"));
    }
    EXPECT_LE(keys.size(), 25U);
    if (script_) {
      if (auto scripted = script_(request, keys)) return *scripted;
    }
    const std::string text = store(request);
    return {200, text, {"x-amz-crc32: " + std::to_string(crc32(text))}};
  }

  Script script_;
  std::atomic<int> requests_{0};
  std::mutex lock_;
  std::map<std::string, std::string> items_;
  FakeServer server_;  // last: its threads use what is above
};

FakeReply refusal(const std::string& code, const std::string& rest = "") { return {400, R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + code + R"(","message":"said by the test")" + rest + "}"}; }

std::string key_text(const std::string& key) { return R"({"PK":{"S":")" + key + R"("}})"; }

void put(item::ItemBatch& batch, const std::string& key, const std::string& value, std::size_t table = 0) {
  if (batch.tables.size() <= table) batch.tables.resize(table + 1);
  item::TableItems& items = batch.tables[table];
  item::Put one;
  one.text_begin = items.text.size();
  items.text.append(R"({"PutRequest":{"Item":{"PK":{"S":")" + key + R"("},"v":{"S":")" + value + R"("}}}})");
  one.text_size = static_cast<std::uint32_t>(items.text.size() - one.text_begin);
  one.item_size = 1'500;
  one.key_begin = items.keys.size();
  items.keys.append(key_text(key));
  one.key_size = static_cast<std::uint32_t>(items.keys.size() - one.key_begin);
  one.origin_begin = items.origins.size();
  items.origins.append("row " + key);
  one.origin_size = static_cast<std::uint32_t>(items.origins.size() - one.origin_begin);
  items.puts.push_back(one);
}

LiveTable shop() { return {.name = "shop", .key_names = {"PK"}}; }

LiveOptions quick() {
  LiveOptions options;
  options.backoff = {milliseconds(1), milliseconds(20)};
  options.timeout = milliseconds(2'000);
  return options;
}

/// Writes keys k0..k<count-1> and finishes.
Result<WriteResult> write_all(LiveSink& sink, int count, RefusalHandler on_refusal = {}) {
  auto writer = TRY(sink.open(1, std::move(on_refusal)));
  item::ItemBatch batch;
  for (int i = 0; i < count; ++i) put(batch, "k" + std::to_string(i), "v" + std::to_string(i));
  TRY(writer->write(batch));
  return writer->finish();
}

void expect_all(FakeDynamoDb& dynamodb, int count) {
  const auto items = dynamodb.items();
  EXPECT_EQ(items.size(), static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const auto found = items.find("k" + std::to_string(i));
    ASSERT_NE(found, items.end()) << i;
    EXPECT_EQ(found->second, "v" + std::to_string(i));
  }
}

TEST(LiveSink, WritesInRequestsOf25) {
  FakeDynamoDb dynamodb;
  LiveSink sink(dynamodb.session(), {shop()}, quick());
  const auto result = write_all(sink, 110);
  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_EQ(result->items, std::vector<std::uint64_t>{110});
  EXPECT_EQ(result->bytes, 110U * 1'500);
  EXPECT_EQ(dynamodb.requests(), 5);
  expect_all(dynamodb, 110);
}

TEST(LiveSink, RetriesUnprocessedItemsAndOnlyThose) {
  std::mutex lock;
  std::map<std::string, int> seen;
  FakeDynamoDb dynamodb([&](const FakeRequest&, const std::vector<std::string>& keys) -> std::optional<FakeReply> {
    const std::lock_guard guard(lock);
    for (const std::string& key : keys) ++seen[key];
    return std::nullopt;
  });
  std::map<std::string, int> undone;  // under the fake's own lock
  dynamodb.leave_undone = [&](const std::string& key) { return key.back() == '7' && undone[key]++ < 3; };
  LiveSink sink(dynamodb.session(), {shop()}, quick());
  const auto result = write_all(sink, 100);
  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_EQ(result->items[0], 100U);
  expect_all(dynamodb, 100);
  for (const auto& [key, times] : seen) EXPECT_EQ(times, key.back() == '7' ? 4 : 1) << key;
  EXPECT_EQ(sink.progress().items, 100U);
  EXPECT_GE(sink.progress().throttles.size(), 1U);
}

TEST(LiveSink, OneKeyIsNeverUnderWayTwiceAndTheLastPutWins) {
  // Answers come late and out of order: a second put of a key that overtook the first would be seen.
  std::mutex lock;
  std::set<std::string> under_way;
  Jitter random(5);
  FakeDynamoDb* fake = nullptr;
  FakeDynamoDb dynamodb([&](const FakeRequest& request, const std::vector<std::string>& keys) -> std::optional<FakeReply> {
    milliseconds pause(0);
    {
      const std::lock_guard guard(lock);
      for (const std::string& key : keys) EXPECT_TRUE(under_way.insert(key).second) << key;
      pause = milliseconds(random.next() % 8);
    }
    std::this_thread::sleep_for(pause);
    const std::string text = fake->store(request);
    const std::lock_guard guard(lock);
    for (const std::string& key : keys) under_way.erase(key);
    return FakeReply{200, text};
  });
  fake = &dynamodb;
  LiveSink sink(dynamodb.session(), {shop()}, quick());
  auto writer = *sink.open(1, nullptr);
  Jitter choice(9);
  std::map<std::string, std::string> expected;
  item::ItemBatch batch;
  for (int i = 0; i < 3'000; ++i) {
    const std::string key = "k" + std::to_string(choice.next() % 300);
    expected[key] = std::to_string(i);
    put(batch, key, std::to_string(i));
    if (i % 70 != 0) continue;
    ASSERT_TRUE(writer->write(batch));
  }
  ASSERT_TRUE(writer->write(batch));
  const auto result = writer->finish();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->items[0], 3'000U);
  EXPECT_EQ(dynamodb.items(), expected);
}

TEST(LiveSink, SurvivesEveryKindOfTrouble) {
  std::mutex lock;
  Jitter random(11);
  FakeDynamoDb* fake = nullptr;
  FakeDynamoDb dynamodb([&](const FakeRequest& request, const std::vector<std::string>&) -> std::optional<FakeReply> {
    std::uint64_t dice = 0;
    {
      const std::lock_guard guard(lock);
      dice = random.next() % 60;  // of these, 12 kinds of trouble; throttles below what lowers the rate
    }
    switch (dice) {
      case 0: return refusal("ProvisionedThroughputExceededException", R"(,"ThrottlingReasons":[{"reason":"IndexWriteProvisionedThroughputExceeded","resource":"arn:aws:dynamodb:eu-west-1:1:table/shop/index/by_email"}])");
      case 1: return refusal("ThrottlingException");
      case 2: return FakeReply{500, R"({"__type":"x#InternalServerError"})"};
      case 3: return FakeReply{503, "<html>"};
      case 4: return FakeReply{.manner = FakeReply::Manner::close_without_answer};
      case 5: (void)fake->store(request); return FakeReply{.manner = FakeReply::Manner::close_without_answer};
      case 6: return FakeReply{200, R"({"UnprocessedItems":{}})", {}, FakeReply::Manner::cut_in_the_middle};
      case 7: return FakeReply{200, R"({"UnprocessedItems":{}})", {"x-amz-crc32: 1"}};
      case 8: return FakeReply{200, "<html>please log in</html>"};
      case 9: return FakeReply{200, "{}"};
      case 10: return refusal("TransactionConflictException");
      case 11: (void)fake->store(request); return FakeReply{500, "{}"};
      default: return std::nullopt;
    }
  });
  fake = &dynamodb;
  std::atomic<std::uint64_t> unknown{0};
  LiveHooks hooks;
  hooks.on_unknown_outcome = [&](std::size_t, LiveHooks::Keys keys) { unknown += keys.size(); };
  LiveSink sink(dynamodb.session(), {shop()}, quick(), hooks);
  const auto result = write_all(sink, 3'000);
  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_EQ(result->items[0], 3'000U);
  expect_all(dynamodb, 3'000);
  const LiveProgress progress = sink.progress();
  EXPECT_GT(progress.retries, 0U);
  EXPECT_GT(unknown, 0U);
  EXPECT_GT(progress.throttles.at("IndexWriteProvisionedThroughputExceeded of index by_email of table shop"), 0U);
  EXPECT_EQ(progress.in_flight, 0U);
}

TEST(LiveSink, ATimeOutIsAnUnknownOutcomeAndIsRepeated) {
  std::atomic<int> requests{0};
  FakeDynamoDb dynamodb([&](const FakeRequest&, const std::vector<std::string>&) -> std::optional<FakeReply> {
    if (++requests == 1) return FakeReply{.manner = FakeReply::Manner::never};
    return std::nullopt;
  });
  LiveOptions options = quick();
  options.timeout = milliseconds(100);
  std::vector<std::string> unknown;
  LiveHooks hooks;
  hooks.on_unknown_outcome = [&](std::size_t, LiveHooks::Keys keys) { unknown.assign(keys.begin(), keys.end()); };
  LiveSink sink(dynamodb.session(), {shop()}, options, hooks);
  ASSERT_TRUE(write_all(sink, 3));
  expect_all(dynamodb, 3);
  EXPECT_EQ(unknown, (std::vector<std::string>{key_text("k0"), key_text("k1"), key_text("k2")}));
  EXPECT_EQ(sink.progress().unknown_outcomes, 1U);
}

TEST(LiveSink, TakesARejectedBatchApart) {
  const std::set<std::string> bad = {"k3", "k4", "k40", "k99"};
  FakeDynamoDb dynamodb([&](const FakeRequest&, const std::vector<std::string>& keys) -> std::optional<FakeReply> {
    if (std::ranges::any_of(keys, [&](const std::string& key) { return bad.contains(key); })) return refusal("ValidationException");
    return std::nullopt;
  });
  std::set<std::string> refused;
  std::set<std::string> acknowledged;
  LiveHooks hooks;
  hooks.after_ack = [&](std::size_t, LiveHooks::Keys keys) { acknowledged.insert(keys.begin(), keys.end()); };
  LiveSink sink(dynamodb.session(), {shop()}, quick(), hooks);
  const auto result = write_all(sink, 100, [&](const Refusal& refusal) -> Result<void> {
    EXPECT_EQ(refusal.rejection.reason, item::Reason::refused);
    EXPECT_EQ(refusal.rejection.sentence, "said by the test");
    EXPECT_EQ(refusal.key, key_text(std::string(refusal.origin.substr(4))));
    EXPECT_NE(refusal.item.find("PutRequest"), std::string_view::npos);
    refused.emplace(refusal.origin.substr(4));
    return {};
  });
  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_EQ(refused, bad);
  EXPECT_EQ(result->refused, 4U);
  EXPECT_EQ(result->items[0], 96U);
  EXPECT_EQ(dynamodb.items().size(), 96U);
  EXPECT_EQ(acknowledged.size(), 96U);
  EXPECT_FALSE(acknowledged.contains(key_text("k40")));
}

TEST(LiveSink, AnErrorOfTheRefusalHandlerStopsTheWriter) {
  FakeDynamoDb dynamodb([](const FakeRequest&, const std::vector<std::string>&) { return refusal("ValidationException"); });
  LiveSink sink(dynamodb.session(), {shop()}, quick());
  const auto result = write_all(sink, 30, [](const Refusal&) -> Result<void> { return fail(ErrorCode::conflict, "too many rejects"); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "too many rejects");
}

TEST(LiveSink, PermanentErrorsStopAtOnceWithAHint) {
  for (const auto& [code, expected] : {std::pair{"AccessDeniedException", ErrorCode::permission}, std::pair{"ResourceNotFoundException", ErrorCode::not_found},
                                       std::pair{"UnrecognizedClientException", ErrorCode::permission}, std::pair{"ExpiredTokenException", ErrorCode::permission}}) {
    FakeDynamoDb dynamodb([&](const FakeRequest&, const std::vector<std::string>&) { return refusal(code); });
    LiveSink sink(dynamodb.session(), {shop()}, quick());
    const auto result = write_all(sink, 30);
    ASSERT_FALSE(result) << code;
    EXPECT_EQ(result.error().code, expected) << code;
    EXPECT_FALSE(result.error().hint.empty()) << code;
    EXPECT_LE(dynamodb.requests(), 2) << code;
  }
}

TEST(LiveSink, KeysAreAnnouncedBeforeTheyLeaveOnceARequest) {
  std::mutex lock;
  std::set<std::string> announced;
  std::atomic<int> throttles{5};
  FakeDynamoDb dynamodb([&](const FakeRequest&, const std::vector<std::string>& keys) -> std::optional<FakeReply> {
    const std::lock_guard guard(lock);
    for (const std::string& key : keys) EXPECT_TRUE(announced.contains(key_text(key))) << key;
    if (--throttles >= 0) return refusal("ThrottlingException");
    return std::nullopt;
  });
  LiveHooks hooks;
  hooks.before_send = [&](std::size_t table, LiveHooks::Keys keys, std::span<const std::uint32_t>) -> Result<void> {
    const std::lock_guard guard(lock);
    EXPECT_EQ(table, 0U);
    for (const std::string_view key : keys) EXPECT_TRUE(announced.emplace(key).second) << key;
    return {};
  };
  LiveSink sink(dynamodb.session(), {shop()}, quick(), hooks);
  ASSERT_TRUE(write_all(sink, 60));
  EXPECT_EQ(announced.size(), 60U);
}

TEST(LiveSink, WhatCannotBeAnnouncedDoesNotLeave) {
  FakeDynamoDb dynamodb;
  LiveHooks hooks;
  hooks.before_send = [](std::size_t, LiveHooks::Keys, std::span<const std::uint32_t>) -> Result<void> { return fail(ErrorCode::io, "disk full"); };
  LiveSink sink(dynamodb.session(), {shop()}, quick(), hooks);
  const auto result = write_all(sink, 60);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "disk full");
  EXPECT_EQ(dynamodb.requests(), 0);
}

TEST(LiveSink, StopsPromptlyAndWaitsForWhatIsUnderWay) {
  std::stop_source stop;
  std::atomic<int> arrived{0};
  FakeDynamoDb* fake = nullptr;
  FakeDynamoDb dynamodb([&](const FakeRequest& request, const std::vector<std::string>&) -> std::optional<FakeReply> {
    if (++arrived == 2) stop.request_stop();
    while (!stop.stop_requested()) std::this_thread::sleep_for(milliseconds(1));
    return FakeReply{200, fake->store(request)};
  });
  fake = &dynamodb;
  LiveOptions options = quick();
  options.stop = stop.get_token();
  options.most_requests = 4;
  std::size_t acknowledged = 0;
  LiveHooks hooks;
  hooks.after_ack = [&](std::size_t, LiveHooks::Keys keys) { acknowledged += keys.size(); };
  LiveSink sink(dynamodb.session(), {shop()}, options, hooks);
  const auto result = write_all(sink, 1'000);  // the window holds 100
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::cancelled);
  EXPECT_EQ(acknowledged, dynamodb.items().size());
  EXPECT_LE(acknowledged, 100U);
  EXPECT_GE(acknowledged, 50U);
  EXPECT_EQ(sink.progress().in_flight, 0U);
}

TEST(LiveSink, AStoppedWriterDoesNotWaitForEverAndTellsWhatItLeft) {
  std::stop_source stop;
  FakeDynamoDb dynamodb([&](const FakeRequest&, const std::vector<std::string>&) -> std::optional<FakeReply> {
    stop.request_stop();
    return FakeReply{.manner = FakeReply::Manner::never};
  });
  LiveOptions options = quick();
  options.timeout = milliseconds(60'000);
  options.stop = stop.get_token();
  options.stop_patience = milliseconds(50);
  std::size_t unknown = 0;
  LiveHooks hooks;
  hooks.on_unknown_outcome = [&](std::size_t, LiveHooks::Keys keys) { unknown += keys.size(); };
  LiveSink sink(dynamodb.session(), {shop()}, options, hooks);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(write_all(sink, 10));
  EXPECT_EQ(unknown, 10U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  EXPECT_EQ(sink.progress().in_flight, 0U);
}

TEST(LiveSink, GivesUpAnOutageWhenTold) {
  FakeDynamoDb dynamodb([](const FakeRequest&, const std::vector<std::string>&) { return FakeReply{503, ""}; });
  LiveOptions options = quick();
  options.most_outage = milliseconds(100);
  LiveSink sink(dynamodb.session(), {shop()}, options);
  const auto result = write_all(sink, 10);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
  EXPECT_NE(result.error().message.find("HTTP 503"), std::string::npos) << result.error().message;
}

TEST(LiveSink, RenewsCredentialsInFlight) {
  class Renewing final : public aws::CredentialsProvider {
   public:
    Result<aws::SharedCredentials> get() override {
      const std::lock_guard guard(lock_);
      return current_;
    }
    Result<void> expired(const aws::SharedCredentials& used) override {
      const std::lock_guard guard(lock_);
      if (used == current_) current_ = std::make_shared<const aws::Credentials>(aws::Credentials{"new", "secret", "new", std::nullopt, "test"});
      return {};
    }

   private:
    std::mutex lock_;
    aws::SharedCredentials current_ = std::make_shared<const aws::Credentials>(aws::Credentials{"old", "secret", "old", std::nullopt, "test"});
  };
  std::atomic<int> good{0};
  FakeDynamoDb dynamodb([&](const FakeRequest& request, const std::vector<std::string>&) -> std::optional<FakeReply> {
    if (request.headers.at("x-amz-security-token") == "old" && ++good > 3) return refusal("ExpiredTokenException");
    return std::nullopt;
  });
  auto session = dynamodb.session();
  session->credentials = std::make_shared<Renewing>();
  LiveSink sink(session, {shop()}, quick());
  const auto result = write_all(sink, 500);
  ASSERT_TRUE(result) << result.error().to_string();
  expect_all(dynamodb, 500);
}

TEST(LiveSink, KeepsToTheRate) {
  FakeDynamoDb dynamodb;
  LiveTable table = shop();
  table.most_write_units = 200;  // items of 1.5 KB: 2 units each
  LiveSink sink(dynamodb.session(), {table}, quick());
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(write_all(sink, 200));  // 400 units: 50 of them on credit at the end
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(1'500));
  EXPECT_EQ(sink.progress().tables[0].rate, 200);
}

TEST(LiveSink, WritesSeveralTablesWithSeveralWriters) {
  FakeDynamoDb dynamodb;
  LiveSink sink(dynamodb.session(), {{.name = "a", .key_names = {"PK"}}, {.name = "b\"\\", .key_names = {"PK"}}}, quick());
  std::vector<std::thread> threads;
  for (int w = 0; w < 4; ++w) {
    threads.emplace_back([&, w] {
      for (int range = 0; range < 3; ++range) {
        auto writer = sink.open(static_cast<std::uint64_t>(range), nullptr);
        ASSERT_TRUE(writer);
        item::ItemBatch batch;
        for (int i = 0; i < 210; ++i) put(batch, std::to_string(w) + "-" + std::to_string(range) + "-" + std::to_string(i), "v", static_cast<std::size_t>(i % 2));
        ASSERT_TRUE((*writer)->write(batch));
        ASSERT_TRUE((*writer)->finish());
        (void)sink.progress();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(dynamodb.items().size(), 4U * 3 * 210);
  const LiveProgress progress = sink.progress();
  EXPECT_EQ(progress.items, 4U * 3 * 210);
  EXPECT_EQ(progress.tables[0].items + progress.tables[1].items, progress.items);
}

TEST(LiveSink, DeletesKeysWithTheSameCare) {
  std::atomic<int> requests{0};
  FakeDynamoDb dynamodb([&](const FakeRequest&, const std::vector<std::string>&) -> std::optional<FakeReply> {
    if (++requests == 5) return refusal("ThrottlingException");
    return std::nullopt;
  });
  LiveSink sink(dynamodb.session(), {shop()}, quick());
  ASSERT_TRUE(write_all(sink, 100));
  std::vector<std::string> texts;
  for (int i = 0; i < 80; ++i) texts.push_back(key_text("k" + std::to_string(i)));
  const std::vector<std::string_view> keys(texts.begin(), texts.end());
  const auto deleted = sink.delete_keys(0, keys);
  ASSERT_TRUE(deleted) << deleted.error().to_string();
  EXPECT_EQ(*deleted, 80U);
  EXPECT_EQ(dynamodb.items().size(), 20U);
}

TEST(LiveSink, FramesPutsAsBatchWriteItemWantsThem) {
  FakeDynamoDb dynamodb;
  const LiveSink sink(dynamodb.session(), {shop()}, quick());
  EXPECT_EQ(sink.framing().before, R"({"PutRequest":{"Item":)");
  EXPECT_EQ(sink.framing().after, "}}");
  EXPECT_TRUE(sink.framing().want_keys);
}

}  // namespace
}  // namespace itemize::sink
