// What the catalog must say: names, keys, references, views, generated columns.
#include <algorithm>
#include <set>

#include "source/conformance/conformance.h"

namespace itemize::source::conformance {
namespace {

std::vector<std::string> names_of(const row::Table& table, const std::vector<std::size_t>& columns) {
  std::vector<std::string> names;
  for (const std::size_t column : columns) names.push_back(table.columns[column].name);
  return names;
}

using Names = std::vector<std::string>;

TEST_P(Conformance, AnEmptyDatabaseHasAnEmptyCatalog) {
  const Result<row::Catalog> catalog = source_->catalog();
  ASSERT_TRUE(catalog) << catalog.error().to_string();
  EXPECT_TRUE(catalog->tables.empty()) << catalog->tables.front().name;
  EXPECT_FALSE(catalog->engine.empty());
  EXPECT_FALSE(catalog->version.empty());
}

TEST_P(Conformance, TablesAndColumnsMayHaveAnyName) {
  const Names all{"plain",
                  "MixedCase",
                  "with space",
                  "with \"double\" quotes",
                  "with 'single' quotes",
                  "with `back` ticks",
                  "select",
                  "group",
                  "ünïcødé 表 🦊",
                  "semi;colon -- comment",
                  "dot.ted",
                  "back\\slash",
                  "a%b_c",
                  "[bracket]",
                  "1starts with a digit",
                  "{brace}",
                  "$dollar$",
                  "rowid"};
  Names made;
  std::ranges::copy_if(all, std::back_inserter(made), quirks().can_name_table);
  ASSERT_GE(made.size(), 10U);
  for (const std::string& each : made) {
    // A second column with every name: reserved words are harder as columns than as tables.
    run("CREATE TABLE " + name(each) + " (id " + quirks().integer_type + " PRIMARY KEY, " + name(each) + " " + quirks().text_type + ")");
    run("INSERT INTO " + name(each) + " VALUES (7, " + text("in " + each) + ")");
  }
  const Result<row::Catalog> catalog = source_->catalog();
  ASSERT_TRUE(catalog) << catalog.error().to_string();
  EXPECT_EQ(catalog->tables.size(), made.size());
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  for (const std::string& each : made) {
    const row::Table* found = catalog->find("", each);
    ASSERT_NE(found, nullptr) << each;
    EXPECT_EQ(found->schema, quirks().schema);
    ASSERT_EQ(found->columns.size(), 2U) << each;
    EXPECT_EQ(found->columns[1].name, each);
    const Rows expected{{"7", "in " + each}};
    EXPECT_EQ(read_planned(*open, *found, 1 << 20), expected) << each;
    EXPECT_EQ(read(*open, rows_range(*found, {each}, {{"in " + each}}), *found), expected) << each;
  }
}

TEST_P(Conformance, NamesThatDifferInCaseOnlyAreFoundExactly) {
  run("CREATE TABLE cased (id " + quirks().integer_type + " PRIMARY KEY)");
  const Result<row::Catalog> catalog = source_->catalog();
  ASSERT_TRUE(catalog);
  EXPECT_NE(catalog->find("", "cased"), nullptr);
  EXPECT_EQ(catalog->find("", "Cased"), nullptr) << "find is exact; whoever wants more asks twice";
}

TEST_P(Conformance, KeysHaveTheirColumnsInKeyOrder) {
  const std::string integer = quirks().integer_type;
  run("CREATE TABLE many_keys (a " + integer + " NOT NULL, b " + quirks().key_text_type + " NOT NULL, c " + integer + ", d " + integer +
      " NOT NULL, PRIMARY KEY (d, b, a), UNIQUE (c, a))");
  if (!quirks().partial_unique_index.empty()) run(quirks().partial_unique_index);
  if (!quirks().expression_unique_index.empty()) run(quirks().expression_unique_index);
  run("CREATE INDEX not_unique ON many_keys (b)");
  const row::Table keys = table("many_keys");
  ASSERT_EQ(keys.unique_keys.size(), 2U) << "the primary key and one unique key: partial indexes and expressions identify no row";
  EXPECT_TRUE(keys.unique_keys[0].primary);
  EXPECT_EQ(names_of(keys, keys.unique_keys[0].columns), (Names{"d", "b", "a"}));
  EXPECT_FALSE(keys.unique_keys[1].primary);
  EXPECT_EQ(names_of(keys, keys.unique_keys[1].columns), (Names{"c", "a"}));
  ASSERT_NE(keys.row_identity(), nullptr);
  EXPECT_TRUE(keys.row_identity()->primary);
}

TEST_P(Conformance, AUniqueKeyOverNullableColumnsIdentifiesNoRow) {
  const std::string integer = quirks().integer_type;
  run("CREATE TABLE loose (a " + integer + ", b " + integer + " UNIQUE)");
  EXPECT_EQ(table("loose").row_identity(), nullptr);
  run("CREATE TABLE tight (a " + integer + ", b " + integer + " NOT NULL UNIQUE)");
  const row::Table tight = table("tight");
  ASSERT_NE(tight.row_identity(), nullptr);
  EXPECT_EQ(names_of(tight, tight.row_identity()->columns), Names{"b"});
  EXPECT_FALSE(tight.columns[1].nullable);
  EXPECT_TRUE(tight.columns[0].nullable);
}

TEST_P(Conformance, ForeignKeysNameBothSides) {
  const std::string integer = quirks().integer_type;
  run("CREATE TABLE parents (a " + integer + " NOT NULL, b " + integer + " NOT NULL, other " + integer +
      " NOT NULL UNIQUE, PRIMARY KEY (b, a))");
  run("CREATE TABLE children (id " + integer + " PRIMARY KEY, x " + integer + ", y " + integer + ", z " + integer + ", boss " + integer +
      ", FOREIGN KEY (x, y) REFERENCES parents (b, a), FOREIGN KEY (z) REFERENCES parents (other), FOREIGN KEY (boss) REFERENCES children "
      "(id))");
  const row::Table children = table("children");
  ASSERT_EQ(children.foreign_keys.size(), 3U);
  std::map<Names, std::pair<std::string, Names>> found;
  std::set<std::string> names;
  for (const row::ForeignKey& key : children.foreign_keys) {
    found[key.columns] = {key.parent_table, key.parent_columns};
    names.insert(key.name);
    EXPECT_EQ(key.parent_schema, quirks().schema);
  }
  EXPECT_EQ(names.size(), 3U) << "foreign keys have names that tell them apart";
  EXPECT_EQ(found[(Names{"x", "y"})], std::pair(std::string("parents"), (Names{"b", "a"})));
  EXPECT_EQ(found[Names{"z"}], std::pair(std::string("parents"), Names{"other"}));
  EXPECT_EQ(found[Names{"boss"}], std::pair(std::string("children"), Names{"id"}));
  EXPECT_TRUE(table("parents").foreign_keys.empty());
}

TEST_P(Conformance, GeneratedColumnsAreMarkedAndRead) {
  if (quirks().generated_column.empty()) GTEST_SKIP() << "the engine has none";
  run("CREATE TABLE computed (a " + quirks().integer_type + " PRIMARY KEY, twice " + quirks().generated_column + ")");
  run("INSERT INTO computed (a) VALUES (21)");
  const row::Table computed = table("computed");
  ASSERT_EQ(computed.columns.size(), 2U);
  EXPECT_FALSE(computed.columns[0].generated);
  EXPECT_TRUE(computed.columns[1].generated);
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(read_planned(*open, computed, 1000), (Rows{{"21", "42"}}));
}

TEST_P(Conformance, ViewsAreReadLikeTablesAndHaveNoKeys) {
  run("CREATE TABLE base (id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().text_type + ")");
  run("INSERT INTO base VALUES (1, 'one'), (2, 'two'), (3, NULL)");
  run("CREATE VIEW seen AS SELECT id, v FROM base WHERE id < 3");
  const row::Table seen = table("seen");
  EXPECT_EQ(seen.kind, row::TableKind::view);
  EXPECT_TRUE(seen.unique_keys.empty());
  EXPECT_EQ(seen.row_identity(), nullptr);
  ASSERT_EQ(seen.columns.size(), 2U);
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  for (const std::uint64_t bytes : {std::uint64_t{1}, std::uint64_t{1} << 40})
    EXPECT_EQ(read_planned(*open, seen, bytes), (Rows{{"1", "one"}, {"2", "two"}}));
  EXPECT_EQ(read(*open, rows_range(seen, {"id"}, {{"2"}, {"3"}}), seen), (Rows{{"2", "two"}}));
}

TEST_P(Conformance, TypesHaveTheKindThatTheCatalogPromises) {
  std::size_t number = 0;
  for (const TypeCase& type : quirks().types) {
    if (!type.setup.empty()) run(type.setup);
    const std::string made = "kind_" + std::to_string(number++);
    run("CREATE TABLE " + made + " (id " + quirks().integer_type + " PRIMARY KEY, v " + type.declared + ")");
    const row::Table found = table(made);
    ASSERT_EQ(found.columns.size(), 2U) << type.declared;
    EXPECT_EQ(static_cast<int>(found.columns[1].type.kind), static_cast<int>(type.kind)) << type.declared;
    EXPECT_FALSE(found.columns[1].type.name.empty()) << type.declared;
  }
}

}  // namespace
}  // namespace itemize::source::conformance
