#include "transform/script/lua_script.h"

#include <gtest/gtest.h>

#include "transform/testing.h"

namespace itemize::transform {
namespace {

using row::Cell;
using row::CellKind;
using row::TypeKind;
using testing::Fixture;
using testing::type_of;

row::Table orders() {
  return testing::table_of("orders", {{"id", type_of(TypeKind::integer, "bigint")},
                                      {"mail", type_of(TypeKind::text, "text")},
                                      {"total", type_of(TypeKind::decimal, "numeric", 40, 10)},
                                      {"note", type_of(TypeKind::json, "json")}});
}

std::string model_of(const std::string& lua, const std::string& more = "") {
  std::string indented;
  for (std::size_t begin = 0; begin < lua.size();) {
    const std::size_t end = std::min(lua.find('\n', begin), lua.size());
    indented += "        " + lua.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return "itemize: 1\nsource: sqlite:x.db\ntables:\n  shop: { partition_key: { PK: S }, sort_key: { SK: N }, time_to_live: { attribute: "
         "ttl },\n"
         "          global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } } }\nitems:\n  Order:\n    table: shop\n    from: "
         "orders\n"
         "    key: { PK: \"ORDER#{id}\", SK: \"{id}\" }\n" +
         more + "    script:\n      lua: |\n" + indented;
}

/// One row through the script.
testing::Outcome run_row(const std::string& lua, std::vector<Cell> row, const std::string& more = "") {
  const Fixture fixture(model_of(lua, more), orders());
  EXPECT_TRUE(fixture.program) << fixture.problem;
  testing::Outcome outcome;
  if (fixture.program) outcome = testing::run(fixture, testing::rows_of({std::move(row)}), 1'000'000'000'000'000);
  return outcome;
}

std::vector<Cell> a_row() { return {Cell::integer(7), Cell::text("a@b.c"), Cell::view_of(CellKind::decimal_text, "12.50"), Cell::null()}; }

std::string made(const std::string& lua, std::vector<Cell> row = a_row(), const std::string& more = "") {
  const testing::Outcome outcome = run_row(lua, std::move(row), more);
  std::string text = outcome.error;
  for (const std::string& item : outcome.texts()) text += (text.empty() ? "" : "\n") + item;
  for (const RowRejection& rejection : outcome.rejections)
    text += (text.empty() ? "" : "\n") + std::string("REJECT ") + std::string(item::reason_name(rejection.rejection.reason)) + " " +
            rejection.rejection.attribute + ": " + rejection.rejection.sentence;
  return text;
}

const std::string key = R"("PK":{"S":"ORDER#7"},"SK":{"N":"7"})";

TEST(LuaScript, ItemsComeBackAsTheyWere) {
  EXPECT_EQ(made("function transform(item) return item end"), "{" + key + R"(,"id":{"N":"7"},"mail":{"S":"a@b.c"},"total":{"N":"12.5"}})");
}

TEST(LuaScript, GetsTheRowAndMayChangeEverything) {
  EXPECT_EQ(
      made(
          "function transform(item, row)\n  item.total = nil\n  item.id = nil\n  item.mail = row.mail:upper()\n  item.double = row.id * 2\n"
          "  item.PK = 'X#' .. row.id\n  return item\nend"),
      R"({"PK":{"S":"X#7"},"SK":{"N":"7"},"double":{"N":"14"},"mail":{"S":"A@B.C"}})");
}

TEST(LuaScript, GivesSeveralItemsOrNone) {
  const std::string two = "{" + key + "}\n" + R"({"PK":{"S":"B"},"SK":{"N":"-1.5"}})";
  EXPECT_EQ(made("function transform(item) return {PK = item.PK, SK = item.SK}, {PK = 'B', SK = -1.5} end"), two);
  EXPECT_EQ(made("function transform(item) return {{PK = item.PK, SK = item.SK}, {PK = 'B', SK = -1.5}} end"), two);
  EXPECT_EQ(made("function transform(item) return {PK = 'A', SK = 1}, {}, list{} end"), R"({"PK":{"S":"A"},"SK":{"N":"1"}})");
  const testing::Outcome none = run_row("function transform(item) return nil end", a_row());
  EXPECT_TRUE(none.texts().empty() && none.rejections.empty());
  EXPECT_EQ(none.counts.skipped[0], 1U);
  EXPECT_EQ(made("function transform(item) end"),
            "REJECT script : transform returned nothing: return the item, or nil to leave the row out");
  EXPECT_EQ(made("function transform(item) return 5 end"), "REJECT script : transform returned a number: return an item, several, or nil");
}

TEST(LuaScript, AllTypesComeBack) {
  const std::string document =
      R"({"s":"q\"\\\n\u0001é","n":[1,-2.5,12345678901234567890123456789012345678,0.1,1e-20],"b":[true,false,null],"e":{},"l":[]})";
  auto row = a_row();
  row[3] = Cell::view_of(CellKind::json, document);
  const std::string same = made("function transform(item) return item end", row);
  EXPECT_NE(
      same.find(
          R"("note":{"M":{"b":{"L":[{"BOOL":true},{"BOOL":false},{"NULL":true}]},"e":{"M":{}},"l":{"L":[]},"n":{"L":[{"N":"1"},{"N":"-2.5"},{"N":"12345678901234567890123456789012345678"},{"N":"0.1"},{"N":"0.00000000000000000001"}]},"s":{"S":"q\"\\\n\u0001é"}}})"),
      std::string::npos)
      << same;
  EXPECT_EQ(
      made("function transform(item)\n  return {PK=item.PK, SK=item.SK, a=set{'x','y'}, b=set{1, 2.5, number('1.10')}, "
           "c=set{binary('\\0\\255')}, d=binary('abc'),\n"
           "    e=set{}, f=list{}, g={}, h=null, i={1,'a',{b=false}}}\nend"),
      "{" + key +
          R"(,"a":{"SS":["x","y"]},"b":{"NS":["1","2.5","1.1"]},"c":{"BS":["AP8="]},"d":{"B":"YWJj"},"f":{"L":[]},"g":{"M":{}},"h":{"NULL":true},"i":{"L":[{"N":"1"},{"S":"a"},{"M":{"b":{"BOOL":false}}}]}})");
}

