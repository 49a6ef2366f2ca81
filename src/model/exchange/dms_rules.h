// AWS DMS table mappings as values: the rules of the JSON document, in its own words (DMS user guide, "Using table mapping to specify
// task settings" and "Using a DynamoDB database as a target").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace itemize::model::exchange::dms {

/// Names with the wildcards % (any) and _ (one character; [_] is the character itself).
struct Locator {
  std::string schema = "%";
  std::string table = "%";
  std::string column;
};
bool matches(std::string_view pattern, std::string_view name);

struct Condition {
  std::string op;  ///< eq, noteq, gte, ste, between, notbetween, null, notnull
  std::string value, start, end;
};
/// Of one column: any of the conditions. Several filters of a rule must all hold.
struct Filter {
  std::string column;
  std::vector<Condition> conditions;
};

struct Selection {
  std::string name;
  Locator locator;
  bool include = true;
  std::vector<Filter> filters;
};

struct AttributeMapping {
  std::string name;
  std::string type;      ///< scalar, document
  std::string sub_type;  ///< string, number, ..., dynamodb-map, dynamodb-list, dynamodb-set
  json::Value value;
};

struct ObjectMapping {
  std::string name;
  Locator locator;
  bool to_document = false;  ///< map-record-to-document
  std::string target_table;
  std::string partition_key, sort_key;
  std::vector<std::string> exclude_columns;
  std::vector<AttributeMapping> attributes;
};

struct Transformation {
  std::string name;
  std::string target;  ///< schema, table, column
  std::string action;  ///< rename, remove-column, add-prefix, ...
  Locator locator;
  std::string value, old_value;
};

struct Rules {
  std::vector<Selection> selections;
  std::vector<ObjectMapping> mappings;
  std::vector<Transformation> transformations;
  std::vector<std::string> left_out;  ///< What this reader has no place for, a sentence each.
};

/// An Error where the text is not JSON or has no rules.
Result<Rules> parse(std::string_view text);

}  // namespace itemize::model::exchange::dms
