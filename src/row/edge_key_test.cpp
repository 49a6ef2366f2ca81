#include "row/edge_key.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <random>
#include <vector>

#include "base/decimal.h"

namespace itemize::row {
namespace {

std::string part(const Cell& cell, const EdgeSide& side = {}) {
  Buffer out;
  return append_edge_part(cell, side, out) ? std::string(out.view()) : "none";
}
std::string decimal(std::string_view text) { return part(Cell::view_of(CellKind::decimal_text, text)); }

Column column(std::string name, TypeKind kind, std::string type_name = {}) {
  Column made;
  made.name = std::move(name);
  made.type.kind = kind;
  made.type.name = type_name.empty() ? "type" : std::move(type_name);
  return made;
}

TEST(EdgeKey, NumbersAreEqualByTheirAmount) {
  EXPECT_EQ(decimal("1"), decimal("1.00"));
  EXPECT_EQ(decimal("1.0"), part(Cell::integer(1)));
  EXPECT_EQ(decimal("-0.00"), part(Cell::integer(0)));
  EXPECT_EQ(decimal("-17.0"), part(Cell::integer(-17)));
  EXPECT_EQ(decimal("0001.50"), decimal("1.5"));
  EXPECT_EQ(part(Cell::make(CellKind::uint64, 5)), part(Cell::integer(5)));
  EXPECT_EQ(decimal("18446744073709551615"), part(Cell::make(CellKind::uint64, -1)));
  EXPECT_EQ(decimal("-9223372036854775808"), part(Cell::integer(std::numeric_limits<std::int64_t>::min())));
  EXPECT_NE(decimal("1.5"), decimal("1.50001"));
  EXPECT_NE(decimal("1"), decimal("-1"));
  EXPECT_EQ(decimal("NaN"), decimal("NaN"));
  EXPECT_EQ(part(Cell::real(CellKind::float64, -0.0)), part(Cell::real(CellKind::float32, 0.0)));
  EXPECT_EQ(part(Cell::real(CellKind::float64, 3.0)), part(Cell::integer(3)));
  EXPECT_NE(part(Cell::real(CellKind::float64, 9223372036854775808.0)), part(Cell::integer(std::numeric_limits<std::int64_t>::max())));
}

TEST(EdgeKey, WireDecimalsAreEqualToTextOnes) {
  // PostgreSQL's numeric_send of 12345.6000 with a scale of 4: digits 1, 2345, 6000, weight 1.
  const std::string wire("\0\3\0\1\0\0\0\4\0\1\x09\x29\x17\x70", 14);
  EXPECT_EQ(part(Cell::view_of(CellKind::decimal_wire, wire)), decimal("12345.6"));
}

TEST(EdgeKey, NullAndWhatCouldNotBeReadAreEqualToNothing) {
  EXPECT_EQ(part(Cell::null()), "none");
  EXPECT_EQ(part(Cell::view_of(CellKind::invalid, "no date")), "none");
  EXPECT_EQ(part(Cell::nested(CellKind::array, nullptr, 0)), "none");
}

TEST(EdgeKey, IntervalsAreEqualAsPostgresHasThem) {
  const Interval month{0, 0, 1};
  const Interval days{0, 30, 0};
  const Interval hours{30LL * 24 * 3600 * 1'000'000, 0, 0};
  const auto of = [](const Interval& value) {
    Cell cell;
    cell.kind = CellKind::interval;
    cell.interval = &value;
    return part(cell);
  };
  EXPECT_EQ(of(month), of(days));
  EXPECT_EQ(of(month), of(hours));
}

TEST(EdgeKey, WholeNumbersAndTextsSortAsTheirValues) {
  std::mt19937_64 random(1);
  for (int time = 0; time < 20'000; ++time) {
    const auto a = static_cast<std::int64_t>(random()) >> (random() % 64);
    const auto b = static_cast<std::int64_t>(random()) >> (random() % 64);
    ASSERT_EQ(part(Cell::integer(a)) < part(Cell::integer(b)), a < b) << a << " " << b;
  }
}

/// No part may be the beginning of another, or two columns' parts could be read as others'.
TEST(EdgeKey, PartsDelimitThemselves) {
  std::mt19937_64 random(2);
  std::vector<std::string> texts{"",  std::string(1, '\0'),  std::string("\0\1", 2),  std::string("\0\xFF", 2),
                                 "a", std::string("a\0", 2), std::string("a\0\1", 3), "ab"};
  for (int time = 0; time < 200; ++time) {
    std::string text(random() % 6, '\0');
    for (char& byte : text)
      byte =
          "\0\1\xFF"
          "a"[random() % 4];
    texts.push_back(text);
  }
  std::vector<std::pair<std::string, std::string>> parts;
  for (const std::string& text : texts) parts.emplace_back("t" + text, part(Cell::text(text)));
  for (const std::string& text : texts) parts.emplace_back("b" + text, part(Cell::view_of(CellKind::bytes, text)));
  for (const std::int64_t number : {0L, 1L, 255L, 256L, 65'536L, -1L, -256L})
    parts.emplace_back("i" + std::to_string(number), part(Cell::integer(number)));
  for (const char* number : {"0.1", "0.12", "-0.1", "99999999999999999999", "999999999999999999990"})
    parts.emplace_back(std::string("i") + number, decimal(number));
  for (const auto& [name, left] : parts)
    for (const auto& [other, right] : parts) {
      ASSERT_EQ(left == right, name == other) << name << " " << other;
      ASSERT_TRUE(left == right || !right.starts_with(left)) << name << " " << other;
    }
}

TEST(EdgeRule, FoldsWhatTheSourceFolds) {
  Column parent = column("code", TypeKind::text, "text");
  Column child = column("code", TypeKind::text, "text");
  for (Column* each : {&parent, &child}) each->equality.affinity = Equality::Affinity::text;
  parent.equality.ignores_ascii_case = true;
  const auto rule = edge_rule(parent, child);
  ASSERT_TRUE(rule);
  EXPECT_EQ(part(Cell::text("aBc"), rule->other), part(Cell::text("ABC"), rule->reference));
  EXPECT_NE(part(Cell::text("\xC3\xA9"), rule->other), part(Cell::text("\xC3\x89"), rule->reference)) << "only ASCII";
  // The collation of the column that is referred to counts, not the other's.
  const auto reverse = edge_rule(child, parent);
  ASSERT_TRUE(reverse);
  EXPECT_NE(part(Cell::text("aBc"), reverse->other), part(Cell::text("ABC"), reverse->reference));
}

TEST(EdgeRule, ConvertsAsSqliteDoes) {
  using enum Equality::Affinity;
  const auto with = [](Equality::Affinity affinity) {
    Column made = column("c", TypeKind::dynamic);
    made.equality.affinity = affinity;
    return made;
  };
  const auto numbers = edge_rule(with(numeric), with(text));
  ASSERT_TRUE(numbers);
  EXPECT_EQ(part(Cell::integer(1), numbers->reference), part(Cell::text(" 1.0 "), numbers->other));
  EXPECT_EQ(part(Cell::integer(100), numbers->reference), part(Cell::text("1e2"), numbers->other));
  EXPECT_NE(part(Cell::integer(16), numbers->reference), part(Cell::text("0x10"), numbers->other));
  EXPECT_NE(part(Cell::integer(1), numbers->reference), part(Cell::view_of(CellKind::bytes, "1"), numbers->other));
  const auto texts = edge_rule(with(text), with(blob));
  ASSERT_TRUE(texts);
  EXPECT_NE(part(Cell::text("12"), texts->reference), part(Cell::integer(12), texts->other)) << "only an expression would be converted";
  const auto none = edge_rule(with(blob), with(blob));
  ASSERT_TRUE(none);
  EXPECT_NE(part(Cell::text("12"), none->reference), part(Cell::integer(12), none->other));
}

TEST(EdgeRule, LeavesPaddingOutAsPostgresDoes) {
  const Column fixed = column("c", TypeKind::character, "character(5)");
  const Column varying = column("v", TypeKind::text, "character varying(5)");
  const Column free = column("t", TypeKind::text, "text");
  const auto with_varying = edge_rule(fixed, varying);
  ASSERT_TRUE(with_varying);
  EXPECT_EQ(part(Cell::text("ab   "), with_varying->reference), part(Cell::text("ab  "), with_varying->other));
  const auto with_text = edge_rule(fixed, free);
  ASSERT_TRUE(with_text);
  EXPECT_EQ(part(Cell::text("ab   "), with_text->reference), part(Cell::text("ab"), with_text->other));
  EXPECT_NE(part(Cell::text("ab   "), with_text->reference), part(Cell::text("ab "), with_text->other));
}

TEST(EdgeRule, RefusesWhatCannotBeKeyed) {
  EXPECT_FALSE(edge_rule(column("a", TypeKind::integer), column("b", TypeKind::text)));
  EXPECT_FALSE(edge_rule(column("a", TypeKind::integer), column("b", TypeKind::float64)));
  EXPECT_FALSE(edge_rule(column("a", TypeKind::date), column("b", TypeKind::timestamp)));
  EXPECT_FALSE(edge_rule(column("a", TypeKind::json), column("b", TypeKind::json)));
  EXPECT_FALSE(edge_rule(column("a", TypeKind::enumeration, "mood"), column("b", TypeKind::enumeration, "colour")));
  EXPECT_TRUE(edge_rule(column("a", TypeKind::enumeration, "mood"), column("b", TypeKind::enumeration, "mood")));
  Column cut = column("a", TypeKind::text);
  cut.equality.by = Equality::By::nothing;
  cut.equality.obstacle = "its collation is nondeterministic";
  const auto refused = edge_rule(cut, column("b", TypeKind::text));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("its collation is nondeterministic"), std::string::npos);
  Column general = column("a", TypeKind::text);
  general.equality.by = Equality::By::key_form;
  general.equality.collation = "utf8mb4_general_ci";
  Column swedish = general;
  swedish.equality.collation = "latin1_swedish_ci";
  EXPECT_FALSE(edge_rule(general, swedish));
  EXPECT_TRUE(edge_rule(general, general));
  EXPECT_FALSE(edge_rule(general, general, false)) << "two servers' weights are not the same";
}

}  // namespace
}  // namespace itemize::row
