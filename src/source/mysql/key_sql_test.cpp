#include "source/mysql/key_sql.h"

#include <gtest/gtest.h>

#include "source/mysql/midpoint.h"
#include "source/mysql/types.h"

namespace itemize::source::mysql {
namespace {

using row::TypeKind;

row::Type type(TypeKind kind, int scale_or_precision = -1) {
  row::Type made;
  made.kind = kind;
  made.scale = made.precision = scale_or_precision;
  return made;
}

row::Table table() {
  row::Table made;
  made.schema = "sh`op";
  made.name = "t";
  for (const auto& [name, kind] :
       {std::pair("a", TypeKind::integer), std::pair("b", TypeKind::text), std::pair("c", TypeKind::timestamp_tz)}) {
    row::Column column;
    column.name = name;
    column.type = type(kind);
    made.columns.push_back(column);
  }
  return made;
}

std::string literal_of(TypeKind kind, const std::string& text) {
  const Result<std::string> made = key_literal(type(kind), text);
  return made ? *made : "<" + made.error().message + ">";
}

TEST(KeyLiteral, IsComparedAsTheColumnIs) {
  EXPECT_EQ(literal_of(TypeKind::integer, "18446744073709551615"), "18446744073709551615") << "never through a double";
  EXPECT_EQ(literal_of(TypeKind::decimal, "-1.50"), "-1.50");
  EXPECT_EQ(literal_of(TypeKind::float64, "0.1"), "1e-01");
  EXPECT_EQ(literal_of(TypeKind::float32, "0.1"), "1.0000000149011612e-01") << "the double that the FLOAT nearest to 0.1 widens to";
  EXPECT_EQ(literal_of(TypeKind::text, "it's \\ \"x\""), "'it\\'s \\\\ \"x\"'");
  EXPECT_EQ(literal_of(TypeKind::text, std::string("a\0b", 3)), "'a\\0b'");
  EXPECT_EQ(literal_of(TypeKind::bytes, "\\x00ff"), "x'00ff'");
  EXPECT_EQ(literal_of(TypeKind::bits, "0101"), "5");
  EXPECT_EQ(literal_of(TypeKind::timestamp_tz, "2024-02-29T12:00:00.500000Z"), "'2024-02-29 12:00:00.500000'");
  EXPECT_EQ(literal_of(TypeKind::set, "{a,\"c d\",\"q\\\"\"}"), "'a,c d,q\"'");
  EXPECT_EQ(literal_of(TypeKind::set, "{}"), "''");
}

TEST(KeyLiteral, RefusesWhatIsNoValueOfTheType) {
  for (const char* const text : {"", "-", ".", "1.2.3", "1 OR 1=1", "0x10", "1e5", "--1", "NULL"})
    EXPECT_EQ(literal_of(TypeKind::integer, text).front(), '<') << text;
  for (const char* const text : {"", "e5", "1e", "1e+", "nan", "1;2"}) EXPECT_EQ(literal_of(TypeKind::float64, text).front(), '<') << text;
  for (const char* const text : {"", "00", "\\x0", "\\xgg", "\\x'"}) EXPECT_EQ(literal_of(TypeKind::bytes, text).front(), '<') << text;
  for (const char* const text : {"", "2", "0'1"}) EXPECT_EQ(literal_of(TypeKind::bits, text).front(), '<') << text;
}

TEST(WhereOf, WritesBoundsAsTheRangeOptimiserReadsThem) {
  Range range;
  EXPECT_EQ(*where_of(range, table()), "");
  range.kind = RangeKind::keys;
  range.key_columns = {"a", "b"};
  range.lower = {{"1", "x"}};
  EXPECT_EQ(*where_of(range, table()), " WHERE ((`a` > 1) OR (`a` = 1 AND `b` >= 'x'))");
  range.upper = {{"2", "y"}};
  EXPECT_EQ(*where_of(range, table()), " WHERE ((`a` > 1) OR (`a` = 1 AND `b` >= 'x')) AND ((`a` < 2) OR (`a` = 2 AND `b` < 'y'))");
  range.key_columns = {"gone"};
  EXPECT_FALSE(where_of(range, table()));
  range.kind = RangeKind::blocks;
  EXPECT_FALSE(where_of(range, table()));
}

TEST(WhereOf, RowsByKey) {
  Range range;
  range.kind = RangeKind::rows;
  range.key_columns = {"a"};
  EXPECT_EQ(*where_of(range, table()), " WHERE FALSE");
  range.row_keys = {{"1"}, {"2"}};
  EXPECT_EQ(*where_of(range, table()), " WHERE `a` IN (1, 2)");
  range.key_columns = {"b", "a"};
  range.row_keys = {{"x", "1"}};
  EXPECT_EQ(*where_of(range, table()), " WHERE (`b`, `a`) IN (('x', 1))");
  range.row_keys = {{"x"}};
  EXPECT_FALSE(where_of(range, table()));
  EXPECT_EQ(table_name(table()), "`sh``op`.`t`");
}

TEST(Midpoint, LiesAboveTheLowAndUpToTheHigh) {
  EXPECT_EQ(midpoint(type(TypeKind::integer), "0", "100"), "50");
  EXPECT_EQ(midpoint(type(TypeKind::integer), "1", "2"), "2");
  EXPECT_EQ(midpoint(type(TypeKind::integer), "2", "2"), std::nullopt);
  EXPECT_EQ(midpoint(type(TypeKind::integer), "-9223372036854775808", "18446744073709551615"), "4611686018427387904");
  EXPECT_EQ(midpoint(type(TypeKind::decimal, 2), "0.01", "0.02"), "0.02");
  EXPECT_EQ(midpoint(type(TypeKind::date), "2024-01-01", "2024-01-03"), "2024-01-02");
  EXPECT_EQ(midpoint(type(TypeKind::timestamp, 0), "2024-01-01 00:00:00", "2024-01-01 00:00:03"), "2024-01-01 00:00:01.000000");
  EXPECT_EQ(midpoint(type(TypeKind::time, 0), "-01:00:00", "01:00:00"), "00:00:00.000000");
  EXPECT_EQ(midpoint(type(TypeKind::float64), "1", "3"), "2");
  EXPECT_EQ(midpoint(type(TypeKind::bytes), "\\x00", "\\xff"), "\\x7f80");
  EXPECT_EQ(midpoint(type(TypeKind::enumeration), "a", "b"), std::nullopt);
}

TEST(Midpoint, OfTextsStandsBetweenThem) {
  for (const auto& [low, high] : {std::pair<std::string, std::string>{"apple", "zebra"},
                                  {"a", "b"},
                                  {"", "zz"},
                                  {"user0001", "user9999"},
                                  {"é", "表"},
                                  {"a", "表"}}) {
    const std::optional<std::string> middle = midpoint(type(TypeKind::text), low, high);
    ASSERT_TRUE(middle) << low << ".." << high;
    EXPECT_GT(*middle, low);
    EXPECT_LT(*middle, high);
  }
  EXPECT_EQ(midpoint(type(TypeKind::text), "same", "same"), std::nullopt);
  EXPECT_EQ(midpoint(type(TypeKind::text), "b", "a"), std::nullopt) << "an order that is not the code points'";
}

TEST(Types, CollationsThatEquateTextsAreNotBytewise) {
  const row::Type varchar = type_of({"varchar", "varchar(10)", -1, -1, -1, 10});
  const row::Type character = type_of({"char", "char(10)", -1, -1, -1, 10});
  EXPECT_FALSE(compares_bytewise(varchar, "utf8mb4_general_ci"));
  EXPECT_FALSE(compares_bytewise(varchar, "utf8mb4_bin")) << "pads with spaces";
  EXPECT_TRUE(compares_bytewise(character, "utf8mb4_bin")) << "CHAR has no trailing spaces to pad";
  EXPECT_TRUE(compares_bytewise(varchar, "utf8mb4_nopad_bin"));
  EXPECT_TRUE(compares_bytewise(varchar, "utf8mb4_0900_bin"));
  EXPECT_FALSE(compares_bytewise(varchar, "utf8mb4_0900_as_cs"));
  EXPECT_TRUE(compares_bytewise(type_of({"varbinary", "varbinary(10)"}), ""));
  EXPECT_TRUE(compares_bytewise(type_of({"enum", "enum('a')"}), "utf8mb4_general_ci"));
}

TEST(Types, AnUnknownTypeIsUnsupportedAndKeepsItsName) {
  const row::Type unknown = type_of({"hologram", "hologram(3)"});
  EXPECT_EQ(unknown.kind, TypeKind::unsupported);
  EXPECT_EQ(unknown.name, "hologram(3)");
  EXPECT_TRUE(type_of({"bigint", "bigint(20) unsigned"}).is_unsigned);
  EXPECT_EQ(type_of({"mediumint", "mediumint(9)"}).length, 4);
}

}  // namespace
}  // namespace itemize::source::mysql
