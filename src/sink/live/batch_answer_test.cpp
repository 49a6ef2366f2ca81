#include "sink/live/batch_answer.h"

#include <gtest/gtest.h>

namespace itemize::sink {
namespace {

const std::vector<std::string> kKeys = {"PK", "SK"};

WriteRequest request_of(const std::vector<std::string>& keys) {
  WriteRequest request;
  request.start(0, R"({"RequestItems":{"t":[)");
  std::uint64_t hash = 1;
  for (const std::string& key : keys) {
    const std::string text = R"({"PutRequest":{"Item":)" + key + "}}";
    request.add({text, key, "origin", 100, 0}, ++hash);
  }
  request.seal();
  return request;
}

TEST(BatchAnswer, AllWritten) {
  const WriteRequest request = request_of({R"({"PK":{"S":"a"},"SK":{"N":"1"}})"});
  const auto answer = read_batch_answer(R"({"UnprocessedItems":{}})", request, kKeys);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->unprocessed_count, 0U);
}

TEST(BatchAnswer, SumsCapacity) {
  const WriteRequest request = request_of({R"({"PK":{"S":"a"},"SK":{"N":"1"}})"});
  const auto answer = read_batch_answer(
      R"({"UnprocessedItems":{},"ConsumedCapacity":[{"TableName":"t","CapacityUnits":7.5,"Table":{"CapacityUnits":5.0},"GlobalSecondaryIndexes":{"a":{"CapacityUnits":1.5},"b":{"CapacityUnits":1}}}]})", request, kKeys);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->write_units, 7.5);
  EXPECT_EQ(answer->index_write_units, 2.5);
}

TEST(BatchAnswer, KnowsUnprocessedItemsByKeyWhateverTheSpelling) {
  const WriteRequest request = request_of({R"({"PK":{"S":"a"},"SK":{"N":"100"}})", R"({"PK":{"S":"caf\u00e9"},"SK":{"N":"-1.50"}})", R"({"PK":{"S":"b/\"c"},"SK":{"N":"0"}})"});
  const auto answer = read_batch_answer(
      R"({"UnprocessedItems":{"t":[{"PutRequest":{"Item":{"x":{"S":"y"},"SK":{"N":"-1.5"},"PK":{"S":"café"}}}},{"PutRequest":{"Item":{"PK":{"S":"b\/\u0022c"},"SK":{"N":"0.0"}}}}]}})", request, kKeys);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->unprocessed, (std::vector<bool>{false, true, true}));
  EXPECT_EQ(answer->unprocessed_count, 2U);
}

TEST(BatchAnswer, KnowsUnprocessedDeletes) {
  const WriteRequest request = request_of({R"({"PK":{"S":"a"},"SK":{"N":"1"}})", R"({"PK":{"S":"a"},"SK":{"N":"2"}})"});
  const auto answer = read_batch_answer(R"({"UnprocessedItems":{"t":[{"DeleteRequest":{"Key":{"PK":{"S":"a"},"SK":{"N":"2"}}}}]}})", request, kKeys);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->unprocessed, (std::vector<bool>{false, true}));
}

TEST(BatchAnswer, AnUnknownItemMakesAllUnprocessed) {
  const WriteRequest request = request_of({R"({"PK":{"S":"a"},"SK":{"N":"1"}})", R"({"PK":{"S":"a"},"SK":{"N":"2"}})"});
  for (const char* entry : {R"({"PutRequest":{"Item":{"PK":{"S":"z"},"SK":{"N":"2"}}}})", R"({"PutRequest":{"Item":{}}})", R"({"Surprise":1})"}) {
    const auto answer = read_batch_answer(R"({"UnprocessedItems":{"t":[)" + std::string(entry) + "]}}", request, kKeys);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->unprocessed_count, 2U) << entry;
  }
}

TEST(BatchAnswer, WhatIsNotDynamoDbsAnswerIsAnError) {
  const WriteRequest request = request_of({R"({"PK":{"S":"a"},"SK":{"N":"1"}})"});
  for (const char* text : {"", "<html>", "[]", "42", R"({"Unproc)", "{}", R"({"message":"hello"})"}) EXPECT_FALSE(read_batch_answer(text, request, kKeys)) << text;
}

TEST(KeyIdentity, DistinguishesWhatDiffers) {
  const auto identity = [](const char* text) { return key_identity(*json::parse(text), kKeys); };
  EXPECT_NE(identity(R"({"PK":{"S":"a1"},"SK":{"S":"b"}})"), identity(R"({"PK":{"S":"a"},"SK":{"S":"1b"}})"));
  EXPECT_NE(identity(R"({"PK":{"S":"1"},"SK":{"S":"b"}})"), identity(R"({"PK":{"N":"1"},"SK":{"S":"b"}})"));
  EXPECT_EQ(identity(R"({"PK":{"S":"a"}})"), "");
}

TEST(CanonicalNumber, EqualNumbersHaveEqualText) {
  for (const char* text : {"150", "150.0", "1.5e2", "1.5E+2", "0150", "+150.00", "15000e-2"}) EXPECT_EQ(canonical_number(text), "15e1") << text;
  for (const char* text : {"0", "-0", "0.00", "0e5"}) EXPECT_EQ(canonical_number(text), "0") << text;
  EXPECT_EQ(canonical_number("-0.0015"), "-15e-4");
  EXPECT_NE(canonical_number("99999999999999999999999999999999999999"), canonical_number("99999999999999999999999999999999999998"));
}

}  // namespace
}  // namespace itemize::sink
