#include "source/sqlite/catalog.h"

#include <algorithm>

#include "base/text.h"
#include "source/sqlite/names.h"
#include "source/sqlite/query.h"
#include "source/sqlite/testing.h"

namespace itemize::source::sqlite {
namespace {

using row::TypeKind;

TEST(SqliteTypes, FollowTheDeclaration) {
  const std::pair<const char*, TypeKind> cases[] = {
      {"INT", TypeKind::integer},
      {"bigint", TypeKind::integer},
      {"UNSIGNED BIG INT", TypeKind::integer},
      {"CHARINT", TypeKind::integer},
      {"POINT", TypeKind::integer},
      {"varchar(20)", TypeKind::text},
      {"Clob", TypeKind::text},
      {"TEXT", TypeKind::text},
      {"NCHAR(55)", TypeKind::text},
      {"BLOB", TypeKind::bytes},
      {"blob(20)", TypeKind::bytes},
      {"REAL", TypeKind::float64},
      {"double precision", TypeKind::float64},
      {"float", TypeKind::float64},
      {"DECIMAL(10,5)", TypeKind::dynamic},
      {"BOOLEAN", TypeKind::dynamic},
      {"DATE", TypeKind::dynamic},
      {"DATETIME", TypeKind::dynamic},
      {"JSON", TypeKind::dynamic},
      {"", TypeKind::dynamic},
      {"STRING", TypeKind::dynamic},
      {"UUID", TypeKind::dynamic},
  };
  for (const auto& [declared, kind] : cases)
    EXPECT_EQ(static_cast<int>(type_of_declaration(declared).kind), static_cast<int>(kind)) << declared;
  EXPECT_EQ(type_of_declaration("DECIMAL(10,5)").precision, 10);
  EXPECT_EQ(type_of_declaration("DECIMAL(10,5)").scale, 5);
  EXPECT_EQ(type_of_declaration("NUMERIC ( 7 )").precision, 7);
  EXPECT_EQ(type_of_declaration("NUMERIC").precision, -1);
  EXPECT_EQ(type_of_declaration("varchar(20)").length, -1) << "SQLite enforces no length";
  EXPECT_EQ(type_of_declaration("INT").length, 8);
  EXPECT_EQ(type_of_declaration("").name, "any");
  EXPECT_EQ(type_of_declaration("Varchar(20)").name, "Varchar(20)") << "as users wrote it";
}

TEST(SqliteNames, Rowid) {
  row::Table table;
  EXPECT_EQ(rowid_name(table), "rowid");
  table.columns.push_back({"RowId", {}});
  EXPECT_EQ(rowid_name(table), "_rowid_");
  table.columns.push_back({"_ROWID_", {}});
  EXPECT_EQ(rowid_name(table), "oid");
  table.columns.push_back({"OID", {}});
  EXPECT_EQ(rowid_name(table), std::nullopt);
  row::Table view;
  view.kind = row::TableKind::view;
  EXPECT_EQ(rowid_name(view), std::nullopt);
}

TEST(SqliteNames, Quoting) {
  EXPECT_EQ(quoted("a"), "\"a\"");
  EXPECT_EQ(quoted("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(lower("ÄBc"), "Äbc") << "SQLite folds ASCII only";
}

TEST(SqliteKeys, ATextStandsForEveryValueThatIsWrittenSo) {
  const auto storages = [](const std::string& text, const char* declared) {
    std::string found;
    for (const KeyValue& value : values_of_text(text, declared)) found += "tbir"[static_cast<int>(value.storage)];
    return found;
  };
  EXPECT_EQ(storages("abc", "any"), "t");
  EXPECT_EQ(storages("12", "TEXT"), "t") << "a number that is stored here becomes text";
  EXPECT_EQ(storages("12", "any"), "ti");
  EXPECT_EQ(storages("12", "BLOB"), "ti");
  EXPECT_EQ(storages("1.5", ""), "tr");
  EXPECT_EQ(storages("1e+20", "BLOB"), "tr");
  EXPECT_EQ(storages("9223372036854775808", "any"), "tr");
  EXPECT_EQ(storages("\\x", "BLOB"), "tb");
  EXPECT_EQ(storages("\\x00ff", "TEXT"), "tb");
  EXPECT_EQ(storages("\\x00f", "BLOB"), "t");
  EXPECT_EQ(storages("\\x00FF", "BLOB"), "t") << "blobs are written in small letters";
  EXPECT_EQ(storages("", "any"), "t");
  EXPECT_EQ(storages("1 ", "any"), "t");
}

TEST(SqliteCatalog, LeavesOutWhatIsSqlitesOwn) {
  const TestFile file(
      "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT); INSERT INTO a (v) VALUES ('x'); ANALYZE;"
      "CREATE TABLE sqliteish (id INTEGER PRIMARY KEY);"
      "CREATE VIRTUAL TABLE search USING fts5(title, body); INSERT INTO search VALUES ('a', 'b')");
  const Result<row::Catalog> catalog = file.source()->catalog();
  ASSERT_TRUE(catalog) << catalog.error().to_string();
  std::vector<std::string> names;
  for (const row::Table& table : catalog->tables) names.push_back(table.name);
  EXPECT_EQ(names, (std::vector<std::string>{"a", "search", "sqliteish"})) << "no sqlite_sequence, no statistics, no shadow tables";
  EXPECT_EQ(catalog->engine, "SQLite");
  const row::Table& search = *catalog->find("", "search");
  ASSERT_EQ(search.columns.size(), 2U) << "an fts5 table's hidden columns are its own";
  EXPECT_EQ(search.row_identity(), nullptr);
}

TEST(SqliteCatalog, AVirtualTableIsRead) {
  const TestFile file("CREATE VIRTUAL TABLE search USING fts5(title, body); INSERT INTO search VALUES ('one', 'b'), ('two', 'c')");
  const auto source = file.source();
  const row::Table search = table_of(*source, "search");
  const auto snapshot = *source->snapshot({});
  const auto plan = snapshot->plan(search, 1);
  ASSERT_TRUE(plan) << plan.error().to_string();
  ASSERT_EQ(plan->size(), 1U);
  EXPECT_EQ(numbers(*snapshot, search, plan->front()).size(), 2U);
}

TEST(SqliteCatalog, ABrokenViewDoesNotHideTheRest) {
  const TestFile file(
      "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY); CREATE VIEW broken AS SELECT * FROM b; CREATE "
      "VIEW good AS SELECT id FROM a; PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'b'");
  const Result<row::Catalog> catalog = file.source()->catalog();
  ASSERT_TRUE(catalog) << catalog.error().to_string();
  EXPECT_NE(catalog->find("", "a"), nullptr);
  EXPECT_NE(catalog->find("", "good"), nullptr);
  EXPECT_EQ(catalog->find("", "broken"), nullptr);
}

TEST(SqliteCatalog, KeysThatIdentifyRowsAndKeysThatDoNot) {
  const TestFile file(
      "CREATE TABLE alias (id INTEGER PRIMARY KEY);"
      "CREATE TABLE nullable_key (id TEXT PRIMARY KEY);"
      "CREATE TABLE without (a TEXT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID;"
      "CREATE TABLE nocase (name TEXT NOT NULL COLLATE NOCASE UNIQUE);"
      "CREATE TABLE strict_table (id INT PRIMARY KEY NOT NULL, anything ANY) STRICT;"
      "CREATE TABLE descending (id INTEGER PRIMARY KEY DESC)");
  const auto source = file.source();
  const auto identity = [&](const char* name) {
    const row::Table table = table_of(*source, name);
    return table.row_identity() == nullptr ? std::string("none") : table.columns[table.row_identity()->columns.front()].name;
  };
  EXPECT_EQ(identity("alias"), "id");
  EXPECT_FALSE(table_of(*source, "alias").columns[0].nullable) << "the rowid is never NULL";
  EXPECT_EQ(identity("nullable_key"), "none") << "SQLite lets NULLs into a primary key that is not the rowid";
  EXPECT_EQ(identity("without"), "b");
  EXPECT_FALSE(table_of(*source, "without").columns[0].nullable);
  EXPECT_EQ(identity("nocase"), "name");
  EXPECT_FALSE(table_of(*source, "nocase").row_identity()->bytewise);
  EXPECT_EQ(identity("strict_table"), "id");
  EXPECT_EQ(static_cast<int>(table_of(*source, "strict_table").columns[1].type.kind), static_cast<int>(TypeKind::dynamic));
  EXPECT_EQ(identity("descending"), "none") << "INTEGER PRIMARY KEY DESC is not the rowid (lang_createtable.html)";
}

TEST(SqliteCatalog, ForeignKeysWithoutColumnsMeanThePrimaryKey) {
  const TestFile file("CREATE TABLE p (b INT, a INT, PRIMARY KEY (a, b)); CREATE TABLE c (x INT, y INT, FOREIGN KEY (x, y) REFERENCES P)");
  const row::Table child = table_of(*file.source(), "c");
  ASSERT_EQ(child.foreign_keys.size(), 1U);
  EXPECT_EQ(child.foreign_keys[0].parent_table, "p") << "by the name that the table has, not as the reference spells it";
  EXPECT_EQ(child.foreign_keys[0].parent_columns, (std::vector<std::string>{"a", "b"}));
}

TEST(SqliteCatalog, GeneratedColumnsOfBothKinds) {
  const TestFile file("CREATE TABLE g (a INT, v INT AS (a + 1) VIRTUAL, s INT AS (a + 2) STORED)");
  const row::Table table = table_of(*file.source(), "g");
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_FALSE(table.columns[0].generated);
  EXPECT_TRUE(table.columns[1].generated);
  EXPECT_TRUE(table.columns[2].generated);
}

TEST(SqliteCatalog, EstimatesRows) {
  const TestFile file(
      "CREATE TABLE r (id INTEGER PRIMARY KEY); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO r SELECT "
      "i * 1000 FROM n;"
      "CREATE TABLE w (k TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO w VALUES ('a'), ('b')");
  const auto source = file.source();
  ASSERT_TRUE(table_of(*source, "r").estimated_rows);
  EXPECT_GT(*table_of(*source, "r").estimated_rows, 10'000U);
  EXPECT_LT(*table_of(*source, "r").estimated_rows, 40'000U) << "by its density, not by its highest rowid";
  const TestFile blobs(
      "CREATE TABLE b (id INTEGER PRIMARY KEY, v BLOB, w TEXT); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) INSERT "
      "INTO b SELECT i * 7, zeroblob(500000), 'é' FROM n");
  const row::Table large = table_of(*blobs.source(), "b");
  EXPECT_EQ(large.estimated_rows, 60U) << "few rows are counted";
  EXPECT_GE(*large.estimated_bytes, 20'000'000U);
  EXPECT_LE(*large.estimated_bytes, 40'000'000U);
  file.run("ANALYZE");
  EXPECT_EQ(table_of(*source, "r").estimated_rows, 20'000U);
  EXPECT_EQ(table_of(*source, "w").estimated_rows, 2U);
}

}  // namespace
}  // namespace itemize::source::sqlite
