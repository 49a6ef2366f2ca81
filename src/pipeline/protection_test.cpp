#include "pipeline/protection.h"

#include <gtest/gtest.h>

namespace itemize::pipeline {
namespace {

TEST(ParseMaxLoad, TakesANameAndANumber) {
  EXPECT_EQ(*parse_max_load("Threads_running=25"), (std::pair<std::string, double>("Threads_running", 25)));
  EXPECT_EQ(parse_max_load("a=0.5")->second, 0.5);
  for (const char* text : {"", "25", "=25", "a=", "a=b", "a=1x", "a=-1"}) {
    const auto parsed = parse_max_load(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().message.find("NAME=NUMBER"), std::string::npos);
  }
}

TEST(ParseDuration, TakesUnits) {
  EXPECT_EQ(*parse_duration("10"), std::chrono::seconds(10));
  EXPECT_EQ(*parse_duration("10s"), std::chrono::seconds(10));
  EXPECT_EQ(*parse_duration("5m"), std::chrono::minutes(5));
  EXPECT_EQ(*parse_duration("1.5h"), std::chrono::minutes(90));
  EXPECT_EQ(*parse_duration("1d"), std::chrono::hours(24));
  for (const char* text : {"", "s", "10x", "-1s", "1e300h", "nan"}) EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Gate, TellsWhoHoldsAndLetsGo) {
  Gate gate;
  EXPECT_TRUE(gate.is_open());
  gate.close("load", "too busy");
  gate.close("user", "paused");
  EXPECT_EQ(gate.reasons(), "too busy; paused");
  gate.close("load", "busier");
  EXPECT_EQ(gate.reasons(), "busier; paused");
  gate.open("user");
  EXPECT_TRUE(gate.pass_reason("user", {}));
  std::stop_source stopped;
  stopped.request_stop();
  const auto passed = gate.pass(stopped.get_token());
  ASSERT_FALSE(passed);
  EXPECT_EQ(passed.error().code, ErrorCode::cancelled);
  gate.open("load");
  EXPECT_TRUE(gate.pass({}));
}

}  // namespace
}  // namespace itemize::pipeline
