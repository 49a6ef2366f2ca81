#include "model/policies.h"

#include <gtest/gtest.h>

namespace itemize::model {
namespace {

std::string chosen(const std::vector<std::string>& names, const std::string& type_name) {
  Policies policies;
  for (const std::string& name : names) policies.emplace_back(Text{name, {}}, TypePolicy{"S", "reject", {}});
  row::Type type;
  type.name = type_name;
  const TypePolicy* policy = policy_for(policies, type);
  for (const auto& [text, each] : policies)
    if (&each == policy) return text.value;
  return "";
}

TEST(Policies, TheExactNameIsStrongerThanTheNameWithoutItsLength) {
  EXPECT_EQ(chosen({"tinyint", "tinyint(1)"}, "tinyint(1)"), "tinyint(1)");
  EXPECT_EQ(chosen({"tinyint", "tinyint(1)"}, "tinyint(4)"), "tinyint");
  EXPECT_EQ(chosen({"NUMERIC"}, "numeric(10,2)"), "NUMERIC");
  EXPECT_EQ(chosen({"timestamp with time zone"}, "timestamp(3) with time zone"), "timestamp with time zone");
}

TEST(Policies, WhatEnginesCallOtherwiseIsTheSameType) {
  EXPECT_EQ(chosen({"varchar"}, "character varying(20)"), "varchar");
  EXPECT_EQ(chosen({"character varying"}, "varchar(20)"), "character varying");
  EXPECT_EQ(chosen({"varchar[]"}, "character varying[]"), "varchar[]");
  EXPECT_EQ(chosen({"varchar"}, "character varying[]"), "");
  EXPECT_EQ(chosen({"timestamptz"}, "timestamp(3) with time zone"), "timestamptz");
  EXPECT_EQ(chosen({"int8"}, "bigint"), "int8");
  EXPECT_EQ(chosen({"bool", "boolean"}, "boolean"), "boolean") << "the engine's own spelling first";
  EXPECT_EQ(chosen({"int"}, "bigint"), "");
}

}  // namespace
}  // namespace itemize::model
