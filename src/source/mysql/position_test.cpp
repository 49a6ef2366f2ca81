#include "source/mysql/position.h"

#include <gtest/gtest.h>

namespace itemize::source::mysql {
namespace {

constexpr auto uuid = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
constexpr auto other = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

BinlogPosition gtids(const std::string& text) {
  BinlogPosition position;
  position.gtid = text;
  return position;
}
BinlogPosition place(const std::string& file, std::uint64_t offset) {
  BinlogPosition position;
  position.file = file;
  position.offset = offset;
  return position;
}

TEST(BinlogPosition, TextRoundTrips) {
  BinlogPosition position = place("mariadb-bin.000007", 342);
  position.gtid = "0-1-5";
  const Result<BinlogPosition> again = BinlogPosition::from_text(position.to_text());
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(again->to_text(), position.to_text());
  EXPECT_EQ(again->offset, 342U);
  EXPECT_TRUE(again->exact);
  position.exact = false;
  EXPECT_FALSE(BinlogPosition::from_text(position.to_text())->exact);
  EXPECT_FALSE(BinlogPosition::from_text("mariadb-bin.000007:342"));
  EXPECT_FALSE(BinlogPosition::from_text("[]"));
}

TEST(BinlogPosition, ThePlaceInTheLogIsTheSameWheneverItIsLookedAt) {
  BinlogPosition early = place("b.000001", 4);
  BinlogPosition late = early;
  early.at = 1;
  late.at = 2;
  EXPECT_EQ(early.to_text(), late.to_text());
  BinlogPosition nowhere;
  nowhere.at = 5;
  EXPECT_NE(nowhere.to_text(), BinlogPosition().to_text()) << "without a log only the time tells points apart";
}

TEST(BinlogPosition, FilesAreOrderedByNumber) {
  EXPECT_LT(compare(place("b.000009", 900), place("b.000010", 4)), 0);
  EXPECT_LT(compare(place("b.999999", 4), place("b.1000000", 4)), 0);
  EXPECT_GT(compare(place("b.000001", 5), place("b.000001", 4)), 0);
  EXPECT_EQ(compare(place("b.000001", 4), place("b.000001", 4)), 0);
}

TEST(BinlogPosition, GtidSetsAreOrderedByWhatTheyHold) {
  const std::string base = std::string(uuid) + ":1-5";
  EXPECT_LT(compare(gtids(base), gtids(std::string(uuid) + ":1-6")), 0);
  EXPECT_LT(compare(gtids(base), gtids(base + "," + other + ":1")), 0);
  EXPECT_GT(compare(gtids(base), gtids(std::string(uuid) + ":1-3:5")), 0);
  EXPECT_EQ(compare(gtids(base), gtids(std::string(uuid) + ":1-3:4-5")), 0);
  EXPECT_LT(compare(gtids(base), gtids(base + ":tag:1-2")), 0) << "MySQL 8.3: a tag begins a set of its own";
}

TEST(BinlogPosition, MariaDbPositionsAreOrderedByDomain) {
  EXPECT_LT(compare(gtids("0-1-5"), gtids("0-2-6")), 0);
  EXPECT_LT(compare(gtids("0-1-5"), gtids("0-1-5,1-1-1")), 0);
  EXPECT_EQ(compare(gtids("0-1-5,1-1-1"), gtids("1-1-1,0-1-5")), 0);
}

TEST(BinlogPosition, WhatCannotBeOrderedIsOrderedByTime) {
  BinlogPosition early = gtids(std::string(uuid) + ":1");
  BinlogPosition late = gtids(std::string(other) + ":1");
  early.at = 1;
  late.at = 2;
  EXPECT_LT(compare(early, late), 0);
  EXPECT_GT(compare(late, early), 0);
}

TEST(GtidSet, IsReadAsTheServerWritesIt) {
  const auto set = parse_gtid_set(std::string(uuid) + ":1-3:7,\n" + other + ":9");
  ASSERT_TRUE(set);
  EXPECT_EQ(set->size(), 2U);
  EXPECT_EQ((*set->find(uuid)).second.size(), 2U);
  EXPECT_TRUE(parse_gtid_set("")->empty());
  EXPECT_FALSE(parse_gtid_set(std::string(uuid) + ":5-3"));
  EXPECT_FALSE(parse_gtid_set(std::string(uuid) + ":1-2-3"));
  EXPECT_TRUE(contains(*set, *parse_gtid_set(std::string(uuid) + ":2")));
  EXPECT_FALSE(contains(*set, *parse_gtid_set(std::string(uuid) + ":4")));
}

}  // namespace
}  // namespace itemize::source::mysql
