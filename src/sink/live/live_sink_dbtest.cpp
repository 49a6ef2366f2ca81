#include "sink/live/live_sink.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "aws/dynamodb.h"

namespace itemize::sink {
namespace {

/// Appends one item to a batch, framed as the sink wants it.
void put(item::ItemBatch& batch, const item::Framing& framing, const std::string& key, const std::string& rest, std::uint32_t item_type = 0) {
  if (batch.tables.empty()) batch.tables.resize(1);
  item::TableItems& items = batch.tables[0];
  item::Put one;
  one.text_begin = items.text.size();
  items.text.append(framing.before);
  items.text.append(key.substr(0, key.size() - 1));
  items.text.append(rest);
  items.text.append("}");
  items.text.append(framing.after);
  one.text_size = static_cast<std::uint32_t>(items.text.size() - one.text_begin);
  one.item_size = 100;
  one.key_begin = items.keys.size();
  one.key_size = static_cast<std::uint32_t>(key.size());
  items.keys.append(key);
  one.origin_begin = items.origins.size();
  items.origins.append("row of " + key);
  one.origin_size = static_cast<std::uint32_t>(items.origins.size() - one.origin_begin);
  one.item_type = item_type;
  items.puts.push_back(one);
}

std::string key_of(int partition, int number) {
  return R"({"PK":{"S":"p)" + std::to_string(partition) + R"("},"SK":{"N":")" + std::to_string(number) + R"("}})";
}

class LiveSinkDbTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* endpoint = std::getenv("ITEMIZE_TEST_DYNAMODB");
    if (endpoint == nullptr) GTEST_SKIP() << "ITEMIZE_TEST_DYNAMODB is not set: run under test/engines/with_engines";
    aws::SessionOptions options;
    options.endpoint = endpoint;
    options.region = "eu-west-1";
    session_ = *aws::open_session("dynamodb", options);
    dynamodb_ = *aws::DynamoDb::open(session_);
    table_ = "sink-test-" + std::to_string(getpid()) + "-" + testing::UnitTest::GetInstance()->current_test_info()->name();
    aws::TableDefinition definition;
    definition.name = table_;
    definition.keys = {{"PK", "S", true}, {"SK", "N", false}};
    const auto created = dynamodb_->create_table(definition);
    ASSERT_TRUE(created) << created.error().to_string();
    ASSERT_TRUE(dynamodb_->wait_until_active(table_, std::chrono::seconds(30)));
  }
  void TearDown() override {
    if (dynamodb_) (void)dynamodb_->delete_table(table_);
  }

  LiveTable live_table() const { return {.name = table_, .key_names = {"PK", "SK"}}; }

  std::map<std::string, std::string> stored() {
    std::map<std::string, std::string> items;
    aws::ScanRequest scan{.table = table_};
    do {
      const auto page = dynamodb_->scan(scan);
      if (!page) {
        ADD_FAILURE() << page.error().to_string();
        break;
      }
      for (const json::Value& item : page->items) items[item.find("PK")->text("S") + "/" + item.find("SK")->text("N")] = item.find("v") == nullptr ? "" : item.find("v")->text("S");
      scan.start_key = page->last_key;
    } while (!scan.start_key.empty());
    return items;
  }

  std::shared_ptr<aws::Session> session_;
  std::unique_ptr<aws::DynamoDb> dynamodb_;
  std::string table_;
};

TEST_F(LiveSinkDbTest, WritesEveryItemOfSeveralWriters) {
  constexpr int kWriters = 3;
  constexpr int kItems = 1'003;  // not a multiple of 25
  LiveSink sink(session_, {live_table()}, {});
  std::vector<std::thread> threads;
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&, w] {
      auto writer = sink.open(static_cast<std::uint64_t>(w), nullptr);
      ASSERT_TRUE(writer) << writer.error().to_string();
      item::ItemBatch batch;
      for (int i = 0; i < kItems; ++i) {
        put(batch, sink.framing(), key_of(w, i), R"(,"v":{"S":"value )" + std::to_string(i) + "\"}", 2);
        if (i % 100 != 99) continue;
        ASSERT_TRUE((*writer)->write(batch));
      }
      ASSERT_TRUE((*writer)->write(batch));
      const auto result = (*writer)->finish();
      ASSERT_TRUE(result) << result.error().to_string();
      ASSERT_EQ(result->items.size(), 3U);
      EXPECT_EQ(result->items[2], static_cast<std::uint64_t>(kItems));
      EXPECT_EQ(result->bytes, kItems * 100U);
      EXPECT_EQ(result->write_units, kItems);  // each below 1 KB
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto items = stored();
  EXPECT_EQ(items.size(), static_cast<std::size_t>(kWriters * kItems));
  EXPECT_EQ(items.at("p1/77"), "value 77");
  EXPECT_EQ(sink.progress().items, static_cast<std::uint64_t>(kWriters * kItems));
}

