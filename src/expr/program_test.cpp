#include "expr/program.h"

#include <gtest/gtest.h>

#include "expr/value.h"
#include "row/cell_text.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;
using row::TypeKind;

row::Type integer(int length) {
  row::Type type = type_of(TypeKind::integer, "integer");
  type.length = length;
  return type;
}

/// A scope of a few columns, and a row of it.
struct World {
  Scope scope{{{"id", integer(4), 0, false},
               {"name", type_of(TypeKind::text, "text"), 1, true},
               {"Full Name", type_of(TypeKind::text, "text"), 2, true},
               {"price", type_of(TypeKind::decimal, "numeric"), 3, true},
               {"at", type_of(TypeKind::timestamp_tz, "timestamptz"), 4, true},
               {"order", type_of(TypeKind::text, "text"), 5, true},
               {"nothing", type_of(TypeKind::text, "text"), 6, true},
               {"big", integer(8), 7, true},
               {"doc", type_of(TypeKind::json, "jsonb"), 8, true},
               {"real", type_of(TypeKind::float64, "double precision"), 9, true}},
              true};
  std::vector<Cell> row{Cell::integer(42), Cell::text("José"), Cell::text("Ada L."), Cell::view_of(CellKind::decimal_text, "12.50"),
                        Cell::make(CellKind::timestamp_tz, 1'709'210'096'123'456), Cell::text("o-1"), Cell::null(), Cell::integer(-7),
                        Cell::view_of(CellKind::json, R"({"a":{"b":[1,2]},"t":"x"})"), Cell::real(CellKind::float64, 0.1)};
  Arena arena;
  Context context{1'700'000'000'000'000};

  std::string show(const std::expected<Program, std::vector<Diagnostic>>& program) {
    if (!program) return "@" + std::to_string(program.error().front().offset) + " " + program.error().front().message + (program.error().front().hint.empty() ? "" : "; " + program.error().front().hint);
    const auto value = program->evaluate(row, context, arena);
    if (!value) return "error: " + value.error().sentence;
    if (value->is_null()) return "NULL";
    Buffer out;
    row::append_text(*value, program->type(), out);
    return std::string(out.view());
  }
  std::string text(std::string_view source) { return show(compile_template(source, scope)); }
  std::string value(std::string_view source) { return show(compile_expression(source, scope)); }
};

TEST(Template, JoinsPieces) {
  World world;
  EXPECT_EQ(world.text("CUSTOMER#{id}"), "CUSTOMER#42");
  EXPECT_EQ(world.text("{id}"), "42");
  EXPECT_EQ(world.text("{{{id}}}"), "{42}");
  EXPECT_EQ(world.text("{Full Name}!"), "Ada L.!");
  EXPECT_EQ(world.text("{FULL NAME}"), "Ada L.");
  EXPECT_EQ(world.text("{order}"), "o-1");
  EXPECT_EQ(world.text("{name || '}'}"), "José}");
  EXPECT_EQ(world.text("a{nothing}b"), "NULL");
  EXPECT_EQ(world.text("plain"), "plain");
  EXPECT_EQ(world.text(""), "");
  EXPECT_EQ(world.text("{at}"), "2024-02-29T12:34:56.123456Z");
  EXPECT_EQ(world.text("{price}#{sortable(id)}"), "12.50#p0000000042");
}

TEST(Template, SaysWhatIsWrong) {
  World world;
  EXPECT_EQ(world.text("A#{nmae}"), "@3 there is no column 'nmae'; did you mean 'name'?");
  EXPECT_EQ(world.text("A{id"), "@1 this brace is not closed; write {{ for a brace that is text");
  EXPECT_EQ(world.text("A}"), "@1 a brace is closed that was not opened; write }} for a brace that is text");
  EXPECT_EQ(world.text("x{lwoer(name)}"), "@2 there is no function lwoer(); did you mean lower()?");
  EXPECT_EQ(world.text("{id; select 1}"), "@13 one expression is wanted here");
  EXPECT_NE(world.text("{order || 'x'}").find("quote the column as \"order\""), std::string::npos) << world.text("{order || 'x'}");
  EXPECT_EQ(world.text("{}"), "@1 an expression is missing here");
  EXPECT_EQ(compile_template("{nmae}{idd}", world.scope).error().size(), 2U);
}

TEST(Expression, FollowsPostgres) {
  World world;
  // Each answer is PostgreSQL 15's, C collation.
  const std::pair<const char*, const char*> cases[] = {
      {"id + 1", "43"}, {"id / 5", "8"}, {"-id % 5", "-2"}, {"price * 2", "25.00"}, {"price / 3", "4.1666666666666667"}, {"id + price", "54.50"},
      {"id = 42 AND name <> 'x'", "true"}, {"nothing = 'x'", "NULL"}, {"nothing IS NULL", "true"}, {"nothing = 'x' OR id = 42", "true"},
      {"coalesce(nothing, name)", "José"}, {"lower('JOSÉ')", "josé"}, {"upper(name)", "JOSÉ"}, {"lpad(id::text, 5, '0')", "00042"}, {"length(name)", "4"},
      {"substring(name from 2 for 2)", "os"}, {"split_part('a#b#c', '#', 2)", "b"}, {"to_char(at, 'YYYY-MM-DD HH24:MI:SS.MS')", "2024-02-29 12:34:56.123"},
      {"to_char(at, 'FMMonth DDth, YYYY Dy')", "February 29th, 2024 Thu"}, {"epoch(at)", "1709210096"}, {"epoch(at + interval '1 year')", "1740746096"},
      {"extract(year from at)", "2024"}, {"date_trunc('month', at)", "2024-02-01T00:00:00.000000Z"}, {"at::date", "2024-02-29"}, {"at::text", "2024-02-29 12:34:56.123456+00"},
      {"id IN (1, 42)", "true"}, {"id NOT IN (1, 2)", "true"}, {"id BETWEEN 40 AND 42", "true"}, {"name LIKE 'J%é'", "true"}, {"name ILIKE 'JOSÉ'", "true"},
      {"CASE WHEN id > 40 THEN 'big' ELSE 'small' END", "big"}, {"CASE id WHEN 1 THEN 'a' END", "NULL"}, {"'12'::int + 1", "13"}, {"big::text", "-7"}, {"greatest(id, big, 100)", "100"},
      {"nullif(id, 42)", "NULL"}, {"id IS DISTINCT FROM NULL", "true"}, {"concat(name, nothing, id)", "José42"}, {"concat_ws('-', name, nothing, id)", "José-42"},
      {"doc -> 'a' ->> 'b'", "[1,2]"}, {"doc ->> 't'", "x"}, {"round(price)", "13"}, {"round(2.5)", "3"}, {"real * 3", "0.30000000000000004"}, {"now()", "2023-11-14T22:13:20.000000Z"},
      {"trim('  x ')", "x"}, {"trim(both 'ab' from 'abxba')", "x"}, {"position('s' in name)", "3"}, {"reverse(name)", "ésoJ"}, {"NOT (id = 1)", "true"}, {"(id = 1) IS FALSE", "true"},
      {"'2024-01-31'::date + interval '1 month'", "2024-02-29T00:00:00.000000"}, {"at AT TIME ZONE 'UTC'", "2024-02-29T12:34:56.123456"}, {"1::numeric(5,2)", "1.00"}};
  for (const auto& [source, expected] : cases) EXPECT_EQ(world.value(source), expected) << source;
}

TEST(Expression, FailsAsPostgresDoes) {
  World world;
  EXPECT_EQ(world.value("id / 0"), "error: division by zero");
  EXPECT_EQ(world.value("2147483647 + id"), "error: integer out of range");
  EXPECT_EQ(world.value("name::int"), "error: 'José' is not a valid int4");
  EXPECT_EQ(world.value("id || id"), "@0 || needs a text on one side at least, not integer and integer; cast one: column::text");
  EXPECT_EQ(world.value("id = name"), "@3 a comparison cannot take integer and text together; cast one of them");
  EXPECT_EQ(world.value("(SELECT 1)").substr(0, 2), "@0");
  EXPECT_EQ(world.value("count(*)").substr(0, 2), "@0");
  EXPECT_EQ(world.value("1, 2"), "@0 one expression is wanted here, not a list");
  EXPECT_EQ(world.value(std::string(300, '(') + "1" + std::string(300, ')')), "@0 the expression is nested too deep");
}

TEST(Pieces, TellWhatAProofNeeds) {
  World world;
  const auto program = compile_template("A#{id}#{sortable(big)}#{lower(name)}#{lpad(name, 3)}", world.scope);
  ASSERT_TRUE(program);
  const std::vector<Piece>& pieces = program->pieces();
  EXPECT_EQ(pieces[1].injective_slot, 0U);
  EXPECT_NE(pieces[1].cannot_contain.find('#'), std::string::npos);
  EXPECT_EQ(pieces[3].fixed_width, 20);
  EXPECT_FALSE(pieces[5].injective_slot);
  EXPECT_TRUE(pieces[7].may_cut);
  EXPECT_EQ(program->slots(), (std::vector<std::size_t>{0, 1, 7}));
}

}  // namespace
}  // namespace itemize::expr
