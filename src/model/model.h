// Model: itemize.yaml as values, each with its place in the file. Nothing here has seen a database; bind.h joins it to one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace itemize::model {

/// 1-based; 0 where unknown.
struct Place {
  int line = 0;
  int column = 0;
};

/// Scalar text with its place: offsets in expr::Diagnostics are relative to it.
struct Text {
  std::string value;
  Place place;
};

enum class KeyType : char { S = 'S', N = 'N', B = 'B' };

struct KeyAttribute {
  std::string name;
  KeyType type = KeyType::S;
  Place place;
};

enum class Projection : std::uint8_t { all, keys_only, include };

struct Index {
  std::string name;
  bool local = false;                     ///< LSI (at most 5); otherwise a GSI (at most 20).
  std::vector<KeyAttribute> partition_key;  ///< 1-4 for a GSI, in order; an LSI's is the table's.
  std::vector<KeyAttribute> sort_key;       ///< 0-4 for a GSI; exactly 1 for an LSI.
  Projection projection = Projection::all;
  std::vector<std::string> include;
  std::uint64_t read_capacity = 0;        ///< PROVISIONED only; the table's where the file gives none.
  std::uint64_t write_capacity = 0;
  Place place;
};

enum class OnExistingItems : std::uint8_t { refuse, overwrite, keep };

struct TimeToLive {
  std::string attribute;
  bool write_expired = false;             ///< expired_rows: write; default skip.
  Place place;
};

struct DynamoTable {
  std::string name;                       ///< With the environment's table_prefix already in front.
  std::string model_name;                 ///< As in the file.
  KeyAttribute partition_key;
  std::optional<KeyAttribute> sort_key;
  std::vector<Index> indexes;
  bool pay_per_request = true;
  std::uint64_t read_capacity = 0;        ///< PROVISIONED only.
  std::uint64_t write_capacity = 0;
  std::optional<TimeToLive> time_to_live;
  std::string stream;                     ///< Empty, or NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY.
  std::string table_class;                ///< Empty, STANDARD, STANDARD_INFREQUENT_ACCESS.
  bool deletion_protection = false;
  bool point_in_time_recovery = false;
  std::vector<std::pair<std::string, std::string>> tags;
  std::optional<std::uint64_t> warm_write_units;  ///< during_load
  std::vector<std::string> after_load;
  bool managed = true;
  OnExistingItems on_existing_items = OnExistingItems::refuse;
  Place place;

  /// Partition key, then sort key where there is one.
  std::vector<const KeyAttribute*> key() const;
};

/// A value of the model that is a template, or a plain YAML constant.
struct Value {
  std::variant<Text, bool, double, std::monostate> content;  ///< monostate: YAML null. Numbers keep their text in `number`.
  std::string number;                     ///< The digits as written, where content is double.
  std::string type;                       ///< Forced DynamoDB type (`{ expr:, type: SS }`) or empty.
  Place place;
};

struct From {
  std::string source;                     ///< Name in `sources`; the only one where empty.
  std::string schema;                     ///< Empty: the default one.
  std::string table;
  std::string schemas;                    ///< A LIKE pattern: the table in every schema that fits; then `schema` is empty.
  Place place;
};

enum class Naming : std::uint8_t { as_is, camel_case, snake_case, pascal_case };
enum class NewColumns : std::uint8_t { stop, ignore, include };
enum class Duplicates : std::uint8_t { refuse, reject, keep_one, number };

/// What a value becomes, and what to do where it cannot.
struct TypePolicy {
  std::string as;                         ///< S, N, B, BOOL, SS, NS, BS, L, M, document; empty: the default.
  std::string otherwise = "reject";       ///< | omit | null | string: what to write where DynamoDB cannot hold the value.
  Place place;
};

struct Relation;

/// How rows become attributes: an item type's own rows, and those of its relations.
struct Shaping {
  std::optional<Text> where;
  bool all_columns = true;       ///< False: only `columns`.
  std::vector<Text> columns;     ///< With all_columns false; may be empty (`columns: none`).
  std::vector<Text> except;      ///< Names, or patterns with * and ?.
  std::optional<Naming> naming;  ///< Absent: the owner's, as_is at the top.
  std::vector<std::pair<Text, Text>> rename;
  std::vector<std::pair<Text, Value>> set;
  std::vector<Text> sensitive;
  std::vector<std::pair<Text, TypePolicy>> column_types;
  std::optional<bool> nulls_write;  ///< Absent: the owner's, the model's at the top.
  std::vector<Relation> lookups;
  std::vector<Relation> embeds;
};

/// What related rows become.
enum class Shape : std::uint8_t { list, set, one, count, map_by, sum, min, max };
enum class OnOverflow : std::uint8_t { error, truncate, spill };

struct OrderTerm {
  Text column;
  bool descending = false;
};

/// The table between two that are related many to many.
struct Via {
  From from;
  std::vector<Text> from_parent;  ///< Its columns that name the owner's row; empty: by its foreign key.
  std::vector<Text> to_child;     ///< Those that name the related row.
  std::vector<Text> columns;      ///< Of its own, written beside the related row's.
  Place place;
};