TEST(LuaScript, NumbersStayExact) {
  auto row = a_row();
  row[2] = Cell::view_of(CellKind::decimal_text, "1234567890123456789012345678.0123456789");
  EXPECT_NE(made("function transform(item) return item end", row).find(R"("total":{"N":"1234567890123456789012345678.0123456789"})"),
            std::string::npos);
  EXPECT_NE(made("function transform(item) item.total = item.total + 1 return item end", row)
                .find(R"("total":{"N":"1234567890123456789012345679.0123456789"})"),
            std::string::npos);
  EXPECT_NE(made("function transform(item) item.total = number('0.1') + number('0.2') return item end").find(R"("total":{"N":"0.3"})"),
            std::string::npos);
  EXPECT_NE(made("function transform(item) item.total = -(number(7) / 2) * 3 return item end").find(R"("total":{"N":"-10.5"})"),
            std::string::npos);
  EXPECT_NE(
      made("function transform(item) item.total = number('2') < 3 and number('2') == number(2) and 'v' .. number('1.50') return item end")
          .find(R"("total":{"S":"v1.5"})"),
      std::string::npos);
  EXPECT_NE(
      made("function transform(item) item.total = 9223372036854775807 return item end").find(R"("total":{"N":"9223372036854775807"})"),
      std::string::npos);
  EXPECT_EQ(made("function transform(item) item.total = 1/0 return item end"), "REJECT infinite total: DynamoDB has no infinite numbers");
}

