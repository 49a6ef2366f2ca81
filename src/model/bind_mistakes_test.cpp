// Every mistake of a model file that only the source's catalog can show, with the words, line and column that people get for it.
#include <gtest/gtest.h>

#include "model/bind.h"
#include "model/testing.h"

namespace itemize::model {
namespace {

row::Column column(std::string name, row::TypeKind kind, std::string type_name, bool nullable = true) {
  row::Column result;
  result.name = std::move(name);
  result.type.kind = kind;
  result.type.name = std::move(type_name);
  result.nullable = nullable;
  return result;
}

std::vector<row::Catalog> catalogs() {
  using row::TypeKind;
  row::Table orders;
  orders.name = "orders";
  orders.columns = {column("id", TypeKind::integer, "bigint", false), column("mail", TypeKind::text, "text"),       column("status", TypeKind::text, "text"),
                    column("total", TypeKind::decimal, "numeric"),    column("photo", TypeKind::bytes, "bytea"),    column("at", TypeKind::timestamp_tz, "timestamptz"),
                    column("order", TypeKind::integer, "integer"),    column("lsn", TypeKind::unsupported, "pg_lsn"), column("salary", TypeKind::integer, "integer")};
  orders.columns[8].readable = false;
  orders.unique_keys.push_back({"orders_pkey", {0}, true, true});
  row::Table no_key;
  no_key.name = "log";
  no_key.columns = {column("line", TypeKind::text, "text")};
  row::Table secret;
  secret.schema = "hr";
  secret.name = "wages";
  secret.default_schema = false;
  secret.readable = false;
  secret.columns = {column("id", TypeKind::integer, "integer", false)};
  row::Catalog catalog;
  catalog.tables = {std::move(orders), std::move(no_key), std::move(secret)};
  return {std::move(catalog)};
}

struct Mistake {
  const char* name;
  int line;  // of good_lines(), replaced by
  const char* text;
  const char* findings;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class BindMistakes : public ::testing::TestWithParam<Mistake> {};

/// The base: good_lines() without the columns that cannot be read.
std::string model_with(int line, const char* text) {
  auto lines = testing::good_lines();
  lines.at(14) = "nulls: omit";
  lines.at(13) = "    except: [lsn, salary]";
  if (line > 0) lines.at(static_cast<std::size_t>(line) - 1) = text;
  return testing::joined(lines);
}

TEST_P(BindMistakes, GetTheirOwnWords) {
  const Mistake& mistake = GetParam();
  const ParseResult parsed = parse_model("itemize.yaml", model_with(mistake.line, mistake.text), {});
  ASSERT_TRUE(parsed.model) << testing::to_text(parsed.findings);
  const auto sources = catalogs();
  const BindResult result = bind_model(*parsed.model, sources);
  EXPECT_EQ(testing::to_text(result.findings), mistake.findings);
  bool has_error = false;
  for (const Finding& finding : result.findings) has_error = has_error || finding.severity == Severity::error;
  EXPECT_EQ(result.bound.has_value(), !has_error);
}

// clang-format off
const Mistake mistakes[] = {
    {"None", 0, "", ""},
    {"NumbersOfRows", 14, "    except: [lsn, salary]\n  Line: { table: shop, from: log, identity: row, duplicates: number, key: { PK: \"{row_hash(*)}\", SK: \"{line}#\" } }", ""},
    {"NumbersBehindADigest", 14, "    except: [lsn, salary]\n  Line: { table: shop, from: log, identity: row, duplicates: number, key: { PK: LOG, SK: \"{line}#{row_hash(*)}\" } }", ""},
    {"NumberLikeAnotherRow", 14, "    except: [lsn, salary]\n  Line: { table: shop, from: log, identity: row, duplicates: number, key: { PK: LOG, SK: \"{line}\" } }",
     "15:50: error: items.Line.duplicates: the key of a copy, such as \"...#2\", could be that of another row\n"
     "  end the key's last attribute with what cannot end in # and a number: row_hash(*), or text of its own, such as \"{...}#\"\n"},
    {"NumberLikeAnotherType", 12, "    key: { PK: \"ORDER#{id}\", SK: \"{mail}\" }\n    except: [lsn, salary]\n  Line: { table: shop, from: log, identity: row, duplicates: number, key: { PK: \"{line}\", SK: LINE } }\n  Other:\n    table: shop\n    from: orders\n    key: { PK: \"OTHER#{id}\", SK: META }",
     "14:50: error: items.Line.duplicates: the key of a copy, such as \"...#2\", could be that of an item of Order\n"
     "  let the two item types' keys begin with different texts\n"},
    {"NoSuchTable", 11, "    from: ordres",
     "11:11: error: items.Order.from: the source has no table or view 'ordres'\n"
     "  did you mean 'orders'?\n"},
    {"TableInOtherCase", 11, "    from: Orders",
     "11:11: error: items.Order.from: the source has no table or view 'Orders'\n"
     "  did you mean 'orders'?\n"},
    {"TableNotReadable", 11, "    from: hr.wages",
     "11:11: error: items.Order.from: this user may not read the table 'hr.wages'\n"
     "  ask for: GRANT SELECT ON hr.wages TO your_user (and USAGE on the schema hr)\n"},
    {"TableWithoutKey", 11, "    from: log",
     "11:11: error: items.Order.from: 'log' has no primary key and no unique key over NOT NULL columns: its rows cannot be told apart\n"
     "  write identity: [columns] that are unique together, or identity: row\n"
     "12:24: error: items.Order.key.PK: there is no column 'id'\n"
     "13:38: error: items.Order.index_keys.by_mail.MAIL: there is no column 'mail'\n"
     "14:14: error: items.Order.except: the table 'log' has no column 'lsn'\n"
     "  it has line\n"
     "14:19: error: items.Order.except: the table 'log' has no column 'salary'\n"
     "  it has line\n"},
    {"NoSuchColumnInKey", 12, "    key: { PK: \"ORDER#{idd}\", SK: META }",
     "12:24: error: items.Order.key.PK: there is no column 'idd'\n"
     "  did you mean 'id'?\n"},
    {"NoSuchFunction", 12, "    key: { PK: \"ORDER#{lowr(mail)}\", SK: META }",
     "12:24: error: items.Order.key.PK: there is no function lowr()\n"
     "  did you mean lower()?\n"},
    {"ColumnIsAReservedWord", 12, "    key: { PK: \"ORDER#{id}\", SK: \"{order + 1}\" }",
     "12:42: error: items.Order.key.SK: SQL: syntax error at or near \"+\"\n"
     "  'order' is a reserved word of SQL: quote the column as \"order\"\n"},
    {"ColumnIsAReservedWordAlone", 12, "    key: { PK: \"ORDER#{id}\", SK: \"{order}\" }", ""},
    {"BraceNotClosed", 12, "    key: { PK: \"ORDER#{id\", SK: META }",
     "12:23: error: items.Order.key.PK: this brace is not closed\n"
     "  write {{ for a brace that is text\n"},
    {"EmptyBraces", 12, "    key: { PK: \"ORDER#{}\", SK: META }",
     "12:24: error: items.Order.key.PK: an expression is missing here\n"},
    {"SyntaxError", 12, "    key: { PK: \"ORDER#{id +}\", SK: META }",
     "12:28: error: items.Order.key.PK: SQL: syntax error at end of input\n"},
    {"SubqueryInKey", 12, "    key: { PK: \"ORDER#{(select 1)}\", SK: META }",
     "12:24: error: items.Order.key.PK: a subquery has no place in an expression\n"},
    {"LpadCanCut", 12, "    key: { PK: \"ORDER#{lpad(id::text, 8, '0')}\", SK: META }",
     "12:24: warning: items.Order.key.PK: 'lpad(id::text, 8, '0')' can cut the value: two rows could get one key\n"
     "  make it as wide as the widest value, or use sortable()\n"},
    {"KeyOfBytes", 12, "    key: { PK: \"{photo}\", SK: META }",
     "12:16: error: items.Order.key.PK: a value of type bytea cannot become the key attribute 'PK' of type S\n"
     "  declare it as B, or use encode(column, 'hex')\n"},
    {"KeyEmptyConstant", 12, "    key: { PK: \"ORDER#{id}\", SK: \"\" }",
     "12:34: error: items.Order.key.SK: a key attribute cannot be an empty string\n"
     "  DynamoDB refuses it\n"},
    {"KeyOfUnsupportedType", 12, "    key: { PK: \"{lsn}\", SK: META }",
     "12:16: error: items.Order.key.PK: the column 'lsn' has the type pg_lsn, which cannot be read\n"
     "  name it under except, or cast it in a view\n"},
    {"KeyOfUnreadableColumn", 12, "    key: { PK: \"{salary}\", SK: META }",
     "12:16: error: items.Order.key.PK: this user may not read the column 'salary' of 'orders'\n"
     "  ask for: GRANT SELECT (salary) ON orders TO your_user, or name it under except\n"},
    {"IndexKeyUnwritten", 13, "    index_keys: {}",
     "7:61: warning: tables.shop: no item type writes 'MAIL': the index 'by_mail' will be empty\n"
     "  write it under index_keys: { by_mail: { MAIL: ... } } of an item type\n"},
    {"TextForANumberKey", 5, "    partition_key: { PK: N }",
     "12:16: error: items.Order.key.PK: a value of type text cannot become the key attribute 'PK' of type N\n"
     "  declare it as S, or use an expression that gives a number\n"},
    {"UnsupportedTypeNotExcluded", 14, "    except: [salary]",
     "11:11: error: items.Order.from: the column 'lsn' has the type pg_lsn, which cannot be read\n"
     "  name it under except, or cast it in a view\n"},
    {"UnreadableColumnNotExcluded", 14, "    except: [lsn]",
     "11:11: error: items.Order.from: this user may not read the column 'salary' of 'orders'\n"
     "  ask for: GRANT SELECT (salary) ON orders TO your_user, or name it under except\n"},
    {"ExceptUnknown", 14, "    except: [lsn, salary, totl]",
     "14:27: error: items.Order.except: the table 'orders' has no column 'totl'\n"
     "  did you mean 'total'?\n"},
    {"ExceptPatternFitsNothing", 14, "    except: [lsn, salary, \"legacy_*\"]",
     "14:27: warning: items.Order.except: the pattern 'legacy_*' fits no column of 'orders'\n"},
    {"ColumnsUnknown", 14, "    columns: [id, Mail]",
     "14:19: error: items.Order.columns: the table 'orders' has no column 'Mail'\n"
     "  did you mean 'mail'?\n"},
    {"RenameUnknown", 14, "    columns: [id]\n    rename: { iid: x }",
     "15:15: error: items.Order.rename: the table 'orders' has no column 'iid'\n"
     "  did you mean 'id'?\n"},
    {"RenameNotTaken", 14, "    columns: [id]\n    rename: { total: sum }",
     "15:15: warning: items.Order.rename: the column 'total' is renamed, but not taken\n"},
    {"RenameToAnotherColumn", 14, "    columns: [id, total]\n    rename: { total: id }",
     "15:22: error: items.Order: the columns 'id' and 'total' would both be written as 'id'\n"
     "  rename one of them, or name it under except\n"},
    {"RenameToAKey", 14, "    columns: [id, total]\n    rename: { total: SK }",
     "15:22: error: items.Order: the column 'total' would be written as 'SK', which is a key attribute with a template of its own\n"
     "  rename it (rename: { total: ... }), or name it under except\n"},
    {"SetAndColumnOfOneName", 14, "    except: [lsn, salary]\n    set: { total: \"{total * 2}\" }",
     "15:12: error: items.Order.set.total: 'total' is already written from the column 'total'\n"
     "  name the column under except to replace it, or rename one of the two\n"},
    {"SetReadsAnExcludedColumn", 14, "    except: [lsn, salary, total]\n    set: { double: \"{total * 2}\" }", ""},
    {"SetWrongType", 14, "    columns: none\n    set: { x: { expr: \"{at}\", type: N } }",
     "15:23: error: items.Order.set.x: a value of type timestamptz cannot be written as N\n"},
    {"SetConstantWrongType", 14, "    columns: none\n    set: { x: { expr: abc, type: N } }",
     "15:23: error: items.Order.set.x: 'abc' is not a number that DynamoDB can hold\n"
     "  up to 38 digits, from 1E-130 to 9.99E+125\n"},
    {"SetConstantAsASet", 14, "    columns: none\n    set: { x: { expr: abc, type: SS } }",
     "15:23: error: items.Order.set.x: a constant cannot be written as SS\n"
     "  use an expression over a column, or leave type out\n"},
    {"SetNumberTooLong", 14, "    columns: none\n    set: { x: 123456789012345678901234567890123456789 }",
     "15:15: error: items.Order.set.x: '123456789012345678901234567890123456789' is not a number that DynamoDB can hold\n"
     "  up to 38 digits, from 1E-130 to 9.99E+125\n"},
    {"WhereNotBoolean", 14, "    columns: none\n    where: \"total + 1\"",
     "15:12: error: items.Order.where: where must be true or false, but this gives numeric\n"
     "  compare it with something: x <> 0\n"},
    {"WhereUnknownColumn", 14, "    columns: none\n    where: \"stat = 'x'\"",
     "15:13: error: items.Order.where: there is no column 'stat'\n"},
    {"SensitiveUnknown", 14, "    columns: none\n    sensitive: [email]",
     "15:17: error: items.Order.sensitive: the table 'orders' has no column 'email'\n"
     "  did you mean 'mail'?\n"},
    {"IdentityUnknown", 14, "    columns: none\n    identity: [idx]",
     "15:16: error: items.Order.identity: the table 'orders' has no column 'idx'\n"
     "  did you mean 'id'?\n"},
    {"ColumnTypeUnknownColumn", 14, "    columns: [id]\n    column_types: { totl: S }",
     "15:21: error: items.Order.column_types: the table 'orders' has no column 'totl'\n"
     "  did you mean 'total'?\n"},
    {"ColumnTypeImpossible", 14, "    columns: [id, at]\n    column_types: { at: N }",
     "15:25: error: items.Order.column_types.at: a value of type timestamptz (column 'at') cannot be written as N\n"},
    {"ColumnTypeImpossibleInSet", 14, "    columns: none\n    set: { x: \"{at}\" }\n    column_types: { at: N }",
     "16:25: error: items.Order.column_types.at: a value of type timestamptz (column 'at') cannot be written as N\n"},
    {"TypePolicyFitsNothing", 15, "types: { jsonb: document }",
     "15:10: warning: types: no column of the source has the type 'jsonb'\n"},
    {"TypePolicyImpossible", 15, "types: { timestamptz: BOOL }",
     "15:23: error: types: a value of type timestamptz (column 'at') cannot be written as BOOL\n"},
    {"TimeToLiveUnwritten", 7, "    time_to_live: { attribute: expiresAt }\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:5: warning: tables.shop: no item type writes the time_to_live attribute 'expiresAt'\n"
     "  write it under set: expiresAt: \"{epoch(...)}\"\n"},
    {"TimeToLiveIsText", 7, "    time_to_live: { attribute: at }\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "12:11: warning: items.Order: the time_to_live attribute 'at' is not a number: DynamoDB will not expire these items\n"
     "  write epoch(column), which gives seconds since 1970\n"},
};
// clang-format on

INSTANTIATE_TEST_SUITE_P(All, BindMistakes, ::testing::ValuesIn(mistakes), [](const auto& mistake) { return std::string(mistake.param.name); });

}  // namespace
}  // namespace itemize::model