/// Rows of another table: one that is looked up, or all that are embedded.
struct Relation : Shaping {
  std::string name;
  bool embed = false;
  Place place;
  From from;
  std::vector<Text> by;  ///< Columns of the foreign key.
  std::optional<Text> foreign_key;
  std::vector<std::pair<Text, Text>> match;  ///< Referencing column -> referenced column, where there is no foreign key.
  Place match_place;
  std::optional<Via> via;
  Shape shape = Shape::list;
  Text shape_of;  ///< The column or expression of map_by, sum, min, max.
  Place shape_place;
  std::vector<OrderTerm> order_by;
  std::optional<std::uint64_t> limit;      ///< Rows.
  std::optional<std::uint64_t> max_bytes;  ///< Of the attribute's value, as DynamoDB counts.
  OnOverflow on_overflow = OnOverflow::error;
  std::vector<std::pair<Text, Value>> spill_key;
  std::uint64_t spill_items = 0;  ///< Rows of a further item; 0: as many as `limit`.
  Place overflow_place;
  bool flatten = false;         ///< A lookup's attributes stand in the owner's map itself.
  bool recursive = false;       ///< lookup: to the root; embed: a tree.
  std::uint64_t max_depth = 0;  ///< With recursive.
  Place recursive_place;
};

/// What makes the finished item of a row into the items that are written: a Lua function, or a program of the user's.
struct Script {
  std::string lua;                        ///< The Lua program; empty where `exec` is one.
  std::string name;                       ///< The file that `lua` stands in, for messages,
  int first_line = 1;                     ///< and the line of it where it begins.
  std::vector<std::string> exec;          ///< Program and arguments.
  std::string folder;                     ///< Where `exec` runs: the model file's.
  std::string files;                      ///< SHA-256 hex of each file that belongs to it, in order.
  std::uint32_t timeout_seconds = 10;     ///< How long `exec` may take for one row.
  bool keeps_key = false;                 ///< The items have the key that the model gives them: checked for each row.
  std::optional<std::vector<Text>> columns;  ///< Of the row that it gets; absent: every one that can be read.
  Place place;
};

/// One row becomes one item for each element of an array.
struct ForEach {
  Text name;   ///< Of the element in expressions.
  Text array;  ///< The template that gives the array.
};

struct ItemType : Shaping {
  std::string name;
  std::string table;                      ///< Model name of the DynamoDB table.
  Place table_place;
  From from;
  std::optional<ForEach> for_each;
  std::vector<std::pair<Text, Value>> key;  ///< attribute -> template
  std::vector<std::pair<Text, std::vector<std::pair<Text, Value>>>> index_keys;
  NewColumns new_columns = NewColumns::stop;
  std::vector<Text> identity;             ///< Columns; empty: the table's own key.
  bool identity_row = false;              ///< identity: row
  Duplicates duplicates = Duplicates::refuse;
  Place duplicates_place;
  std::vector<Text> application_owned;
  std::optional<Script> script;
  Place place;
};

struct SourceSpec {
  std::string name;                       ///< "source" for the short form.
  std::string url;
  std::string time_zone = "UTC";
  Place place;
};

struct Target {
  std::string region;
  std::string account;
  std::string endpoint;
  Place place;
};

struct Model {
  std::string path;                       ///< The file it came from, for messages.
  std::string text;                       ///< The file itself (without a byte order mark), for places inside of templates.
  std::string hash;                       ///< SHA-256 hex of the file's bytes, the environment's name and the files of its scripts.
  std::string environment;                ///< Empty: none chosen.
  std::vector<SourceSpec> sources;
  Target target;
  std::vector<DynamoTable> tables;
  std::vector<ItemType> items;
  std::vector<std::pair<Text, TypePolicy>> types;
  bool nulls_write = false;

  const DynamoTable* table(std::string_view model_name) const;
};

enum class Severity : std::uint8_t { error, warning, note };

/// One finding about the model file.
struct Finding {
  Severity severity = Severity::error;
  Place place;
  std::string path;                       ///< "items.Order.key.SK"
  std::string message;
  std::string hint;                       ///< What to do, or "did you mean".
};

/// "itemize.yaml:12:9: error: ..." with the hint on a line of its own.
std::string to_string(const Finding& finding, const std::string& file);

struct ParseOptions {
  std::string environment;                ///< --env
  /// Reads a file that the model names (a script), relative to the model's own folder. Absent: such files are refused.
  std::function<Result<std::string>(const std::string& path)> read_file;
};

/// Parses and validates all that can be known without a database. Findings hold every mistake of the file in one run;
/// the model is absent where there is at least one error.
struct ParseResult {
  std::optional<Model> model;
  std::vector<Finding> findings;
};
ParseResult parse_model(const std::string& path, std::string_view yaml, const ParseOptions& options);

}  // namespace itemize::model
