// Tables where items of others stay: a DynamoDB inside the test that knows conditional PutItem.
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>

#include "aws/testing/fake_server.h"
#include "base/crc32.h"
#include "base/json.h"
#include "sink/live/content.h"
#include "sink/live/live_sink.h"

namespace itemize::sink {
namespace {

using aws::testing::FakeReply;
using aws::testing::FakeRequest;
using aws::testing::FakeServer;

constexpr const char* refusal = R"({"__type":"com.amazonaws.dynamodb.v20120810#)";

class PutServer {
 public:
  PutServer() : server_([this](const FakeRequest& request) { return answer(request); }) {}

  std::shared_ptr<aws::Session> session() const {
    auto session = std::make_shared<aws::Session>();
    session->service = "dynamodb";
    session->region = "eu-west-1";
    session->endpoint = *aws::parse_url(server_.url());
    session->credentials = aws::fixed_credentials({"key", "secret", "", std::nullopt, "test"});
    return session;
  }
  /// Key -> item, as JSON text.
  std::map<std::string, std::string> items;
  std::set<std::string> forget_answers;  ///< Keys whose first put is carried out, and answered with 500.
  int replacing = 0;                     ///< Puts without a condition.

 private:
  static FakeReply say(int status, std::string body) { return {status, body, {"x-amz-crc32: " + std::to_string(crc32(body))}}; }

  FakeReply answer(const FakeRequest& request) {
    EXPECT_EQ(request.headers.at("x-amz-target"), "DynamoDB_20120810.PutItem");
    const json::Value body = json::parse(request.body).value();
    const json::Value* item = body.find("Item");
    const std::string key = item->find("PK")->text("S");
    const std::lock_guard lock(lock_);
    const bool conditional = body.find("ConditionExpression") != nullptr;
    if (!conditional) ++replacing;
    if (conditional) {
      EXPECT_EQ(body.text("ConditionExpression"), "attribute_not_exists(#key)");
      EXPECT_EQ(body.find("ExpressionAttributeNames")->text("#key"), "PK");
      EXPECT_EQ(body.text("ReturnValuesOnConditionCheckFailure"), "ALL_OLD");
      if (const auto there = items.find(key); there != items.end())
        return say(400, refusal + std::string(R"(ConditionalCheckFailedException","message":"The conditional request failed","Item":)") +
                            there->second + "}");
    }
    if (item->find("bad") != nullptr) return say(400, refusal + std::string(R"(ValidationException","message":"said by the test"})"));
    items[key] = json::to_text(*item);
    if (forget_answers.erase(key) > 0) return say(500, refusal + std::string(R"(InternalServerError"})"));
    return say(200, R"({"ConsumedCapacity":{"TableName":"shop","CapacityUnits":2.0}})");
  }

  std::mutex lock_;
  FakeServer server_;  // last: its threads use what is above
};

void put(item::ItemBatch& batch, const std::string& key, const std::string& attribute) {
  batch.tables.resize(1);
  item::TableItems& items = batch.tables[0];
  item::Put one;
  one.text_begin = items.text.size();
  items.text.append(R"({"PutRequest":{"Item":{"PK":{"S":")" + key + R"("},)" + attribute + "}}}");
  one.text_size = static_cast<std::uint32_t>(items.text.size() - one.text_begin);
  one.item_size = 100;
  one.key_begin = items.keys.size();
  items.keys.append(R"({"PK":{"S":")" + key + R"("}})");
  one.key_size = static_cast<std::uint32_t>(items.keys.size() - one.key_begin);
  items.puts.push_back(one);
}

class SinglePutTest : public ::testing::Test {
 protected:
  /// k0..k<count-1>, each with v = "ours".
  WriteResult write(int count, LiveHooks hooks = {}, const std::string& more = "") {
    LiveOptions options;
    options.backoff = {std::chrono::milliseconds(1), std::chrono::milliseconds(20)};
    LiveSink sink(server.session(), {{.name = "shop", .key_names = {"PK"}, .keep_existing = true}}, options, std::move(hooks));
    auto writer =
        sink.open(1, [this](const Refusal& refused) { return refusals.push_back(std::string(refused.key)), Result<void>(); }).value();
    item::ItemBatch batch;
    for (int number = 0; number < count; ++number) put(batch, "k" + std::to_string(number), R"("v":{"S":"ours"})");
    if (!more.empty()) put(batch, "more", more);
    EXPECT_TRUE(writer->write(batch));
    auto result = writer->finish();
    EXPECT_TRUE(result) << result.error().to_string();
    kept = sink.progress().kept;
    return *std::move(result);
  }