TEST_F(LiveSinkDbTest, TheLastPutOfAKeyWins) {
  LiveSink sink(session_, {live_table()}, {});
  auto writer = *sink.open(1, nullptr);
  item::ItemBatch batch;
  for (int i = 0; i < 200; ++i) put(batch, sink.framing(), key_of(0, i % 7), R"(,"v":{"S":")" + std::to_string(i) + "\"}");
  ASSERT_TRUE(writer->write(batch));
  ASSERT_TRUE(writer->finish());
  const auto items = stored();
  ASSERT_EQ(items.size(), 7U);
  for (int k = 0; k < 7; ++k) EXPECT_EQ(items.at("p0/" + std::to_string(k)), std::to_string(k + 7 * ((199 - k) / 7)));
}

TEST_F(LiveSinkDbTest, RefusesTheBadItemsAndWritesTheRest) {
  LiveSink sink(session_, {live_table()}, {});
  std::vector<std::string> refused;
  auto writer = *sink.open(1, [&](const Refusal& refusal) -> Result<void> {
    refused.emplace_back(refusal.origin);
    EXPECT_EQ(refusal.rejection.reason, item::Reason::refused);
    EXPECT_FALSE(refusal.rejection.sentence.empty());
    return {};
  });
  item::ItemBatch batch;
  for (int i = 0; i < 60; ++i) {
    const bool bad = i == 3 || i == 4 || i == 40;
    put(batch, sink.framing(), bad ? R"({"PK":{"S":""},"SK":{"N":")" + std::to_string(i) + "\"}}" : key_of(0, i), R"(,"v":{"S":"x"})");
  }
  ASSERT_TRUE(writer->write(batch));
  const auto result = writer->finish();
  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_EQ(result->refused, 3U);
  EXPECT_EQ(refused.size(), 3U);
  EXPECT_EQ(result->items[0], 57U);
  EXPECT_EQ(stored().size(), 57U);
}

TEST_F(LiveSinkDbTest, AMissingTableIsAnErrorAtOnce) {
  LiveSink sink(session_, {{.name = "no-such-table", .key_names = {"PK"}}}, {});
  auto writer = *sink.open(1, nullptr);
  item::ItemBatch batch;
  put(batch, sink.framing(), R"({"PK":{"S":"a"}})", "");
  ASSERT_TRUE(writer->write(batch));
  const auto result = writer->finish();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::not_found);
  EXPECT_NE(result.error().to_string().find("no-such-table"), std::string::npos);
}

TEST_F(LiveSinkDbTest, DeletesKeys) {
  LiveSink sink(session_, {live_table()}, {});
  auto writer = *sink.open(1, nullptr);
  item::ItemBatch batch;
  for (int i = 0; i < 100; ++i) put(batch, sink.framing(), key_of(0, i), R"(,"v":{"S":"x"})");
  ASSERT_TRUE(writer->write(batch));
  ASSERT_TRUE(writer->finish());
  std::vector<std::string> texts;
  for (int i = 0; i < 90; ++i) texts.push_back(key_of(0, i));
  const std::vector<std::string_view> keys(texts.begin(), texts.end());
  const auto deleted = sink.delete_keys(0, keys);
  ASSERT_TRUE(deleted) << deleted.error().to_string();
  EXPECT_EQ(*deleted, 90U);
  EXPECT_EQ(stored().size(), 10U);
}

TEST_F(LiveSinkDbTest, TellsKeysBeforeTheyLeaveAndWhenTheyAreDurable) {
  std::set<std::string> announced;
  std::set<std::string> durable;
  LiveHooks hooks;
  hooks.before_send = [&](std::size_t, LiveHooks::Keys keys, std::span<const std::uint32_t>) -> Result<void> {
    for (const std::string_view key : keys) EXPECT_TRUE(announced.emplace(key).second);
    return {};
  };
  hooks.after_ack = [&](std::size_t, LiveHooks::Keys keys) {
    for (const std::string_view key : keys) {
      EXPECT_TRUE(announced.contains(std::string(key)));
      EXPECT_TRUE(durable.emplace(key).second);
    }
  };
  LiveSink sink(session_, {live_table()}, {}, hooks);
  auto writer = *sink.open(1, nullptr);
  item::ItemBatch batch;
  for (int i = 0; i < 110; ++i) put(batch, sink.framing(), key_of(0, i), "");
  ASSERT_TRUE(writer->write(batch));
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(durable.size(), 110U);
}

