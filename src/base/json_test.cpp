#include "base/json.h"

#include <gtest/gtest.h>

namespace itemize::json {
namespace {

std::string again(std::string_view text) {
  const Result<Value> value = parse(text);
  return value ? to_text(*value) : "error";
}

TEST(Json, KeepsNumbersAsWritten) {
  EXPECT_EQ(again("12345678901234567890123456789012345678"), "12345678901234567890123456789012345678");
  EXPECT_EQ(again("[1E-130, 9.99e+125, -0.50, 1e999, 0]"), "[1E-130,9.99e+125,-0.50,1e999,0]");
  EXPECT_EQ(again(R"({"a":123456789012345678901234567890,"b":[1e400,2],"c":3})"), R"({"a":123456789012345678901234567890,"b":[1e400,2],"c":3})");
}

TEST(Json, TakesScalarsAndSpace) {
  EXPECT_EQ(again(" true "), "true");
  EXPECT_EQ(again("null"), "null");
  EXPECT_EQ(again("\"a\\u00e9\\n\\\"\""), "\"aé\\n\\\"\"");
  EXPECT_EQ(again("{}"), "{}");
  EXPECT_EQ(again("[ ]"), "[]");
  EXPECT_EQ(again("{\"a\":1,\"a\":2}"), "{\"a\":1,\"a\":2}");
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const char* text : {"", " ", "{", "[1,]", "1 2", "1,2", "1]", "[1", "01", "1.", ".5", "+1", "-", "1e", "nul", "truex", "{\"a\"}", "{\"a\":}",
                           "{a:1}", "'a'", "\"\x01\"", "\"\\x\"", "\"a", "\"\xff\"", "1] [2", "[1 2]", "{\"a\":1 \"b\":2}", "nan", "1x", "[1e5x]", "nullx", "[falsey]"})
    EXPECT_EQ(again(text), "error") << text;
}

TEST(Json, BoundsDepth) {
  EXPECT_NE(again(std::string(1000, '[') + std::string(1000, ']')), "error");
  EXPECT_EQ(again(std::string(1100, '[') + std::string(1100, ']')), "error");
  EXPECT_EQ(again(std::string(100'000, '[')), "error");
}

TEST(Json, FindsMembers) {
  const Value value = *parse(R"({"name":"x","count":7,"big":1e3,"deep":{"a":[true]}})");
  EXPECT_EQ(value.text("name"), "x");
  EXPECT_EQ(value.text("count"), "7");
  EXPECT_EQ(value.integer("count"), 7);
  EXPECT_EQ(value.integer("big"), 1000);
  EXPECT_EQ(value.integer("none", -1), -1);
  EXPECT_EQ(value.find("deep")->find("a")->array()->size(), 1U);
}

TEST(Json, ParsesWithinAHandler) {
  struct Nested : Events {
    std::string seen;
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number(std::string_view text) override { return seen += text, true; }
    bool string(std::string_view text) override { return seen += to_text(*parse(text)), true; }
    bool begin_array() override { return true; }
    bool end_array() override { return true; }
    bool begin_object() override { return true; }
    bool key(std::string_view) override { return true; }
    bool end_object() override { return true; }
  } nested;
  EXPECT_TRUE(*parse_events(R"([1,"[2,3]",4])", nested));
  EXPECT_EQ(nested.seen, "1[2,3]4");
}

}  // namespace
}  // namespace itemize::json