TEST(LuaScript, WhatIsNoItemIsARejection) {
  EXPECT_EQ(made("function transform(item) item.PK = nil return item end"), "REJECT key_null PK: the script gave an item without its key");
  EXPECT_EQ(made("function transform(item) item.PK = '' return item end"), "REJECT key_empty PK: the key is empty");
  EXPECT_EQ(made("function transform(item) item.SK = 'x' return item end"), "REJECT key_type SK: the key attribute must be of type N");
  EXPECT_EQ(made("function transform(item) item.MAIL = 5 return item end"), "REJECT key_type MAIL: the key attribute must be of type S");
  EXPECT_EQ(made("function transform(item) item.PK = ('x'):rep(2049) return item end"),
            "REJECT key_too_large PK: the key has 2049 bytes; DynamoDB takes 2048");
  EXPECT_EQ(made("function transform(item) item.x = ('x'):rep(410000) return item end"),
            "REJECT item_too_large x: the value has 410000 bytes; DynamoDB takes items of 409,600 (400 KB)");
  EXPECT_EQ(made("function transform(item) item.x = '\\255' return item end"), "REJECT invalid_utf8 x: the text is not valid UTF-8");
  EXPECT_EQ(made("function transform(item) item.x = {1, a=2} return item end"),
            "REJECT script x: a table has elements and names, or a list has a gap: neither L nor M");
  EXPECT_EQ(made("function transform(item) item.x = set{1, 'a'} return item end"),
            "REJECT script x: the elements of a set must be of one type");
  EXPECT_EQ(made("function transform(item) item.x = set{'a', 'a'} return item end"),
            "REJECT duplicate_attribute x: a set holds the same element twice");
  EXPECT_EQ(made("function transform(item) item.x = print return item end").find("REJECT"), std::string::npos)
      << "there is no print: the attribute is absent";
  EXPECT_EQ(made("function transform(item) item.x = error return item end"), "REJECT script x: a function is not a value of DynamoDB");
  EXPECT_EQ(made("function transform(item) local t = {} t.t = t item.x = t return item end"),
            "REJECT document_depth x: the item is nested deeper than 32 levels");
}

TEST(LuaScript, ARowsItemsAreWrittenAllOrNot) {
  const testing::Outcome outcome = run_row("function transform(item) return {PK='A', SK=1}, {PK='B'} end", a_row());
  EXPECT_TRUE(outcome.texts().empty());
  EXPECT_EQ(outcome.table().text.size(), 0U);
  EXPECT_EQ(outcome.rejections.size(), 1U);
  EXPECT_EQ(outcome.counts.items[0], 0U);
}

TEST(LuaScript, EmptyIndexKeysAreAbsentAndExpiredItemsLeftOut) {
  EXPECT_EQ(made("function transform(item) return {PK='A', SK=1, MAIL=''} end"), R"({"PK":{"S":"A"},"SK":{"N":"1"}})");
  EXPECT_EQ(made("function transform(item) return {PK='A', SK=1, ttl=999999999}, {PK='A', SK=2, ttl=1000000001} end"),
            R"({"PK":{"S":"A"},"SK":{"N":"2"},"ttl":{"N":"1000000001"}})");
}

TEST(LuaScript, FailuresAreNamedByTheirLine) {
  // The model's eleven lines stand before the function's first.
  EXPECT_EQ(made("function transform(item)\n  return item.nothing.more\nend"),
            "REJECT script : itemize.yaml:14: attempt to index a nil value (field 'nothing')");
  EXPECT_EQ(made("function transform(item)\n  error('no such country', 0)\nend"), "REJECT script : no such country");
  EXPECT_EQ(made("function transform(item) error('mail ' .. item.mail) end", a_row(), "    sensitive: [mail]\n"),
            "REJECT script : the script failed; more is not said, because it sees a sensitive column");
}

TEST(LuaScript, AStuckScriptEndsTheRunAndNamesItsRow) {
  const std::string stuck =
      "the script of Order did not come to an end within 10,000,000 instructions, for the row "
      "{\"table\":\"orders\",\"key\":{\"id\":\"7\"}}";
  EXPECT_EQ(made("function transform(item) while true do end end").substr(0, stuck.size()), stuck);
  EXPECT_EQ(made("function transform(item) while true do pcall(function() while true do end end) end end").substr(0, stuck.size()), stuck);
  EXPECT_EQ(made("function transform(item) local s = 'x' while true do s = s .. s end end"),
            "REJECT script : the script needs more than 64 MB for this row");
}