/// test/fault_proxy.py in front of the test's DynamoDB, stopped by its process id.
class FaultProxy {
 public:
  explicit FaultProxy(std::vector<std::string> faults) {
    const auto script = std::filesystem::path(ITEMIZE_SOURCE_FOLDER) / "test/fault_proxy.py";
    std::vector<std::string> words = {"python3", script.string(), "--target", std::getenv("ITEMIZE_TEST_DYNAMODB"), "--seed", "7"};
    words.insert(words.end(), faults.begin(), faults.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    process_ = fork();
    if (process_ == 0) {
      dup2(ends[1], 1);
      close(ends[0]);
      execvp("python3", arguments.data());
      _exit(127);
    }
    close(ends[1]);
    output_ = fdopen(ends[0], "r");
    char line[256] = "";
    if (std::fgets(line, sizeof line, output_) != nullptr) url_ = std::string(line, std::string_view(line).find('\n'));
  }
  ~FaultProxy() { stop(); }
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  /// Late writes are carried out before this returns.
  void stop() {
    if (process_ <= 0) return;
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
    std::fclose(output_);
    process_ = 0;
  }
  const std::string& url() const { return url_; }

 private:
  pid_t process_ = 0;
  std::FILE* output_ = nullptr;
  std::string url_;
};

std::shared_ptr<aws::Session> session_at(const std::string& endpoint) {
  aws::SessionOptions options;
  options.endpoint = endpoint;
  options.region = "eu-west-1";
  return *aws::open_session("dynamodb", options);
}

TEST_F(LiveSinkDbTest, FaultsOnTheWayChangeNothingInTheEnd) {
  FaultProxy proxy({"--throttle", "0.01", "--throttle-plain", "0.01", "--unprocessed", "0.05", "--error-500", "0.02", "--error-500-after", "0.02", "--error-503", "0.02", "--cut-before", "0.02",
                    "--cut-after", "0.02", "--cut-middle", "0.02", "--delay", "0.01", "--delay-seconds", "0.2", "--late", "0.02", "--late-silent", "0.01", "--late-seconds", "0.5", "--duplicate", "0.02",
                    "--wrong-crc", "0.02", "--conflict", "0.02", "--login-page", "0.02"});
  ASSERT_FALSE(proxy.url().empty());
  constexpr int kWriters = 2;
  constexpr int kItems = 2'500;
  LiveOptions options;
  options.backoff = {std::chrono::milliseconds(5), std::chrono::milliseconds(200)};
  options.timeout = std::chrono::milliseconds(3'000);
  std::mutex lock;
  std::set<std::string> unknown;
  LiveHooks hooks;
  hooks.on_unknown_outcome = [&](std::size_t, LiveHooks::Keys keys) {
    const std::lock_guard guard(lock);
    unknown.insert(keys.begin(), keys.end());
  };
  LiveSink sink(session_at(proxy.url()), {live_table()}, options, hooks);
  std::vector<std::thread> threads;
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&, w] {
      auto writer = *sink.open(static_cast<std::uint64_t>(w), nullptr);
      item::ItemBatch batch;
      for (int i = 0; i < kItems; ++i) put(batch, sink.framing(), key_of(w, i), R"(,"v":{"S":")" + std::to_string(i) + "\"}");
      ASSERT_TRUE(writer->write(batch));
      const auto result = writer->finish();
      ASSERT_TRUE(result) << result.error().to_string();
      EXPECT_EQ(result->items[0], static_cast<std::uint64_t>(kItems));
    });
  }
  for (std::thread& thread : threads) thread.join();
  proxy.stop();
  const auto items = stored();
  ASSERT_EQ(items.size(), static_cast<std::size_t>(kWriters * kItems));
  for (int w = 0; w < kWriters; ++w) {
    for (int i = 0; i < kItems; ++i) ASSERT_EQ(items.at("p" + std::to_string(w) + "/" + std::to_string(i)), std::to_string(i));
  }
  EXPECT_GT(sink.progress().retries, 0U);
  EXPECT_FALSE(unknown.empty());
}

TEST_F(LiveSinkDbTest, AServerWithAnotherTimeIsFollowed) {
  FaultProxy proxy({"--clock-skew", "7200"});
  LiveSink sink(session_at(proxy.url()), {live_table()}, {});
  auto writer = *sink.open(1, nullptr);
  item::ItemBatch batch;
  for (int i = 0; i < 100; ++i) put(batch, sink.framing(), key_of(0, i), "");
  ASSERT_TRUE(writer->write(batch));
  const auto result = writer->finish();
  ASSERT_TRUE(result) << result.error().to_string();
  EXPECT_EQ(stored().size(), 100U);
}

}  // namespace
}  // namespace itemize::sink
