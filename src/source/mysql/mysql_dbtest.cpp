// MariaDB (or a MySQL server named by ITEMIZE_TEST_MYSQL) in the conformance suite.

#include "source/conformance/conformance.h"
#include "source/mysql/connection.h"
#include "source/mysql/testing.h"

namespace itemize::source::conformance {
namespace {

using mysql::TestServer;

/// A schema of its own for each test, dropped after it.
class MysqlDatabase : public Database {
 public:
  explicit MysqlDatabase(const TestServer& server) : server_(server) {
    schema_ = "itemize_test";

    connection_ = server_.connect("");
    execute("DROP DATABASE IF EXISTS " + schema_);
    execute("CREATE DATABASE " + schema_ + " CHARACTER SET utf8mb4");
    execute("USE " + schema_);
    execute("SET SESSION sql_mode = 'ALLOW_INVALID_DATES'");
  }
  ~MysqlDatabase() override { execute("DROP DATABASE IF EXISTS " + schema_); }
  Options options() const override { return server_.options(schema_); }
  std::string execute(const std::string& sql) override { return connection_->run(sql); }

 private:
  const TestServer& server_;
  std::string schema_;
  std::unique_ptr<mysql::TestClient> connection_;
};

/// Every type with its edges; those that can be keys once more, as keys.
std::vector<TypeCase> common_types() {
  using enum row::TypeKind;
  const std::string texts_plain = "'it''s \"quoted\" \\\\ and \\n newline'";
  return {
      {"tinyint", integer, {"-128", "0", "127"}, true},
      {"tinyint(1)", integer, {"0", "1", "-5"}},
      {"tinyint unsigned", integer, {"0", "255"}, true},
      {"smallint", integer, {"-32768", "32767"}, true},
      {"smallint unsigned", integer, {"0", "65535"}, true},
      {"mediumint", integer, {"-8388608", "8388607", "-1"}, true},
      {"mediumint unsigned", integer, {"0", "16777215"}, true},
      {"int", integer, {"-2147483648", "2147483647"}, true},
      {"int unsigned", integer, {"0", "4294967295"}, true},
      {"bigint", integer, {"-9223372036854775808", "9223372036854775807", "9007199254740993"}, true},
      {"bigint unsigned", integer, {"0", "18446744073709551615", "9223372036854775808"}, true},
      {"int(7) zerofill", integer, {"42"}},
      {"year", integer, {"0", "1901", "2155", "2024"}, true},
      {"decimal(65,30)",
       decimal,
       {"0", "-99999999999999999999999999999999999.999999999999999999999999999999", "0.000000000000000000000000000001", "1.5"},
       true},
      {"decimal(10,2)", decimal, {"-0.01", "12345678.90", "-99999999.99"}, true},
      {"decimal(5,0)", decimal, {"0", "-99999"}},
      {"float", float32, {"16777215", "0.1", "-3.4028234e38", "1.17549435e-38", "1e-45", "0", "1e20", "123456.7", "3.1415927"}, true},
      {"float", float32, {"-0e0", "0"}},
      {"double", float64, {"0.1", "1.7976931348623157e308", "5e-324", "-2.5", "9007199254740993", "1e15", "123456789012345.6", "0"}, true},
      {"bit(1)", bits, {"b'0'", "b'1'"}, true},
      {"bit(10)", bits, {"b'0'", "b'1111111111'", "b'101'"}, true},
      {"bit(64)", bits, {"b'0'", "b'1'", "0xFFFFFFFFFFFFFFFF", "0x8000000000000001"}, true},
      {"date",
       date,
       {"'1000-01-01'", "'9999-12-31'", "'0000-00-00'", "'2024-02-29'", "'2024-00-00'", "'0001-01-01'", "'2023-02-30'"},
       true},
      {"time", time, {"'838:59:59'", "'-838:59:59'", "'00:00:00'", "'-00:00:01'", "'24:00:01'"}, true},
      {"time(6)", time, {"'838:59:59.000000'", "'-100:00:00.000001'", "'12:34:56.789012'", "'-00:00:00.000001'"}, true},
      {"time(3)", time, {"'12:34:56.789'", "'00:00:00.001'"}},
      {"datetime", timestamp, {"'1000-01-01 00:00:00'", "'9999-12-31 23:59:59'", "'0000-00-00 00:00:00'", "'2024-02-29 12:34:56'"}, true},
      {"datetime(6)",
       timestamp,
       {"'2024-02-29 12:34:56.789012'", "'1969-12-31 23:59:59.999999'", "'2024-01-01 00:00:00'", "'9999-12-31 23:59:59.999999'"},
       true},
      {"datetime(2)", timestamp, {"'2024-02-29 12:34:56.78'", "'2024-02-29 12:34:56'"}},
      {"timestamp NULL",
       timestamp_tz,
       {"'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'", "'2024-07-01 12:00:00'", "'0000-00-00 00:00:00'"}},
      {"timestamp(6) NULL", timestamp_tz, {"'2024-02-29 12:34:56.789012'", "'2000-01-01 00:00:00'"}},
      {"timestamp(6)", timestamp_tz, {"'2024-02-29 12:34:56.789012'", "'2000-01-01 00:00:00'"}, true},
      {"char(10)", text, {"''", "'a'", "'é'", "'  lead'", "'trail  '"}, true},
      {"char(200)", text, {texts_plain, "'表🦊'"}},
      {"varchar(100)", text, {"''", "'a'", "'b  '", "'é表🦊'", texts_plain, "'NULL'", "'\\\\x41'"}, true},
      {"varchar(100) CHARACTER SET latin1", text, {"''", "'caf\\u00e9'", "'café'", "'€'", "_latin1 x'81'"}, true},
      {"varchar(100) CHARACTER SET utf8mb3", text, {"'é表'", "''"}, true},
      {"varchar(100) CHARACTER SET ucs2", text, {"'é表'", "'x'"}, true},
      {"varchar(100) CHARACTER SET utf16", text, {"'🦊'", "'x'"}, true},
      {"varchar(100) CHARACTER SET sjis", text, {"'表'", "'ソ'"}, true},
      {"varchar(100) COLLATE utf8mb4_bin", text, {"'a'", "'A'", "'á'"}, true},
      {"varchar(100) CHARACTER SET binary", bytes, {"'a'", "x'00ff'", "''"}, true},
      {"tinytext", text, {"''", texts_plain}},
      {"text", text, {"''", texts_plain, "'🦊'", "repeat('x', 250)", "repeat('y', 251)", "repeat('z', 65535)"}},
      {"mediumtext", text, {"repeat('m', 70000)"}},
      {"longtext", text, {"''", "repeat('表', 100000)"}},
      {"text CHARACTER SET latin1", text, {"'ÿ'", "'café'"}},
      {"binary(4)", bytes, {"x'00'", "'ab'", "x'00ff0000'", "x'ffffffff'"}, true},
      {"varbinary(20)", bytes, {"''", "x'00'", "x'ff00'", "'\\\\x00'", "'text'"}, true},
      {"tinyblob", bytes, {"''", "x'00ff'"}},
      {"blob", bytes, {"''", "x'c328'", "repeat(x'00', 300)"}},
      {"mediumblob", bytes, {"repeat(x'ff', 70000)"}},
      {"longblob", bytes, {"''", "x'0d0a00'"}},
      {"enum('small','Large','it''s','')", enumeration, {"'small'", "'Large'", "'it''s'", "''"}},
      {"enum('b','a','é')", enumeration, {"'b'", "'a'", "'é'"}, true},
      {"set('a','b','c d','é')", set, {"''", "'a'", "'a,b,c d,é'", "'c d,a'"}, true},
      {"json", json, {"'{\"b\": [1, 2.50, null], \"a\": \"é\"}'", "'[]'", "'null'", "'123456789012345678901234567890'"}},
      {"geometry",
       geometry,
       {"ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('LINESTRING(0 0,1 1,2 0)', 4326)",
        "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(5 5),POLYGON((0 0,1 0,1 1,0 0)))')"}},
      {"point", geometry, {"ST_GeomFromText('POINT(-1.5 2.25)')"}},
  };
}

std::vector<TypeCase> types_of(const TestServer& server) {
  using enum row::TypeKind;
  std::vector<TypeCase> types = common_types();
  if (server.is_mariadb()) {
    if (server.version() >= 100700)
      types.push_back({"uuid", uuid, {"'00112233-4455-6677-8899-aabbccddeeff'", "'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'"}, true});
    if (server.version() >= 101000) types.push_back({"inet4", text, {"'127.0.0.1'", "'255.255.255.255'"}, true});
    types.push_back({"inet6", text, {"'::1'", "'2001:db8::ff00:42:8329'"}, true});
    types.push_back({"text COMPRESSED", text, {"repeat('squeeze', 1000)"}});
  } else if (server.version() >= 90000) {
    types.push_back({"vector(3)", bytes, {"TO_VECTOR('[1,2.5,-3]')"}});
  }
  return types;
}

Quirks quirks_of(const std::string& name, const TestServer& server) {
  Quirks quirks;
  quirks.name = name;
  quirks.missing = [&server] { return server.missing(); };
  quirks.make_database = [&server] { return std::make_unique<MysqlDatabase>(server); };
  quirks.quote_name = [](const std::string& plain) { return mysql::quoted(plain); };
  quirks.quote_text = [](const std::string& plain) { return mysql::literal(plain); };
  quirks.text_type = "longtext";
  quirks.bytes_type = "longblob";
  quirks.decimal_type = "decimal(38,10)";
  quirks.partial_unique_index = "CREATE UNIQUE INDEX prefix_only ON many_keys (b(3))";  // of a prefix: the nearest thing there is
  quirks.expression_unique_index = server.missing().empty() && !server.is_mariadb() && server.version() >= 80013
                                       ? "CREATE UNIQUE INDEX computed ON many_keys ((c + d))"
                                       : "";
  quirks.schema = "itemize_test";
  quirks.token_joinable = false;
  quirks.nul_in_text = true;
  quirks.drop_waits_for_readers = true;
  quirks.has_change_counters = server.missing().empty() && server.has_binlog();
  // Identifiers hold characters of the Basic Multilingual Plane only.
  quirks.can_name_table = [](const std::string& plain) { return plain.find('\xf0') == std::string::npos; };
  quirks.most_columns = 900;  // InnoDB: a row's fixed part must fit half a page
  if (!server.missing().empty()) return quirks;
  quirks.types = types_of(server);
  quirks.point_needs_lock = !server.has_lock_free_point();
  if (server.version() < 50700) {  // read, though no longer promised: what it lacks is left out
    quirks.key_text_type = "varchar(100)";
    quirks.generated_column = "";
    quirks.large_value = 3u << 20;
    std::erase_if(quirks.types, [](const TypeCase& type) { return type.declared == "json"; });
  }
  return quirks;
}

INSTANTIATE_TEST_SUITE_P(MariaDB, Conformance, testing::Values(quirks_of("MariaDB", TestServer::mariadb())), conformance_name);
INSTANTIATE_TEST_SUITE_P(MySQL, Conformance, testing::Values(quirks_of("MySQL", TestServer::mysql())), conformance_name);

}  // namespace
}  // namespace itemize::source::conformance