  PutServer server;
  std::vector<std::string> refusals;
  std::uint64_t kept = 0;
};

constexpr const char* foreign = R"({"PK":{"S":"k3"},"v":{"S":"theirs"}})";

TEST_F(SinglePutTest, ItemsOfOthersStay) {
  server.items["k3"] = foreign;
  const WriteResult result = write(200);
  EXPECT_EQ(result.items, std::vector<std::uint64_t>{199});
  EXPECT_EQ(result.kept, 1U);
  EXPECT_EQ(kept, 1U);
  EXPECT_EQ(result.write_units, 2.0 * 199);
  EXPECT_EQ(server.items.size(), 200U);
  EXPECT_EQ(server.items["k3"], foreign);
  EXPECT_EQ(server.replacing, 0);
}

TEST_F(SinglePutTest, AnAnswerThatWasLostDoesNotMakeOurItemForeign) {
  for (int number = 0; number < 50; number += 5) server.forget_answers.insert("k" + std::to_string(number));
  const WriteResult result = write(50);
  EXPECT_EQ(result.items, std::vector<std::uint64_t>{50});
  EXPECT_EQ(result.kept, 0U);
}

TEST_F(SinglePutTest, WhatAnEarlierRunWroteIsReplaced) {
  server.items["k3"] = foreign;
  server.items["k4"] = R"({"PK":{"S":"k4"},"v":{"S":"ours before"}})";
  std::map<std::string, std::uint64_t> announced;
  LiveHooks hooks;
  hooks.before_put = [&](std::size_t, std::string_view key, std::uint64_t content) {
    return announced[std::string(key)] = content, Result<void>();
  };
  hooks.is_ours = [&](std::size_t, std::string_view, std::uint64_t content) {
    return Result<bool>(content == content_of(R"({"v":{"S":"ours before"},"PK":{"S":"k4"}})").value());
  };
  const WriteResult result = write(10, hooks);
  EXPECT_EQ(result.items, std::vector<std::uint64_t>{9});
  EXPECT_EQ(result.kept, 1U);
  EXPECT_EQ(server.items["k4"], R"({"PK":{"S":"k4"},"v":{"S":"ours"}})");
  EXPECT_EQ(server.items["k3"], foreign);
  EXPECT_EQ(server.replacing, 1);
  EXPECT_EQ(announced.size(), 10U);
  EXPECT_EQ(announced.at(R"({"PK":{"S":"k4"}})"), content_of(server.items["k4"]).value());
}

TEST_F(SinglePutTest, WhatCannotBeAnnouncedDoesNotLeave) {
  LiveHooks hooks;
  hooks.before_put = [](std::size_t, std::string_view, std::uint64_t) { return Result<void>(fail(ErrorCode::io, "the disk is full")); };
  LiveSink sink(server.session(), {{.name = "shop", .key_names = {"PK"}, .keep_existing = true}}, {}, hooks);
  auto writer = sink.open(1, {}).value();
  item::ItemBatch batch;
  put(batch, "k", R"("v":{"S":"ours"})");
  const bool failed = !writer->write(batch) || !writer->finish();
  EXPECT_TRUE(failed);
  EXPECT_TRUE(server.items.empty());
}

TEST_F(SinglePutTest, ABadItemIsRefusedByItself) {
  const WriteResult result = write(30, {}, R"("bad":{"S":"x"})");
  EXPECT_EQ(result.items, std::vector<std::uint64_t>{30});
  EXPECT_EQ(result.refused, 1U);
  EXPECT_EQ(refusals, std::vector<std::string>{R"({"PK":{"S":"more"}})"});
}

TEST(ContentTest, EqualItemsHaveEqualContent) {
  const auto same = [](const char* a, const char* b) { return content_of(a).value() == content_of(b).value(); };
  EXPECT_TRUE(same(R"({"a":{"N":"1.50"},"b":{"S":"x"}})", R"({"b":{"S":"x"},"a":{"N":"15E-1"}})"));
  EXPECT_TRUE(same(R"({"a":{"SS":["x","y"]},"n":{"NS":["1","2.0"]}})", R"({"n":{"NS":["2","1.0"]},"a":{"SS":["y","x"]}})"));
  EXPECT_TRUE(same(R"({"a":{"M":{"x":{"L":[{"BOOL":true},{"NULL":true}]},"b":{"B":"AAE="}}}})",
                   R"({"a":{"M":{"b":{"B":"AAE="},"x":{"L":[{"BOOL":true},{"NULL":true}]}}}})"));
  EXPECT_FALSE(same(R"({"a":{"S":"1"}})", R"({"a":{"N":"1"}})"));
  EXPECT_FALSE(same(R"({"a":{"L":[{"S":"x"},{"S":"y"}]}})", R"({"a":{"L":[{"S":"y"},{"S":"x"}]}})"));
  EXPECT_FALSE(same(R"({"a":{"L":[{"L":[]}]}})", R"({"a":{"L":[]}})"));
  EXPECT_FALSE(same(R"({"a":{"BOOL":true}})", R"({"a":{"BOOL":false}})"));
  EXPECT_FALSE(same(R"({"a":{"S":"x"},"b":{"S":"y"}})", R"({"a":{"S":"x"}})"));
  EXPECT_FALSE(content_of("nonsense"));
}

}  // namespace
}  // namespace itemize::sink
