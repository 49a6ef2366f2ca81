#include "model/exchange/dms_values.h"

#include <optional>
#include <vector>

#include "base/decimal.h"
#include "model/yaml_text.h"

namespace itemize::model::exchange::dms {
namespace {

/// Of a document: DynamoDB takes no more.
constexpr int most_levels = 32;

struct Part {
  std::string text;
  bool column = false;
};

std::string sql_text(std::string_view text) {
  std::string out = "'";
  for (const char byte : text) out += byte == '\'' ? std::string("''") : std::string(1, byte);
  return out + "'";
}

const row::Column* column_of(const row::Table& table, std::string_view name) {
  const auto index = table.column(name);
  return index ? &table.columns[*index] : nullptr;
}

bool is_number(const row::Type& type) {
  using row::TypeKind;
  return type.kind == TypeKind::integer || type.kind == TypeKind::decimal || type.kind == TypeKind::float32 ||
         type.kind == TypeKind::float64;
}

std::expected<std::vector<Part>, Refusal> split(std::string_view value, const row::Table& table) {
  std::vector<Part> parts;
  const auto add_text = [&](std::string_view text) {
    if (!text.empty()) parts.push_back({std::string(text), false});
  };
  while (!value.empty()) {
    const std::size_t begin = value.find("${");
    const std::size_t end = begin == value.npos ? value.npos : value.find('}', begin);
    if (end == value.npos) break;
    const std::string name(value.substr(begin + 2, end - begin - 2));
    if (column_of(table, name) == nullptr) return std::unexpected("${" + name + "} is no column of " + table.display_name());
    add_text(value.substr(0, begin));
    parts.push_back({name, true});
    value.remove_prefix(end + 1);
  }
  add_text(value);
  return parts;
}

std::string doubled_braces(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    out += byte;
    if (byte == '{' || byte == '}') out += byte;
  }
  return out;
}

/// A value within a document, as a SQL expression.
class DocumentExpression {
 public:
  explicit DocumentExpression(const row::Table& table) : table_(table) {}

  std::expected<std::string, Refusal> of(const json::Value& value, int level) const {
    if (level > most_levels) return std::unexpected("a document deeper than 32 levels");
    const json::Object* object = value.object();
    if (object == nullptr || object->size() != 1) return std::unexpected("a value that is not {\"TYPE\": value}");
    const auto& [type, content] = object->front();
    if (type == "M" && content.object() != nullptr) return map(*content.object(), level);
    if (type == "L" && content.array() != nullptr) return list(*content.array(), level);
    const std::string* text = content.string();
    if (type == "S" && text != nullptr) return string(*text);
    if (type == "N" && text != nullptr) return number(*text);
    if (type == "BOOL" && content.boolean() != nullptr) return *content.boolean() ? "true" : "false";
    if (type == "NULL") return "NULL";
    return std::unexpected("a value of type " + type + " within a document");
  }

 private:
  std::expected<std::string, Refusal> map(const json::Object& entries, int level) const {
    std::string text = "jsonb_build_object(";
    for (const auto& [name, value] : entries) {
      auto inner = of(value, level + 1);
      if (!inner) return inner;
      text += (text.back() == '(' ? "" : ", ") + sql_text(name) + ", " + *inner;
    }
    return text + ")";
  }
  std::expected<std::string, Refusal> list(const json::Array& elements, int level) const {
    std::string text = "jsonb_build_array(";
    for (const json::Value& element : elements) {
      auto inner = of(element, level + 1);
      if (!inner) return inner;
      text += (text.back() == '(' ? "" : ", ") + *inner;
    }
    return text + ")";
  }
  std::expected<std::string, Refusal> string(const std::string& value) const {
    const auto parts = split(value, table_);
    if (!parts) return std::unexpected(parts.error());
    std::string text;
    for (const Part& part : *parts)
      text += (text.empty() ? "" : " || ") + (part.column ? sql_name(part.text) + "::text" : sql_text(part.text));
    return text.empty() ? "''" : text;
  }
  std::expected<std::string, Refusal> number(const std::string& value) const {
    const auto parts = split(value, table_);
    if (!parts) return std::unexpected(parts.error());
    if (parts->size() == 1 && parts->front().column) {
      const std::string name = sql_name(parts->front().text);
      return is_number(column_of(table_, parts->front().text)->type) ? name : name + "::numeric";
    }
    if (parts->size() == 1 && parse_decimal(parts->front().text)) return parts->front().text;
    return std::unexpected("a number that is made of several parts");
  }

