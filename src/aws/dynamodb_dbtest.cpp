#include "aws/dynamodb.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace itemize::aws {
namespace {

/// A connection to the DynamoDB of ITEMIZE_TEST_DYNAMODB, and a table name that no other test has.
class DynamoDbTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* endpoint = std::getenv("ITEMIZE_TEST_DYNAMODB");
    if (endpoint == nullptr) GTEST_SKIP() << "ITEMIZE_TEST_DYNAMODB is not set: run under test/engines/with_engines";
    SessionOptions options;
    options.endpoint = endpoint;
    options.region = "eu-west-1";
    auto session = open_session("dynamodb", options);
    ASSERT_TRUE(session) << session.error().to_string();
    auto opened = DynamoDb::open(*session);
    ASSERT_TRUE(opened) << opened.error().to_string();
    dynamodb_ = *std::move(opened);
    table_ = "aws-test-" + std::to_string(getpid()) + "-" + testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  void TearDown() override {
    if (dynamodb_) (void)dynamodb_->delete_table(table_);
  }

  TableDefinition definition() const {
    TableDefinition definition;
    definition.name = table_;
    definition.keys = {{"PK", "S", true}, {"SK", "N", false}};
    return definition;
  }
  void create(const TableDefinition& wanted) {
    const auto created = dynamodb_->create_table(wanted);
    ASSERT_TRUE(created) << created.error().to_string();
    const auto ready = dynamodb_->wait_until_active(wanted.name, std::chrono::seconds(30));
    ASSERT_TRUE(ready) << ready.error().to_string();
  }

  std::unique_ptr<DynamoDb> dynamodb_;
  std::string table_;
};

TEST_F(DynamoDbTest, DescribesWhatWasCreated) {
  TableDefinition wanted = definition();
  wanted.stream_view_type = "NEW_AND_OLD_IMAGES";
  Index by_email{.name = "by_email", .keys = {{"GSI1PK", "S", true}, {"GSI1SK", "S", false}}};
  Index by_status{.name = "by_status", .keys = {{"tenant", "S", true}, {"status", "S", true}, {"placedAt", "S", false}}, .projection = "KEYS_ONLY"};
  Index local{.name = "by_size", .keys = {{"PK", "S", true}, {"size", "N", false}}, .local = true, .projection = "INCLUDE", .included = {"name"}};
  wanted.indexes = {by_email, by_status, local};
  create(wanted);

  const auto described = dynamodb_->describe_table(table_);
  ASSERT_TRUE(described) << described.error().to_string();
  ASSERT_TRUE(described->has_value());
  const TableDescription& table = **described;
  EXPECT_EQ(table.status, "ACTIVE");
  EXPECT_EQ(table.billing_mode, "PAY_PER_REQUEST");
  EXPECT_FALSE(table.created_at.empty());
  EXPECT_NE(table.arn.find(table_), std::string::npos);
  EXPECT_EQ(table.stream_view_type, "NEW_AND_OLD_IMAGES");
  ASSERT_EQ(table.keys.size(), 2U);
  EXPECT_EQ(table.keys[1].name, "SK");
  EXPECT_EQ(table.keys[1].type, "N");
  EXPECT_FALSE(table.keys[1].hash);
  ASSERT_EQ(table.indexes.size(), 3U);
  for (const Index& index : table.indexes) {
    if (index.name == "by_status") {
      EXPECT_EQ(index.keys.size(), 3U);
    }
    if (index.name == "by_size") {
      EXPECT_TRUE(index.local);
      EXPECT_EQ(index.included, std::vector<std::string>{"name"});
    }
  }
  const auto listed = dynamodb_->list_tables();
  ASSERT_TRUE(listed);
  EXPECT_NE(std::ranges::find(*listed, table_), listed->end());
}

TEST_F(DynamoDbTest, CreatingATableTwiceIsAConflict) {
  create(definition());
  const auto again = dynamodb_->create_table(definition());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
}

TEST_F(DynamoDbTest, AMissingTableIsNoneToDescribeAndNotFoundToWrite) {
  const auto described = dynamodb_->describe_table(table_);
  ASSERT_TRUE(described) << described.error().to_string();
  EXPECT_FALSE(described->has_value());
  const auto put = dynamodb_->put_item(table_, R"({"PK":{"S":"a"},"SK":{"N":"1"}})");
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, ErrorCode::not_found);
}

