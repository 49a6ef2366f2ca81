#include <gmock/gmock.h>

#include "source/postgres/testing.h"

namespace itemize::source::postgres {
namespace {

using testing::ElementsAre;

class PostgresCatalogDbTest : public PostgresDbTest {
 protected:
  static const row::UniqueKey* key(const row::Table& table, const std::string& name) {
    for (const row::UniqueKey& each : table.unique_keys)
      if (each.name == name) return &each;
    return nullptr;
  }
};

TEST_F(PostgresCatalogDbTest, ColumnsAreAsDeclared) {
  const std::string scale = admin_->version() >= 150000 ? "-2" : "2";
  run("CREATE DOMAIN price AS numeric(12,3); CREATE TABLE \"Odd \"\"Name\"\"\" (id bigint GENERATED ALWAYS AS IDENTITY, \"a b\" char(7) "
      "NOT NULL, p price, dropped int, n numeric(5," +
      scale +
      "), "
      "at timestamp(2) with time zone, made text GENERATED ALWAYS AS ('x') STORED, flags bit(4)[]); ALTER TABLE \"Odd \"\"Name\"\"\" DROP "
      "COLUMN dropped; "
      "COMMENT ON TABLE \"Odd \"\"Name\"\"\" IS 'a table''s comment'; COMMENT ON COLUMN \"Odd \"\"Name\"\"\".p IS 'what it costs'" +
      std::string());
  const row::Table odd = table("Odd \"Name\"");
  EXPECT_EQ(odd.comment, "a table's comment");
  EXPECT_TRUE(odd.default_schema);
  EXPECT_TRUE(odd.readable);
  EXPECT_THAT(all_columns(odd), ElementsAre("id", "a b", "p", "n", "at", "made", "flags"));
  ASSERT_EQ(odd.columns.size(), 7U);
  EXPECT_EQ(odd.columns[0].type.name, "bigint");
  EXPECT_FALSE(odd.columns[0].nullable);
  EXPECT_EQ(odd.columns[1].type.kind, row::TypeKind::character);
  EXPECT_EQ(odd.columns[1].type.length, 7);
  EXPECT_EQ(odd.columns[2].type.name, "numeric(12,3)");
  EXPECT_EQ(odd.columns[2].type.precision, 12);
  EXPECT_EQ(odd.columns[2].type.scale, 3);
  EXPECT_EQ(odd.columns[2].comment, "what it costs");
  EXPECT_EQ(odd.columns[3].type.scale, std::stoi(scale));
  EXPECT_EQ(odd.columns[4].type.precision, 2);
  EXPECT_TRUE(odd.columns[5].generated);
  EXPECT_EQ(odd.columns[6].type.kind, row::TypeKind::array);
  EXPECT_EQ(odd.columns[6].type.children.at(0).length, 4);
}

TEST_F(PostgresCatalogDbTest, KeysAreThoseThatIdentifyRows) {
  run("CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false); "
      "CREATE TABLE keyed (b int, a int, email text COLLATE nocase, n int, PRIMARY KEY (a, b), CONSTRAINT by_email UNIQUE (email), UNIQUE "
      "(n)); "
      "CREATE UNIQUE INDEX partial_one ON keyed (b) WHERE a > 0; CREATE UNIQUE INDEX expression_one ON keyed (lower(email)); CREATE UNIQUE "
      "INDEX covering ON keyed (b, n) INCLUDE (email); "
      "CREATE INDEX plain_one ON keyed (n)");
  const row::Table keyed = table("keyed");
  ASSERT_EQ(keyed.unique_keys.size(), 4U);
  EXPECT_TRUE(keyed.unique_keys[0].primary);
  EXPECT_THAT(keyed.unique_keys[0].columns, ElementsAre(1, 0));
  ASSERT_NE(key(keyed, "by_email"), nullptr);
  EXPECT_FALSE(key(keyed, "by_email")->bytewise);
  ASSERT_NE(key(keyed, "covering"), nullptr);
  EXPECT_THAT(key(keyed, "covering")->columns, ElementsAre(0, 3));
  EXPECT_TRUE(key(keyed, "covering")->bytewise);
  EXPECT_EQ(keyed.row_identity(), &keyed.unique_keys[0]);
}

TEST_F(PostgresCatalogDbTest, ForeignKeysNameBothSides) {
  run("CREATE TABLE parent (a int, b int, PRIMARY KEY (b, a)); CREATE TABLE child (x int, y int, z int, CONSTRAINT up FOREIGN KEY (y, x) "
      "REFERENCES parent (a, b)); "
      "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO "
      "(10); "
      "CREATE TABLE of_parts (id int CONSTRAINT to_parts REFERENCES parts)");
  const row::Table child = table("child");
  ASSERT_EQ(child.foreign_keys.size(), 1U);
  EXPECT_EQ(child.foreign_keys[0].name, "up");
  EXPECT_EQ(child.foreign_keys[0].parent_schema, schema_);
  EXPECT_EQ(child.foreign_keys[0].parent_table, "parent");
  EXPECT_THAT(child.foreign_keys[0].columns, ElementsAre("y", "x"));
  EXPECT_THAT(child.foreign_keys[0].parent_columns, ElementsAre("a", "b"));
  EXPECT_EQ(table("of_parts").foreign_keys.size(), 1U);
}

TEST_F(PostgresCatalogDbTest, EstimatesAreThereBeforeAndAfterAnalyze) {
  run("CREATE TABLE counted (id int, note text); CREATE TABLE parts (id int) PARTITION BY HASH (id); CREATE TABLE p0 PARTITION OF parts "
      "FOR VALUES WITH (MODULUS 2, REMAINDER 0); "
      "CREATE TABLE p1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1); INSERT INTO counted SELECT g, repeat('x', 100) FROM "
      "generate_series(1, 10000) g; "
      "INSERT INTO parts SELECT generate_series(1, 10000); CREATE VIEW seen AS SELECT * FROM counted; ANALYZE counted; ANALYZE parts");
  const row::Table counted = table("counted");
  EXPECT_EQ(counted.estimated_rows, 10000U);
  EXPECT_GT(counted.estimated_bytes, 1'000'000U);
  EXPECT_EQ(table("parts").estimated_rows, 10000U);
  EXPECT_GT(table("parts").estimated_bytes, 300'000U);
  EXPECT_EQ(table("seen").estimated_rows, std::nullopt);
  run("CREATE TABLE fresh (id int)");
  EXPECT_EQ(table("fresh").estimated_rows, 0U);
}

TEST_F(PostgresCatalogDbTest, PrivilegesAreSeenByTableAndColumn) {
  run("CREATE TABLE open_one (id int, secret text); CREATE TABLE closed_one (id int); CREATE TABLE guarded (id int, owner text); INSERT "
      "INTO guarded VALUES (1, 'x'); INSERT INTO open_one VALUES (1, 's'); "
      "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON guarded USING (owner = current_user); DROP ROLE IF EXISTS "
      "itemize_some; CREATE ROLE itemize_some LOGIN; "
      "GRANT USAGE ON SCHEMA " +
      schema_ + " TO itemize_some; GRANT SELECT (id) ON open_one TO itemize_some; GRANT SELECT ON guarded TO itemize_some");
  const std::string url = options_.url;
  options_.url.replace(options_.url.find("itemize@"), 8, "itemize_some@");
  const row::Table open_one = table("open_one");
  EXPECT_TRUE(open_one.readable);
  EXPECT_TRUE(open_one.columns[0].readable);
  EXPECT_FALSE(open_one.columns[1].readable);
  EXPECT_FALSE(table("closed_one").readable);
  EXPECT_TRUE(table("closed_one").obstacle.empty());
  const row::Table guarded = table("guarded");
  EXPECT_FALSE(guarded.readable);
  EXPECT_THAT(guarded.obstacle, testing::HasSubstr("row-level security"));

  const auto restricted = source();
  const auto taken = *restricted->snapshot({});
  EXPECT_THAT(read_all(*taken, open_one, {"id"}), ElementsAre("1")) << "columns that are granted are enough";
  const auto denied = taken->plan(table("closed_one"), 1 << 20);
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, ErrorCode::permission) << denied.error().to_string();
  const std::vector<std::string> hidden = read_all(*taken, guarded, {"id"});
  EXPECT_THAT(hidden, ElementsAre(testing::AllOf(testing::HasSubstr("row-level security"), testing::HasSubstr("BYPASSRLS"))))
      << "never a table with rows missing";
  options_.url = url;
  run("DROP OWNED BY itemize_some; DROP ROLE itemize_some");
}

TEST_F(PostgresCatalogDbTest, DefaultSchemaFollowsTheSearchPath) {
  run("CREATE SCHEMA IF NOT EXISTS \"other one\"; CREATE TABLE \"other one\".aside (id int)");
  const row::Catalog all = catalog();
  const row::Table* const aside = all.find("other one", "aside");
  ASSERT_NE(aside, nullptr);
  EXPECT_FALSE(aside->default_schema);
  EXPECT_EQ(aside->display_name(), "other one.aside");
  EXPECT_EQ(all.find("", "aside"), nullptr);
  EXPECT_EQ(all.engine, "PostgreSQL");
  EXPECT_EQ(all.database, "itemize");
  EXPECT_FALSE(all.version.empty());
  EXPECT_EQ(all.find("pg_catalog", "pg_class"), nullptr);
  run("DROP SCHEMA \"other one\" CASCADE");
}

TEST_F(PostgresCatalogDbTest, ChunksOfHypertablesBelongToThem) {
  run("CREATE SCHEMA _timescaledb_internal; CREATE TABLE metrics (at timestamptz, v float8); CREATE TABLE _timescaledb_internal.chunk_1 () "
      "INHERITS (metrics); "
      "INSERT INTO _timescaledb_internal.chunk_1 VALUES ('2024-01-01 00:00:00Z', 1.5)");
  const row::Catalog all = catalog();
  EXPECT_EQ(all.find("_timescaledb_internal", "chunk_1"), nullptr);
  const auto origin = source();
  auto taken = *origin->snapshot({});
  EXPECT_THAT(read_all(*taken, *all.find(schema_, "metrics"), {"v"}), ElementsAre("1.5"));
  taken.reset();  // and its locks
  run("DROP SCHEMA _timescaledb_internal CASCADE");
}

}  // namespace
}  // namespace itemize::source::postgres
