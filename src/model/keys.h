// The keys that each part of the model file may have. The JSON Schema (docs/itemize.schema.json) is tested against these.
#pragma once

#include <array>
#include <string_view>

namespace itemize::model::keys {

using namespace std::string_view_literals;

inline constexpr std::array top = {"itemize"sv, "source"sv, "sources"sv, "target"sv, "environments"sv, "tables"sv, "items"sv, "queries"sv,
                                   "types"sv, "nulls"sv, "version_attribute"sv, "on_reject"sv, "scripts"sv};
inline constexpr std::array source = {"url"sv, "time_zone"sv};
inline constexpr std::array target = {"region"sv, "account"sv, "endpoint"sv};
inline constexpr std::array environment = {"source"sv, "sources"sv, "target"sv, "table_prefix"sv};
inline constexpr std::array table = {"partition_key"sv, "sort_key"sv, "global_secondary_indexes"sv, "local_secondary_indexes"sv, "billing_mode"sv,
                                     "provisioned_throughput"sv, "time_to_live"sv, "stream"sv, "table_class"sv, "deletion_protection"sv,
                                     "point_in_time_recovery"sv, "tags"sv, "during_load"sv, "after_load"sv, "managed"sv, "on_existing_items"sv};
inline constexpr std::array global_index = {"partition_key"sv, "sort_key"sv, "projection"sv, "provisioned_throughput"sv};
inline constexpr std::array local_index = {"partition_key"sv, "sort_key"sv, "projection"sv};
inline constexpr std::array projection = {"INCLUDE"sv};
inline constexpr std::array throughput = {"read_capacity_units"sv, "write_capacity_units"sv};
inline constexpr std::array time_to_live = {"attribute"sv, "expired_rows"sv};
inline constexpr std::array during_load = {"warm_write_units"sv};
inline constexpr std::array item = {"table"sv,        "from"sv,        "where"sv,    "key"sv,        "index_keys"sv,
                                    "columns"sv,      "except"sv,      "naming"sv,   "rename"sv,     "set"sv,
                                    "sensitive"sv,    "new_columns"sv, "identity"sv, "duplicates"sv, "application_owned"sv,
                                    "column_types"sv, "nulls"sv,       "embed"sv,    "lookup"sv,     "for_each"sv,
                                    "on_collision"sv, "script"sv};
inline constexpr std::array lookup = {"from"sv,    "by"sv,        "foreign_key"sv, "match"sv,     "columns"sv,      "except"sv,
                                      "naming"sv,  "rename"sv,    "set"sv,         "sensitive"sv, "column_types"sv, "nulls"sv,
                                      "flatten"sv, "recursive"sv, "max_depth"sv,   "embed"sv,     "lookup"sv};
inline constexpr std::array embed = {"from"sv,   "by"sv,        "foreign_key"sv, "match"sv,     "via"sv,         "where"sv,
                                     "shape"sv,  "order_by"sv,  "limit"sv,       "max_bytes"sv, "on_overflow"sv, "columns"sv,
                                     "except"sv, "naming"sv,    "rename"sv,      "set"sv,       "sensitive"sv,   "column_types"sv,
                                     "nulls"sv,  "recursive"sv, "max_depth"sv,   "embed"sv,     "lookup"sv};
inline constexpr std::array via = {"schema"sv, "table"sv, "from_parent"sv, "to_child"sv, "columns"sv};
inline constexpr std::array overflow = {"spill"sv};
inline constexpr std::array spill = {"key"sv, "items"sv};
inline constexpr std::array from = {"source"sv, "schema"sv, "table"sv, "schemas"sv};
inline constexpr std::array script = {"lua"sv, "exec"sv, "timeout_seconds"sv, "keeps_key"sv, "columns"sv};
inline constexpr std::array value = {"expr"sv, "type"sv};
inline constexpr std::array policy = {"as"sv, "otherwise"sv};
inline constexpr std::array query = {"parameters"sv, "sql"sv, "dynamodb"sv, "compare"sv, "rate"sv};
inline constexpr std::array query_dynamodb = {"table"sv, "index_name"sv, "key_condition_expression"sv, "filter_expression"sv, "projection_expression"sv,
                                              "expression_attribute_names"sv, "expression_attribute_values"sv, "scan_index_forward"sv,
                                              "consistent_read"sv, "limit"sv, "select"sv};

// What a value may be, as written.
inline constexpr std::array key_types = {"S"sv, "N"sv, "B"sv};
inline constexpr std::array billing_modes = {"PAY_PER_REQUEST"sv, "PROVISIONED"sv};
inline constexpr std::array projections = {"ALL"sv, "KEYS_ONLY"sv};
inline constexpr std::array streams = {"NEW_IMAGE"sv, "OLD_IMAGE"sv, "NEW_AND_OLD_IMAGES"sv, "KEYS_ONLY"sv};
inline constexpr std::array table_classes = {"STANDARD"sv, "STANDARD_INFREQUENT_ACCESS"sv};
inline constexpr std::array expired_rows = {"skip"sv, "write"sv};
inline constexpr std::array after_load = {"stream"sv, "time_to_live"sv, "deletion_protection"sv, "point_in_time_recovery"sv};
inline constexpr std::array on_existing_items = {"refuse"sv, "overwrite"sv, "keep"sv};
inline constexpr std::array namings = {"as_is"sv, "camelCase"sv, "snake_case"sv, "PascalCase"sv};
inline constexpr std::array new_columns = {"stop"sv, "ignore"sv, "include"sv};
inline constexpr std::array duplicates = {"reject"sv, "keep_one"sv, "number"sv};
inline constexpr std::array write_types = {"S"sv, "N"sv, "B"sv, "BOOL"sv, "SS"sv, "NS"sv, "BS"sv, "L"sv, "M"sv, "document"sv};
inline constexpr std::array otherwise = {"reject"sv, "omit"sv, "null"sv, "string"sv};
inline constexpr std::array nulls = {"omit"sv, "write"sv};
inline constexpr std::array shapes = {"list"sv, "set"sv, "one"sv, "count"sv};
inline constexpr std::array shape_maps = {"map_by"sv, "sum"sv, "min"sv, "max"sv};
inline constexpr std::array on_overflow = {"error"sv, "truncate"sv};
inline constexpr std::array order = {"asc"sv, "desc"sv};
inline constexpr std::array on_reject = {"stop"sv, "keep_old"sv, "delete"sv};
inline constexpr std::array url_schemes = {"postgresql"sv, "postgres"sv, "mysql"sv, "mariadb"sv, "sqlserver"sv, "sqlite"sv, "odbc"sv};

}  // namespace itemize::model::keys