TEST_F(DynamoDbTest, PutsGetsScansAndDeletes) {
  create(definition());
  for (int i = 0; i < 250; ++i) {
    const std::string n = std::to_string(i);
    ASSERT_TRUE(dynamodb_->put_item(table_, R"({"PK":{"S":"a"},"SK":{"N":")" + n + R"("},"name":{"S":"caf\u00e9 )" + n + R"("}})"));
  }
  EXPECT_FALSE(*dynamodb_->put_item(table_, R"({"PK":{"S":"a"},"SK":{"N":"1"}})", "attribute_not_exists(PK)"));

  const auto one = dynamodb_->get_item(table_, R"({"PK":{"S":"a"},"SK":{"N":"7"}})");
  ASSERT_TRUE(one && one->has_value());
  EXPECT_EQ((*one)->find("name")->text("S"), "café 7");

  std::vector<std::string> texts;
  for (int i = 0; i < 260; ++i) texts.push_back(R"({"PK":{"S":"a"},"SK":{"N":")" + std::to_string(i) + R"("}})");
  const std::vector<std::string_view> keys(texts.begin(), texts.end());
  const auto many = dynamodb_->batch_get(table_, keys);
  ASSERT_TRUE(many) << many.error().to_string();
  EXPECT_EQ(many->size(), 250U);

  std::size_t scanned = 0;
  ScanRequest scan{.table = table_, .limit = 40};
  do {
    const auto page = dynamodb_->scan(scan);
    ASSERT_TRUE(page) << page.error().to_string();
    scanned += page->items.size();
    scan.start_key = page->last_key;
  } while (!scan.start_key.empty());
  EXPECT_EQ(scanned, 250U);

  const auto found = dynamodb_->query(R"({"TableName":")" + table_ + R"(","KeyConditionExpression":"PK = :p AND SK < :s","ExpressionAttributeValues":{":p":{"S":"a"},":s":{"N":"10"}}})");
  ASSERT_TRUE(found) << found.error().to_string();
  EXPECT_EQ(found->items.size(), 10U);

  ASSERT_TRUE(dynamodb_->delete_item(table_, keys[7]));
  const auto gone = dynamodb_->get_item(table_, keys[7]);
  ASSERT_TRUE(gone);
  EXPECT_FALSE(gone->has_value());
}

TEST_F(DynamoDbTest, ChangesTimeToLiveStreamAndIndexes) {
  create(definition());
  ASSERT_TRUE(dynamodb_->update_time_to_live(table_, "expiresAt", true));
  const auto ttl = dynamodb_->describe_time_to_live(table_);
  ASSERT_TRUE(ttl) << ttl.error().to_string();
  EXPECT_EQ(ttl->attribute, "expiresAt");
  EXPECT_TRUE(ttl->status == "ENABLED" || ttl->status == "ENABLING") << ttl->status;

  TableChange change{.name = table_, .stream_view_type = "KEYS_ONLY"};
  const auto changed = dynamodb_->update_table(change);
  ASSERT_TRUE(changed) << changed.error().to_string();
  ASSERT_TRUE(dynamodb_->wait_until_active(table_, std::chrono::seconds(30)));

  TableChange index{.name = table_, .create_index = Index{.name = "by_name", .keys = {{"name", "S", true}}}, .key_attributes = definition().keys};
  const auto indexed = dynamodb_->update_table(index);
  ASSERT_TRUE(indexed) << indexed.error().to_string();
  const auto ready = dynamodb_->wait_until_active(table_, std::chrono::seconds(30));
  ASSERT_TRUE(ready) << ready.error().to_string();
  EXPECT_EQ(ready->stream_view_type, "KEYS_ONLY");
  ASSERT_EQ(ready->indexes.size(), 1U);

  ASSERT_TRUE(dynamodb_->delete_table(table_));
  ASSERT_TRUE(dynamodb_->wait_until_gone(table_, std::chrono::seconds(30)));
}

}  // namespace
}  // namespace itemize::aws
