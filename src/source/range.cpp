#include "source/range.h"

#include "base/json.h"

namespace itemize::source {
namespace {

constexpr std::string_view kind_names[] = {"whole", "blocks", "keys", "rows"};

json::Value number(std::int64_t value) { return {json::Number{std::to_string(value)}}; }

json::Value texts(const std::vector<std::string>& values) {
  json::Array array;
  for (const std::string& value : values) array.push_back({value});
  return {std::move(array)};
}

Result<std::vector<std::string>> texts_of(const json::Value& value) {
  std::vector<std::string> all;
  if (value.array() == nullptr) return fail(ErrorCode::invalid_input, "a range's key values are a list of strings");
  for (const json::Value& each : *value.array()) {
    if (each.string() == nullptr) return fail(ErrorCode::invalid_input, "a range's key values are strings");
    all.push_back(*each.string());
  }
  return all;
}

}  // namespace

std::string Range::to_json() const {
  json::Object object{{"schema", {schema}}, {"table", {table}}, {"kind", {std::string(kind_names[static_cast<std::size_t>(kind)])}}};
  if (!partition.empty()) object.emplace_back("partition", json::Value{partition});
  if (kind == RangeKind::blocks) {
    object.emplace_back("first_block", number(first_block));
    if (end_block) object.emplace_back("end_block", number(*end_block));
  }
  if (!key_columns.empty()) object.emplace_back("key_columns", texts(key_columns));
  if (lower) object.emplace_back("lower", texts(*lower));
  if (upper) object.emplace_back("upper", texts(*upper));
  if (kind == RangeKind::rows) {
    json::Array rows;
    for (const std::vector<std::string>& key : row_keys) rows.push_back(texts(key));
    object.emplace_back("row_keys", json::Value{std::move(rows)});
  }
  object.emplace_back("estimated_rows", number(static_cast<std::int64_t>(estimated_rows)));
  object.emplace_back("estimated_bytes", number(static_cast<std::int64_t>(estimated_bytes)));
  return json::to_text({std::move(object)});
}

Result<Range> Range::from_json(std::string_view text) {
  const json::Value value = TRY_WITH("a range", json::parse(text));
  Range range;
  range.schema = value.text("schema");
  range.table = value.text("table");
  range.partition = value.text("partition");
  const std::string kind_name = value.text("kind");
  bool known = false;
  for (std::size_t index = 0; index < std::size(kind_names); ++index) {
    if (kind_names[index] != kind_name) continue;
    range.kind = static_cast<RangeKind>(index);
    known = true;
  }
  if (!known || range.table.empty()) return fail(ErrorCode::invalid_input, "not a range: " + std::string(text.substr(0, 200)));
  range.first_block = value.integer("first_block");
  if (value.find("end_block") != nullptr) range.end_block = value.integer("end_block");
  if (const json::Value* columns = value.find("key_columns")) range.key_columns = TRY(texts_of(*columns));
  if (const json::Value* bound = value.find("lower")) range.lower = TRY(texts_of(*bound));
  if (const json::Value* bound = value.find("upper")) range.upper = TRY(texts_of(*bound));
  if (const json::Value* rows = value.find("row_keys"); rows != nullptr && rows->array() != nullptr)
    for (const json::Value& key : *rows->array()) range.row_keys.push_back(TRY(texts_of(key)));
  range.estimated_rows = static_cast<std::uint64_t>(value.integer("estimated_rows"));
  range.estimated_bytes = static_cast<std::uint64_t>(value.integer("estimated_bytes"));
  return range;
}

}  // namespace itemize::source
