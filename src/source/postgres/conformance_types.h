// Every type of PostgreSQL with its awkward values, for the conformance suite.
#pragma once

#include <vector>

#include "source/conformance/quirks.h"

namespace itemize::source::conformance {

inline std::vector<TypeCase> postgres_scalar_types() {
  using enum row::TypeKind;
  const std::vector<std::string> texts{"''",     "'a'",     "'A'", "' a '", "'é 表 🦊'", "E'quote \\' \" back \\\\ tab \\t line \\n'",
                                       "'NULL'", "'\\x00'", "'{}'"};
  return {
      {"smallint", integer, {"-32768", "0", "32767"}, true},
      {"integer", integer, {"-2147483648", "2147483647"}, true},
      {"bigint", integer, {"-9223372036854775808", "9223372036854775807", "9007199254740993"}, true},
      {"oid", integer, {"0", "4294967295"}, true},
      {"xid8", integer, {"'18446744073709551615'::xid8"}},
      {"boolean", boolean, {"true", "false"}, true},
      {"numeric",
       decimal,
       {"0", "0.00", "-0.10", "1.50", "12345678901234567890123456789012345678901234567890.123456789012345678901234567890", "1e-20", "1e130",
        "'NaN'", "'Infinity'", "'-Infinity'", "9999", "10000", "99999999", "-10000.0001", "1e1000", "0.0001", "0.00001000"}},
      {"numeric", decimal, {"0", "-0.10", "1.50", "12345678901234567890123456789012345678901234567890.1234567890", "1e130"}, true},
      {"numeric(12,2)", decimal, {"0", "-0.01", "9999999999.99"}, true},
      {"numeric(5,-2)", decimal, {"12345", "-99900"}},
      {"numeric(3,5)", decimal, {"0.00123"}},
      {"real",
       float32,
       {"0", "'-0'", "0.1", "16777216", "3.4028235e38", "1e-45", "'NaN'", "'Infinity'", "'-Infinity'", "123456.7", "1e6", "0.0001"}},
      {"real", float32, {"0", "0.1", "-16777216", "3.4028235e38", "1e-45"}, true},
      {"double precision",
       float64,
       {"0", "'-0'", "0.1", "1e15", "123456789012345", "1.7976931348623157e308", "5e-324", "'NaN'", "'Infinity'", "'-Infinity'",
        "0.00001"}},
      {"double precision", float64, {"0", "0.1", "1e15", "1.7976931348623157e308", "5e-324", "0.30000000000000004"}, true},
      {"money", decimal, {"'0'", "'-0.01'", "'92233720368547758.07'", "'-92233720368547758.08'"}, true},
      {"text", text, texts, true},
      {"varchar(60)", text, texts, true},
      {"char(8)", character, {"''", "'a'", "'é表'", "'12345678'"}, true},
      {"\"char\"", text, {"'a'", "''"}},
      {"name", text, texts, true},
      {"citext", text, {"'MiXed'", "'é'", "''"}, true},
      {"bytea", bytes, {"'\\x'", "'\\x00ff'", "'\\x5c78'", "decode(repeat('00', 3000), 'hex')"}, true},
      {"date",
       date,
       {"'2024-02-29'", "'0001-01-01'", "'0001-12-31 BC'", "'0044-03-15 BC'", "'4713-01-01 BC'", "'9999-12-31'", "'12345-06-07'",
        "'5874897-12-31'", "'infinity'", "'-infinity'"}},
      {"date", date, {"'2024-02-29'", "'0001-01-01'", "'0044-03-15 BC'", "'12345-06-07'"}, true},
      {"time", time, {"'00:00'", "'23:59:59.999999'", "'24:00:00'", "'12:34:56.7'"}, true},
      {"time(0)", time, {"'12:34:56.7'"}},
      {"time(3)", time, {"'12:34:56.7'", "'00:00'"}, true},
      {"timetz",
       time_tz,
       {"'12:34:56.789+05:30'", "'00:00-12'", "'24:00:00+00'", "'01:02:03-00:44:30'", "'23:59:59.999999+15:59:59'"},
       true},
      {"timestamp",
       timestamp,
       {"'2024-02-29 12:34:56.789012'", "'1969-12-31 23:59:59.999999'", "'0044-03-15 01:02:03 BC'", "'294246-12-31 23:59:59.999999'",
        "'294276-12-31 23:59:59.999999'", "'4713-01-01 BC'", "'infinity'", "'-infinity'"}},
      {"timestamp",
       timestamp,
       {"'2024-02-29 12:34:56.789012'", "'1969-12-31 23:59:59.999999'", "'0044-03-15 01:02:03 BC'", "'12345-01-01'"},
       true},
      {"timestamp(0)", timestamp, {"'2024-02-29 12:34:56.789'"}},
      {"timestamp(3)", timestamp, {"'2024-02-29 12:34:56.789'", "'2024-02-29'"}, true},
      {"timestamptz",
       timestamp_tz,
       {"'2024-07-01 12:00:00+02'", "'1969-12-31 23:59:59.999999Z'", "'0044-03-15 01:02:03Z BC'", "'294246-12-31 23:59:59.999999Z'",
        "'294276-12-31 23:59:59.999999Z'", "'infinity'", "'-infinity'"}},
      {"timestamptz(2)", timestamp_tz, {"'2024-07-01 12:00:00.129+02'", "'1999-01-01Z'"}, true},
      {"interval",
       interval,
       {"'0'", "'1 year 2 months 3 days 04:05:06.789'", "'-1 year -2 months +3 days -04:05:06.789'", "'1 month -1 day'",
        "'-0.000001 seconds'", "'178000000 years'", "'1000000 hours'", "'1 day -00:00:01'", "'13 months'", "'-13 months'"}},
      {"interval", interval, {"'0'", "'1 year 2 months 3 days 04:05:06.789'", "'-04:05:06.5'", "'1 month -1 day'"}, true},
      {"uuid", uuid, {"'00112233-4455-6677-8899-aabbccddeeff'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"}, true},
      {"json",
       json,
       {"'{\"b\" : [1, 2.50, null],  \"a\": \"\\u00e9 \\\"\"}'", "'123456789012345678901234567890.10'", "'null'", "'\"\"'",
        "'{\"a\":1,\"a\":2}'"}},
      {"jsonb",
       row::TypeKind::json,
       {"'{\"b\" : [1, 2.50, null],  \"a\": \"\\u00e9 \\\"\"}'", "'123456789012345678901234567890.10'", "'null'", "'\"\"'",
        "'{\"a\":1,\"a\":2}'", "'[]'", "'{}'", "'true'"}},
      {"bit(10)", bits, {"B'0000000000'", "B'1010101011'"}, true},
      {"bit varying", bits, {"B''", "B'1'", "B'10101010101'"}, true},
      {"inet",
       text,
       {"'192.168.0.1'", "'192.168.0.1/24'", "'::1'", "'2001:db8::ff00:42:8329/64'", "'::ffff:1.2.3.4'", "'1:0:0:2::3'", "'::'"},
       true},
      {"cidr", text, {"'192.168.0.0/24'", "'10.0.0.1/32'", "'::/0'", "'2001:db8::/32'"}, true},
      {"macaddr", text, {"'08:00:2b:01:02:03'"}, true},
      {"macaddr8", text, {"'08:00:2b:01:02:03:04:05'"}, true},
      {"xml", text, {"'<a b=\"c\">é</a>'", "''"}},
      {"tsvector", text, {"'a fat:2,4A cat:3 ''it''''s'' a\\b'", "''"}},
      {"tsquery", text, {"'fat & !cat'"}},
      {"point", text, {"'(1.5,-2)'", "'(1e300,0.1)'", "'(NaN,Infinity)'"}},
      {"line", text, {"'{1,2,3}'"}},
      {"lseg", text, {"'[(0,0),(1,1.5)]'"}},
      {"box", text, {"'(2,2),(0,0)'"}},
      {"path", text, {"'((0,0),(1,1))'", "'[(0,0),(1,1)]'"}},
      {"polygon", text, {"'((0,0),(1,1),(2,0))'"}},
      {"circle", text, {"'<(1,2),3.5>'"}},
      {"pg_lsn", text, {"'16/B374D848'", "'0/0'"}},
      {"regclass", text, {"'pg_class'"}},
      {"hstore", map, {"'a=>1, b=>NULL, \"c d\"=>\"e \\\"f\\\\ \"'", "''", "'\"\"=>\"\"'"}},
  };
}

inline std::vector<TypeCase> postgres_nested_types() {
  using enum row::TypeKind;
  const std::string make_enum =
      "DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad', 'so so', 'é', ''); EXCEPTION WHEN duplicate_object THEN NULL; END $$";
  const std::string make_pair =
      "DO $$ BEGIN CREATE TYPE pair AS (a integer, b text, c timestamptz, d integer[]); EXCEPTION WHEN duplicate_object THEN NULL; END $$";
  const std::string make_outer =
      make_pair +
      "; DO $$ BEGIN CREATE TYPE outer_pair AS (p pair, r int4range, note varchar(5)); EXCEPTION WHEN duplicate_object THEN NULL; END $$";
  const std::string make_domains =
      "DO $$ BEGIN CREATE DOMAIN positive AS numeric(10,3) CHECK (VALUE > 0); CREATE DOMAIN tags AS text[]; CREATE DOMAIN of_domain AS "
      "positive; EXCEPTION WHEN duplicate_object THEN NULL; END $$";
  const std::string make_range =
      "DO $$ BEGIN CREATE TYPE floats AS RANGE (subtype = float8); EXCEPTION WHEN duplicate_object THEN NULL; END $$";
  return {
      {"mood", enumeration, {"'sad'", "'so so'", "'é'", "''"}, true, make_enum},
      {"positive", decimal, {"1.5", "0.001"}, true, make_domains},
      {"of_domain", decimal, {"7"}, true, make_domains},
      {"tags", array, {"'{a,b}'", "'{}'"}, false, make_domains},
      {"integer[]",
       array,
       {"'{}'", "'{1,NULL,-3}'", "'{{1,2},{3,4}}'", "'{{{1},{2}},{{3},{4}}}'", "'[0:1]={7,8}'", "'[-1:0][2:3]={{1,2},{3,4}}'"}},
      {"text[]",
       array,
       {"'{}'", "ARRAY['', NULL, 'NULL', 'a b', 'c,d', 'e\"f', 'g\\h', '{i}', '(j)', E'k\\nl', 'é']", "'{{a,b},{NULL,d}}'"}},
      {"bytea[]", array, {"ARRAY['\\x00ff'::bytea, '\\x', NULL]"}},
      {"timestamptz[]", array, {"ARRAY['2024-07-01 12:00:00.5+02'::timestamptz, NULL]", "ARRAY['infinity'::timestamptz]"}},
      {"timestamp(0)[]", array, {"ARRAY['2024-07-01 12:00:00'::timestamp]"}},
      {"date[]", array, {"ARRAY['2024-07-01'::date, '0044-03-15 BC']"}},
      {"boolean[]", array, {"'{t,f,NULL}'"}},
      {"numeric(6,2)[]", array, {"'{1.5,-0.01,NULL}'"}},
      {"numeric[]", array, {"'{1.50,NaN}'", "'{1e40}'"}},
      {"float8[]", array, {"'{0.1,1e300}'", "'{1,Infinity}'"}},
      {"jsonb[]", array, {"ARRAY['{\"a\": [1, \"b\"]}'::jsonb, 'null', NULL]"}},
      {"uuid[]", array, {"'{00112233-4455-6677-8899-aabbccddeeff}'"}},
      {"mood[]", array, {"'{sad,\"so so\",\"\"}'"}, false, make_enum},
      {"interval[]", array, {"ARRAY['1 day'::interval, '-00:00:01.5']"}},
      {"inet[]", array, {"'{192.168.0.1/24,::1}'"}},
      {"varchar(3)[]", array, {"'{abc,d}'"}},
      {"point[]", array, {"ARRAY['(1,2)'::point, '(3,4)']"}},
      {"regclass[]", array, {"ARRAY['pg_class'::regclass]"}},
      {"pair",
       composite,
       {"ROW(1, 'a \"b\" \\ (c),', '2024-07-01Z', '{1,NULL}')", "ROW(NULL, NULL, NULL, NULL)", "ROW(0, '', '0044-03-15Z BC', '{}')"},
       false,
       make_pair},
      {"pair[]", array, {"ARRAY[ROW(1, 'x y', NULL, '{1,2}')::pair, NULL]"}, false, make_pair},
      {"outer_pair", composite, {"ROW(ROW(1, 'in', NULL, '{3}'), '[1,5)', 'note')", "ROW(NULL, 'empty', '')"}, false, make_outer},
      {"int4range", range, {"'[1,5)'", "'(,5)'", "'[1,)'", "'(,)'", "'empty'", "'[1,5]'"}, true},
      {"int8range", range, {"'[-9223372036854775808,9223372036854775806]'"}, true},
      {"numrange", range, {"'[1.50,2.0]'", "'(0.1,1e10)'", "'[,1)'"}, true},
      {"tsrange", range, {"'[2024-01-01 00:00,2024-02-01 12:30:00.5)'"}, true},
      {"tstzrange", range, {"'[2024-01-01 00:00+02,)'", "'[-infinity,infinity]'"}},
      {"daterange", range, {"'[2024-01-01,2024-02-01]'", "'[2024-01-01,)'"}, true},
      {"floats", range, {"'[0.5,1e20)'"}, false, make_range},
      {"int4range[]", array, {"ARRAY['[1,5)'::int4range, 'empty', NULL]"}},
      {"int4multirange", multirange, {"'{}'", "'{[1,3),[5,7)}'", "'{(,3),[9,)}'"}},
      {"tsmultirange", multirange, {"'{[2024-01-01 00:00,2024-02-01 12:30:00.5)}'"}},
      {"nummultirange", multirange, {"'{[1.50,2.0],(3,)}'"}},
  };
}

inline std::vector<TypeCase> postgres_types() {
  std::vector<TypeCase> types = postgres_scalar_types();
  for (TypeCase& type : postgres_nested_types()) types.push_back(std::move(type));
  return types;
}

}  // namespace itemize::source::conformance
