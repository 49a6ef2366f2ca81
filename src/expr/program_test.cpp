#include "expr/program.h"

#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

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
  const std::pair<const char*, const char*> cases[] = {{"id + 1", "43"},
                                                       {"id / 5", "8"},
                                                       {"-id % 5", "-2"},
                                                       {"price * 2", "25.00"},
                                                       {"price / 3", "4.1666666666666667"},
                                                       {"id + price", "54.50"},
                                                       {"id = 42 AND name <> 'x'", "true"},
                                                       {"nothing = 'x'", "NULL"},
                                                       {"nothing IS NULL", "true"},
                                                       {"nothing = 'x' OR id = 42", "true"},
                                                       {"coalesce(nothing, name)", "José"},
                                                       {"lower('JOSÉ')", "josé"},
                                                       {"upper(name)", "JOSÉ"},
                                                       {"lpad(id::text, 5, '0')", "00042"},
                                                       {"length(name)", "4"},
                                                       {"substring(name from 2 for 2)", "os"},
                                                       {"split_part('a#b#c', '#', 2)", "b"},
                                                       {"to_char(at, 'YYYY-MM-DD HH24:MI:SS.MS')", "2024-02-29 12:34:56.123"},
                                                       {"to_char(at, 'FMMonth DDth, YYYY Dy')", "February 29th, 2024 Thu"},
                                                       {"epoch(at)", "1709210096"},
                                                       {"epoch(at + interval '1 year')", "1740746096"},
                                                       {"extract(year from at)", "2024"},
                                                       {"date_trunc('month', at)", "2024-02-01T00:00:00.000000Z"},
                                                       {"at::date", "2024-02-29"},
                                                       {"at::text", "2024-02-29 12:34:56.123456+00"},
                                                       {"id IN (1, 42)", "true"},
                                                       {"id NOT IN (1, 2)", "true"},
                                                       {"id BETWEEN 40 AND 42", "true"},
                                                       {"name LIKE 'J%é'", "true"},
                                                       {"name ILIKE 'JOSÉ'", "true"},
                                                       {"CASE WHEN id > 40 THEN 'big' ELSE 'small' END", "big"},
                                                       {"CASE id WHEN 1 THEN 'a' END", "NULL"},
                                                       {"'12'::int + 1", "13"},
                                                       {"big::text", "-7"},
                                                       {"greatest(id, big, 100)", "100"},
                                                       {"nullif(id, 42)", "NULL"},
                                                       {"id IS DISTINCT FROM NULL", "true"},
                                                       {"concat(name, nothing, id)", "José42"},
                                                       {"concat_ws('-', name, nothing, id)", "José-42"},
                                                       {"doc -> 'a' ->> 'b'", "[1,2]"},
                                                       {"doc ->> 't'", "x"},
                                                       {"round(price)", "13"},
                                                       {"round(2.5)", "3"},
                                                       {"real * 3", "0.30000000000000004"},
                                                       {"now()", "2023-11-14T22:13:20.000000Z"},
                                                       {"trim('  x ')", "x"},
                                                       {"trim(both 'ab' from 'abxba')", "x"},
                                                       {"position('s' in name)", "3"},
                                                       {"reverse(name)", "ésoJ"},
                                                       {"NOT (id = 1)", "true"},
                                                       {"(id = 1) IS FALSE", "true"},
                                                       {"'2024-01-31'::date + interval '1 month'", "2024-02-29T00:00:00.000000"},
                                                       {"at AT TIME ZONE 'UTC'", "2024-02-29T12:34:56.123456"},
                                                       {"1::numeric(5,2)", "1.00"}};
  for (const auto& [source, expected] : cases) EXPECT_EQ(world.value(source), expected) << source;
}