TEST(LuaScript, NothingOfTheWorldCanBeReached) {
  for (const char* name : {"io", "os", "package", "require", "debug", "coroutine", "load", "loadfile", "dofile", "collectgarbage", "print",
                           "rawset", "string.dump", "math.random", "_G"})
    EXPECT_NE(made(std::string("function transform(item) return {PK = tostring(") + name + "), SK = 1} end").find(R"("PK":{"S":"nil"})"),
              std::string::npos)
        << name;
  EXPECT_EQ(made("function transform(item) count = 1 return item end"),
            "REJECT script : itemize.yaml:13: the global 'count' cannot be written: nothing is kept from row to row (write local count)");
  EXPECT_EQ(made("function transform(item) setmetatable({}, {__gc = error}) return item end"),
            "REJECT script : itemize.yaml:13: __gc is not to be had in a script");
}

TEST(LuaScript, PairsGoInTheOrderOfNames) {
  EXPECT_EQ(made("function transform(item)\n  local s = ''\n  for k, v in pairs{b=1, a=2, [3]='x', [1]='y', c=false} do s = s .. "
                 "tostring(k) .. '=' .. tostring(v) .. ' ' end\n"
                 "  return {PK = s, SK = next({}) == nil and 1 or 2}\nend"),
            R"({"PK":{"S":"1=y 3=x a=2 b=1 c=false "},"SK":{"N":"1"}})");
}

TEST(LuaScript, AddressesAreNotToBeHad) {
  const auto with = [](const std::string& text) {
    return made("function transform(item) item.x = " + text + " return {PK=item.PK, SK=item.SK, x=item.x} end");
  };
  EXPECT_EQ(with("tostring({})"), "REJECT script : itemize.yaml:13: a table has no text");
  EXPECT_EQ(with("string.format('%s', print or pcall)"), "REJECT script : itemize.yaml:13: a function has no text");
  EXPECT_EQ(with("('%-4.2p'):format('x')"), "REJECT script : itemize.yaml:13: format: %p, an address, is not the same in the next run");
  EXPECT_EQ(with("('%d%%p %s|%s'):format(3, number('1.5'), tostring(true))"), "{" + key + R"(,"x":{"S":"3%p 1.5|true"}})");
}

TEST(LuaScript, AKeyThatIsKeptIsCheckedAndProven) {
  const std::string lua = "function transform(item) return item end\n";
  const Fixture fixture(model_of(lua) + "      keeps_key: true\n", orders());
  ASSERT_TRUE(fixture.bound) << fixture.problem;
  EXPECT_TRUE(fixture.bound->tables[0].items[0].key_proven_unique);
  const Fixture other(model_of(lua), orders());
  EXPECT_FALSE(other.bound->tables[0].items[0].key_proven_unique);
  const Fixture changes(model_of("function transform(item) item.SK = 8 return item end\n") + "      keeps_key: true\n", orders());
  const testing::Outcome outcome = testing::run(changes, testing::rows_of({a_row()}));
  ASSERT_EQ(outcome.rejections.size(), 1U);
  EXPECT_EQ(outcome.rejections[0].rejection.sentence, "the script changed the key although the model says that it keeps it (keeps_key)");
}

TEST(LuaScript, MistakesAreFoundBeforeAnyRow) {
  const auto problem = [](const std::string& lua) {
    const Fixture fixture(model_of(lua), orders());
    return fixture.model ? problem_of_lua(*fixture.model->items[0].script) : fixture.problem;
  };
  EXPECT_EQ(problem("function transform(item) return item end"), "");
  EXPECT_EQ(problem("function transform(item)\n  return item +\nend"), "itemize.yaml:15: unexpected symbol near 'end'");
  EXPECT_EQ(problem("function transfrom(item) return item end"), "itemize.yaml: the script defines no function transform(item, row)");
  EXPECT_EQ(problem("while true do end"), "the script does not come to an end while it is loaded");
}

}  // namespace
}  // namespace itemize::transform
