// Values of every kind of type, against PostgreSQL's own text of them or a text written here. (The conformance suite compares with another
// driver.)
#include <gmock/gmock.h>

#include "source/postgres/testing.h"

namespace itemize::source::postgres {
namespace {

class PostgresTypesDbTest : public PostgresDbTest {
 protected:
  /// The value of an SQL expression as our canonical text.
  std::string value(const std::string& expression) {
    run("DROP VIEW IF EXISTS one; CREATE VIEW one AS SELECT " + expression + " AS v");
    const row::Table one = table("one");
    const auto origin = source();
    auto snapshot = origin->snapshot({});
    if (!snapshot) return snapshot.error().to_string();
    const std::vector<std::string> rows = read_all(**snapshot, one, {"v"});
    kind_ = one.columns.empty() ? row::TypeKind::unsupported : one.columns[0].type.kind;
    return rows.size() == 1 ? rows[0] : std::to_string(rows.size()) + " rows";
  }
  row::TypeKind kind_ = row::TypeKind::unsupported;
};

TEST_F(PostgresTypesDbTest, TextFormsAreTheServersOwn) {
  const std::vector<std::string> expressions = {"inet '10.1.2.3'",
                                                "inet '10.1.2.3/8'",
                                                "cidr '10.0.0.0/8'",
                                                "cidr '10.1.2.3/32'",
                                                "inet '::1'",
                                                "inet '2001:db8::ff00:42:8329/64'",
                                                "inet '::ffff:1.2.3.4'",
                                                "inet '::'",
                                                "inet '1:0:0:2:0:0:0:3'",
                                                "cidr '2001:db8::/32'",
                                                "macaddr '08:00:2b:01:02:03'",
                                                "macaddr8 '08:00:2b:01:02:03:04:05'",
                                                "point '(1.5,-2e300)'",
                                                "point '(NaN,Infinity)'",
                                                "lseg '[(1,2),(3,4)]'",
                                                "box '((1,2),(3,4))'",
                                                "path '((1,2),(3,4))'",
                                                "path '[(1,2),(3,4),(5,6)]'",
                                                "polygon '((0,0),(1,1),(2,0))'",
                                                "line '{1,-2,3}'",
                                                "circle '<(1,2),3>'",
                                                "tsvector 'a:1A fat:2B,4C cat:5D,7'",
                                                "tsvector $$'it''s' 'back\\\\slash' x$$",
                                                "to_tsvector('english', 'The quick brown foxes')",
                                                "tsquery 'fat & (rat | cat:ab*) & !dog'",
                                                "tsquery 'a <-> b <3> c'",
                                                "pg_lsn '16/B374D848'",
                                                "bit '101'",
                                                "bit varying(20) '10101010101'",
                                                "xml '<a b=\"1\">text &amp; more</a>'",
                                                "xml '<?xml version=\"1.0\" encoding=\"latin1\"?><a>ä</a>'",
                                                "'pg_class'::regclass",
                                                "'(3,4)'::tid",
                                                "'$.a[*] ? (@ > 1)'::jsonpath",
                                                "'x'::\"char\"",
                                                "'a name'::name",
                                                "'ab'::char(5)",
                                                "'10'::xid",
                                                "12::oid",
                                                "'{\"b\":1,  \"a\":[1,2.50]}'::jsonb",
                                                "'{\"b\":1,  \"a\":[1,2.50]}'::json",
                                                "int4range(1,5)",
                                                "daterange('2024-01-01', NULL)",
                                                "numrange(1.10, 2.2, '[]')",
                                                "'empty'::int8range",
                                                "ARRAY[1,2,NULL]",
                                                "ARRAY[[1,2],[3,4]]",
                                                "ARRAY['a','b c','d\"e',NULL,'NULL','']",
                                                "'{}'::text[]",
                                                "ARRAY['pg_class'::regclass]::text[]",
                                                "ARRAY[inet '1.2.3.4', inet '::1']",
                                                "ARRAY[int4range(1,2)]"};
  // Not ::text, which for inet is a function of its own.
  std::string values;
  std::string texts;
  for (const std::string& expression : expressions) {
    values += (values.empty() ? "" : ", ") + expression + " AS v" + std::to_string(&expression - expressions.data());
    texts += (texts.empty() ? "" : ", ") + ("pg_catalog.format('%s', " + expression + ")");
  }
  run("CREATE VIEW many AS SELECT " + values);
  const Result<Rows> server = admin_->query("SELECT " + texts, "asking for the texts");
  ASSERT_TRUE(server) << server.error().to_string();
  const row::Table many = table("many");
  const auto origin = source();
  const auto taken = *origin->snapshot({});
  Range whole;
  whole.schema = schema_;
  whole.table = "many";
  for (std::size_t index = 0; index < expressions.size(); ++index)
    EXPECT_THAT(read(*taken, whole, many, {"v" + std::to_string(index)}), testing::ElementsAre(server->text(0, static_cast<int>(index))))
        << expressions[index];
}

TEST_F(PostgresTypesDbTest, NumbersAreExact) {
  EXPECT_EQ(value("32767::int2"), "32767");
  EXPECT_EQ(value("(-9223372036854775808)::int8"), "-9223372036854775808");
  EXPECT_EQ(value("1.50::numeric(10,2)"), "1.50");
  EXPECT_EQ(kind_, row::TypeKind::decimal);
  EXPECT_EQ(value("'NaN'::numeric"), "<not a number>");
  EXPECT_EQ(value("('1' || repeat('0', 500) || '.' || repeat('0', 499) || '7')::numeric"),
            "1" + std::string(500, '0') + "." + std::string(499, '0') + "7");
  EXPECT_EQ(value("0.1::float4"), "0.1");
  EXPECT_EQ(value("0.1::float8 + 0.2::float8"), "0.30000000000000004");
  EXPECT_EQ(value("'-Infinity'::float8"), "<infinite>");
  EXPECT_EQ(value("'1234.5'::money"), "1234.50");
  EXPECT_EQ(value("'-0.05'::money"), "-0.05");
  if (admin_->version() >= 140000) {
    EXPECT_EQ(value("'-Infinity'::numeric"), "<infinite>");
  }
}

TEST_F(PostgresTypesDbTest, TimesAreIso8601) {
  EXPECT_EQ(value("date '0044-03-15 BC'"), "-0043-03-15");
  EXPECT_EQ(value("date 'infinity'"), "<infinite>");
  EXPECT_EQ(value("time '24:00'"), "24:00:00.000000");
  EXPECT_EQ(value("time(0) '12:34:56.7'"), "12:34:57");
  EXPECT_EQ(value("timetz '12:34:56+02:30'"), "12:34:56.000000+02:30");
  EXPECT_EQ(value("timestamp(3) '2024-02-29 12:34:56.789'"), "2024-02-29T12:34:56.789");
  EXPECT_EQ(value("timestamptz(0) '2024-02-29 12:34:56+02'"), "2024-02-29T10:34:56Z");
  EXPECT_EQ(value("timestamptz '-infinity'"), "<infinite>");
  EXPECT_EQ(value("timestamp '294246-12-31 23:59:59.999999'"), "+294246-12-31T23:59:59.999999");
  EXPECT_EQ(value("timestamp '294276-12-31 23:59:59.999999'"), "<invalid: a timestamp after the year 294246 cannot be kept>");
  EXPECT_EQ(value("timestamp '4713-01-01 00:00:00 BC'"), "-4712-01-01T00:00:00.000000");
  EXPECT_EQ(value("interval '1 year 2 months 3 days 04:05:06.789'"), "P1Y2M3DT4H5M6.789S");
  if (admin_->version() >= 170000) {
    EXPECT_EQ(value("interval 'infinity'"), "<invalid: an infinite interval cannot be written>");
  }
}

TEST_F(PostgresTypesDbTest, TypesOfUsersAreTakenApart) {
  run("CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN code AS varchar(5) CHECK (value <> ''); CREATE DOMAIN codes AS code[]; "
      "CREATE TYPE inner_one AS (x int, label code); CREATE TYPE outer_one AS (id bigint, at timestamptz(0), parts inner_one[], m mood, "
      "nothing text); "
      "CREATE DOMAIN boxed AS outer_one; CREATE TYPE clouded AS (q tsquery, n int); CREATE TYPE floatrange AS RANGE (subtype = float8)");
  EXPECT_EQ(value("'happy'::mood"), "happy");
  EXPECT_EQ(kind_, row::TypeKind::enumeration);
  EXPECT_EQ(value("'abc'::code"), "abc");
  EXPECT_EQ(kind_, row::TypeKind::text);
  EXPECT_EQ(value("ARRAY['abc','d']::codes"), "{abc,d}");
  EXPECT_EQ(value("'[0:1]={abc,d}'::code[]"), "{abc,d}") << "a list has no lower bound";
  EXPECT_EQ(kind_, row::TypeKind::array);
  const std::string nested = "ROW(7, '2024-01-02 03:04:05+00', ARRAY[ROW(1,'a')::inner_one, NULL, ROW(NULL,NULL)::inner_one], 'sad', NULL)";
  EXPECT_EQ(value(nested + "::outer_one"), R"x((7,2024-01-02T03:04:05Z,"{""(1,a)"",NULL,""(,)""}",sad,))x");
  EXPECT_EQ(kind_, row::TypeKind::composite);
  EXPECT_EQ(value(nested + "::outer_one::boxed"), R"x((7,2024-01-02T03:04:05Z,"{""(1,a)"",NULL,""(,)""}",sad,))x");
  EXPECT_EQ(value("'(a & b,3)'::clouded"), R"(("'a' & 'b'",3))");
  EXPECT_EQ(kind_, row::TypeKind::text);
  EXPECT_EQ(value("ARRAY['(a,3)'::clouded]"), R"x({"('a',3)"})x");
  EXPECT_EQ(value("floatrange(1.5, 2.5)"), "[1.5,2.5)");
  if (admin_->version() >= 140000) {
    EXPECT_EQ(value("'{[1,3),[7,9)}'::int4multirange"), "{[1,3),[7,9)}");
    EXPECT_EQ(kind_, row::TypeKind::multirange);
    EXPECT_EQ(value("'{}'::int4multirange"), "{}");
  }
}

TEST_F(PostgresTypesDbTest, ExtensionsTypesAreKnownByName) {
  if (!admin_->execute(
          "CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public; CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public; "
          "CREATE EXTENSION IF NOT EXISTS ltree WITH SCHEMA public",
          "extensions"))
    GTEST_SKIP() << "this server has no contrib extensions";
  EXPECT_EQ(value("'a=>1, b=>NULL, \"q\\\"\"=>\"\"'::hstore"), R"("a"=>"1", "b"=>NULL, "q\""=>"")");
  EXPECT_EQ(kind_, row::TypeKind::map);
  EXPECT_EQ(value("'MiXed'::citext"), "MiXed");
  EXPECT_EQ(kind_, row::TypeKind::text);
  EXPECT_EQ(value("'top.science'::ltree"), "top.science");
  EXPECT_EQ(value("ARRAY['top.science'::ltree, NULL]"), "{top.science,NULL}");
}

TEST_F(PostgresTypesDbTest, NullsZeroColumnsAndLargeValues) {
  run("CREATE TABLE wide (id int PRIMARY KEY, big text, raw bytea, gone int, made int GENERATED ALWAYS AS (id * 2) STORED); ALTER TABLE "
      "wide DROP COLUMN gone; "
      "INSERT INTO wide VALUES (1, repeat('x', 3000000), '\\x00ff'), (2, NULL, NULL)");
  const row::Table wide = table("wide");
  const auto origin = source();
  const auto snapshot = *origin->snapshot({});
  EXPECT_THAT(read_all(*snapshot, wide, {"id", "big", "raw", "made"}),
              testing::ElementsAre("1|" + std::string(3'000'000, 'x') + "|\\x00ff|2", "2|NULL|NULL|4"));
  EXPECT_THAT(read_all(*snapshot, wide, {}), testing::ElementsAre("", ""));
  EXPECT_THAT(read_all(*snapshot, wide, {"made", "id", "id"}), testing::ElementsAre("2|1|1", "4|2|2"));
}

}  // namespace
}  // namespace itemize::source::postgres