TEST(Expression, FailsAsPostgresDoes) {
  World world;
  EXPECT_EQ(world.value("id / 0"), "error: division by zero");
  EXPECT_EQ(world.value("2147483647 + id"), "error: integer out of range");
  EXPECT_EQ(world.value("name::int"), "error: 'José' is not a valid integer");
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

TEST(Expression, TreatsTextsThatBecameEmptyAsEmpty) {
  World world;
  EXPECT_EQ(world.value("substring(replace(name, name, '') from '^$')"), "");
  EXPECT_EQ(world.value("regexp_replace(replace(name, name, ''), '^$', 'x', 'g')"), "x");
  EXPECT_EQ(world.value("(regexp_match(replace(name, name, ''), '()(a)?'))[1]"), "");
  EXPECT_EQ(world.value("(regexp_match(replace(name, name, ''), '()(a)?'))[2]"), "NULL");
  EXPECT_EQ(world.value("NULL <> ALL ('{}'::text[])"), "true");
  EXPECT_EQ(world.value("date_part('second', timestamp '2024-01-01 00:00:10.819')"), "10.818999999999999");
}

TEST(Template, KnowsWhichBracesCount) {
  World world;
  EXPECT_EQ(world.text("{name || '{x}'}"), "José{x}");
  EXPECT_EQ(world.text("{name /* } */ || 'a'}"), "Joséa");
  EXPECT_EQ(world.text("{$$}$$ || name}"), "}José");
  EXPECT_EQ(world.text("{\"name\"}"), "José");
  EXPECT_EQ(world.text("{{}}"), "{}");
  EXPECT_EQ(world.text("{'it''s }'}"), "it's }");
  EXPECT_EQ(world.text("{ id }"), "42");
  EXPECT_EQ(world.text("{E'it\\'s }' || id}"), "it's }42");
  EXPECT_EQ(world.text("{id -- the } of the line\n}"), "42");
}

TEST(Template, KeepsTheTypeOfASingleExpression) {
  World world;
  EXPECT_EQ(compile_template("{id}", world.scope)->type().kind, row::TypeKind::integer);
  EXPECT_EQ(compile_template("{id + 1}", world.scope)->type().length, 4);
  EXPECT_EQ(compile_template("{id + big}", world.scope)->type().length, 8);
  EXPECT_EQ(compile_template("x{id}", world.scope)->type().kind, row::TypeKind::text);
  EXPECT_EQ(compile_template("{id}", world.scope)->as_column(), 0U);
  EXPECT_FALSE(compile_template("{id + 1}", world.scope)->as_column());
}

TEST(Template, AppendsBehindWhatIsThere) {
  World world;
  Buffer out;
  out.append("key=");
  const auto program = compile_template("A{lower(upper(name))}#{lpad(substring(name from 2), 5, '-')}", world.scope);
  ASSERT_TRUE(program);
  EXPECT_TRUE(*program->append_text(world.row, world.context, world.arena, out));
  EXPECT_EQ(out.view(), "key=Ajosé#--osé");
  // NULL and errors leave what was there.
  EXPECT_FALSE(*compile_template("A{name}{nothing}", world.scope)->append_text(world.row, world.context, world.arena, out));
  EXPECT_FALSE(compile_template("A{name}{id / (id - 42)}", world.scope)->append_text(world.row, world.context, world.arena, out));
  EXPECT_EQ(out.view(), "key=Ajosé#--osé");
}

TEST(Diagnostics, StandAtTheirPlaceAndSayWhatToDo) {
  World world;
  const std::pair<const char*, const char*> cases[] = {
      {"idd + 1", "@0 there is no column 'idd'; did you mean 'id'?"},
      {"1 + nmae", "@4 there is no column 'nmae'; did you mean 'name'?"},
      {"name + 1", "@5 the operator + does not take text, integer; docs/expressions.md lists the forms"},
      {"lowr(name)", "@0 there is no function lowr(); did you mean lower()?"},
      {"lower(id)", "@0 lower() does not take (integer); docs/expressions.md lists the forms"},
      {"name::numberic", "@6 casts to 'numberic' with these modifiers are not supported; did you mean numeric?"},
      {"at::uuid", "@0 cannot cast timestamp with time zone to uuid"},
      {"name AND true", "@0 AND needs a boolean, not text"},
      {"id AND true", "@0 AND needs a boolean, not integer; compare it: column <> 0"},
      {"name ~ name", "@7 ~ needs a literal here: it is compiled before a row is read"},
      {"name ~ '(a'", "@7 the regular expression '(a': a parenthesis is not closed"},
      {"name ~ '(a)\\1'", "@7 the regular expression '(a)\\1': back references are not supported"},
      {"at AT TIME ZONE 'Europe/Berlyn'",
       "@16 the time zone 'Europe/Berlyn' is not known: write a name of the IANA database, such as Europe/Berlin"},
      {"date_trunc('mnth', at)", "@11 'mnth' is no field of a date or time"},
      {"to_char(id, '9.9.9')", "@12 to_char: multiple decimal points"},
      {"doc = doc", "@0 documents cannot be compared; compare a member: column ->> 'name'"},
      {"sum(id)", "@0 there is no function sum()"},
      {"count(*)", "@0 aggregates and windows have no place here: an expression sees one row"},
      {"ARRAY[]", "@0 the type of an empty array is not known; write '{}'::text[]"},
      {"'abc'::int", "@0 'abc' is not a valid integer"},
      {"name COLLATE \"de_DE\"",
       "@5 texts compare bytewise here: the collation 'de_DE' is not supported; leave COLLATE out, or write COLLATE \"C\""},
      {"current_user",
       "@0 this word of SQL has no value here; write now() for the snapshot's time; a column of that name stands in double quotes: "
       "\"user\""},
  };
  for (const auto& [source, expected] : cases) EXPECT_EQ(world.value(source), expected) << source;
  Scope without_now = world.scope;
  without_now.allow_now = false;
  for (const char* source : {"now()", "current_timestamp", "current_date", "localtimestamp"})
    EXPECT_EQ(world.show(compile_expression(source, without_now)).substr(0, 27), "@0 now() has no place here;") << source;
}

TEST(Pieces, KnowWhatFunctionsDoToKeys) {
  World world;
  const auto piece = [&](const std::string& source) { return compile_template("x{" + source + "}", world.scope)->pieces()[1]; };
  EXPECT_EQ(piece("id::text").injective_slot, 0U);
  EXPECT_FALSE(piece("lower(name)").injective_slot);
  EXPECT_FALSE(piece("id::int2").injective_slot);
  EXPECT_FALSE(piece("lpad(id::text, 11, '0')").may_cut);
  EXPECT_TRUE(piece("lpad(id::text, 10, '0')").may_cut);
  EXPECT_TRUE(piece("lpad(name, 10, '0')").may_cut);
  EXPECT_EQ(piece("shard(name, 100)").fixed_width, 2);
  EXPECT_EQ(piece("row_hash(*)").fixed_width, 32);
  EXPECT_EQ(piece("at::text").cannot_contain.find(' '), std::string::npos);
  EXPECT_EQ(piece("at::text").cannot_contain.find('+'), std::string::npos);
  EXPECT_NE(piece("at").cannot_contain.find(' '), std::string::npos);
}

}  // namespace
}  // namespace itemize::expr