  const row::Table& table_;
};

/// A filter's value as a literal that fits the column.
std::expected<std::string, Refusal> literal(const std::string& value, const row::Column& column) {
  if (!is_number(column.type)) return sql_text(value);
  const auto number = parse_decimal(value);
  if (!number || number->kind != Decimal::Kind::finite || value.size() > 100)
    return std::unexpected("the filter's value '" + value.substr(0, 60) + "' is no number, but the column " + column.name + " is");
  return canonical_text(*number);
}

std::expected<std::string, Refusal> condition(const Condition& condition, const row::Column& column) {
  const std::string name = sql_name(column.name);
  if (condition.op == "null") return name + " IS NULL";
  if (condition.op == "notnull") return name + " IS NOT NULL";
  if (condition.op == "between" || condition.op == "notbetween") {
    const auto start = literal(condition.start, column);
    const auto end = literal(condition.end, column);
    if (!start) return start;
    if (!end) return end;
    return name + (condition.op == "between" ? " BETWEEN " : " NOT BETWEEN ") + *start + " AND " + *end;
  }
  const char* const sign = condition.op == "eq"      ? " = "
                           : condition.op == "noteq" ? " <> "
                           : condition.op == "gte"   ? " >= "
                           : condition.op == "ste"   ? " <= "
                                                     : nullptr;
  if (sign == nullptr) return std::unexpected("the filter operator '" + condition.op + "'");
  const auto value = literal(condition.value, column);
  return value ? std::expected<std::string, Refusal>(name + sign + *value) : value;
}

}  // namespace

std::string sql_name(std::string_view name) {
  std::string out = "\"";
  for (const char byte : name) out += byte == '"' ? std::string("\"\"") : std::string(1, byte);
  return out + "\"";
}

std::expected<std::string, Refusal> to_template(std::string_view value, const row::Table& table) {
  const auto parts = split(value, table);
  if (!parts) return std::unexpected(parts.error());
  std::string text;
  // A name that braces would end is written as SQL, where they do not count.
  for (const Part& part : *parts)
    text += part.column ? "{" + (part.text.find_first_of("{}\"'") == std::string::npos ? part.text : sql_name(part.text)) + "}"
                        : doubled_braces(part.text);
  return text;
}

std::string document_of(const std::vector<std::string>& columns) {
  std::string text = "{jsonb_build_object(";
  for (const std::string& column : columns) text += (text.back() == '(' ? "" : ", ") + sql_text(column) + ", " + sql_name(column);
  return "{ expr: " + yaml_quoted(text + ")}") + ", type: M }";
}

std::expected<std::string, Refusal> to_yaml(const AttributeMapping& mapping, const row::Table& table) {
  if (const std::string* value = mapping.value.string()) {
    const auto text = to_template(*value, table);
    if (!text) return text;
    if (mapping.sub_type == "number") return "{ expr: " + yaml_quoted(*text) + ", type: N }";
    if (mapping.sub_type == "string" || mapping.sub_type.empty()) return "{ expr: " + yaml_quoted(*text) + ", type: S }";
    return std::unexpected("the sub-type '" + mapping.sub_type + "' of a text");
  }
  const json::Object* object = mapping.value.object();
  if (object != nullptr && object->size() == 1 && (object->front().first == "SS" || object->front().first == "NS"))
    return std::unexpected("a set made of single values: string_to_array(a || ',' || b, ',') with type: " + object->front().first +
                           " makes one");
  const auto expression = DocumentExpression(table).of(mapping.value, 1);
  if (!expression) return expression;
  const std::string type = object->front().first == "L" ? "L" : object->front().first == "M" ? "M" : object->front().first;
  return "{ expr: " + yaml_quoted("{" + *expression + "}") + ", type: " + yaml_scalar(type) + " }";
}

std::expected<std::string, Refusal> to_where(const std::vector<Filter>& filters, const row::Table& table) {
  std::string all;
  for (const Filter& filter : filters) {
    const row::Column* column = column_of(table, filter.column);
    if (column == nullptr) return std::unexpected("a filter on '" + filter.column + "', which is no column of " + table.display_name());
    std::string any;
    for (const Condition& each : filter.conditions) {
      const auto one = condition(each, *column);
      if (!one) return one;
      any += (any.empty() ? "" : " OR ") + *one;
    }
    all += (all.empty() ? "" : " AND ") + (filter.conditions.size() > 1 ? "(" + any + ")" : any);
  }
  return all;
}

}  // namespace itemize::model::exchange::dms
