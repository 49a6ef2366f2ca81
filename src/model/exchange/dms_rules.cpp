#include "model/exchange/dms_rules.h"

#include <algorithm>
#include <array>

namespace itemize::model::exchange::dms {
namespace {

/// Far more than DMS itself takes.
constexpr std::size_t most_rules = 20'000;

/// Text of a member that may be written as a number or a boolean.
std::string text_of(const json::Value* value) {
  if (value == nullptr) return {};
  if (const std::string* text = value->string()) return *text;
  if (const json::Number* number = value->number()) return number->text;
  if (const bool* flag = value->boolean()) return *flag ? "true" : "false";
  return {};
}

std::string text_of(const json::Value& object, std::string_view name) { return text_of(object.find(name)); }

const json::Array& array_of(const json::Value& object, std::string_view name) {
  static const json::Array none;
  const json::Value* value = object.find(name);
  return value != nullptr && value->array() != nullptr ? *value->array() : none;
}

Locator locator_of(const json::Value& rule) {
  Locator locator;
  const json::Value* object = rule.find("object-locator");
  if (object == nullptr) return locator;
  if (const std::string schema = text_of(*object, "schema-name"); !schema.empty()) locator.schema = schema;
  if (const std::string table = text_of(*object, "table-name"); !table.empty()) locator.table = table;
  locator.column = text_of(*object, "column-name");
  return locator;
}

class Reader {
 public:
  void rule(const json::Value& value) {
    const std::string type = text_of(value, "rule-type");
    name_ = text_of(value, "rule-name");
    if (name_.empty()) name_ = text_of(value, "rule-id");
    if (type == "selection")
      selection(value);
    else if (type == "object-mapping")
      mapping(value);
    else if (type == "transformation")
      transformation(value);
    else if (type == "table-settings")
      leave_out("table-settings (itemize cuts tables into ranges by itself)");
    else
      leave_out("rules of type '" + type + "'");
  }

  Rules take() { return std::move(rules_); }

 private:
  void leave_out(const std::string& what) { rules_.left_out.push_back("rule '" + name_ + "': " + what); }

  void selection(const json::Value& value) {
    Selection selection;
    selection.name = name_;
    selection.locator = locator_of(value);
    const std::string action = text_of(value, "rule-action");
    if (action != "include" && action != "explicit" && action != "exclude") return leave_out("the selection's action '" + action + "'");
    selection.include = action != "exclude";
    for (const json::Value& filter : array_of(value, "filters")) add_filter(filter, selection);
    if (value.find("load-order") != nullptr) leave_out("load-order (ranges of all tables are read in one snapshot, in random order)");
    rules_.selections.push_back(std::move(selection));
  }

  void add_filter(const json::Value& value, Selection& selection) {
    Filter filter;
    filter.column = text_of(value, "column-name");
    for (const json::Value& each : array_of(value, "filter-conditions"))
      filter.conditions.push_back(
          {text_of(each, "filter-operator"), text_of(each, "value"), text_of(each, "start-value"), text_of(each, "end-value")});
    if (filter.column.empty() || filter.conditions.empty()) return leave_out("a filter without a column or without conditions");
    selection.filters.push_back(std::move(filter));
  }

  void mapping(const json::Value& value) {
    ObjectMapping mapping;
    mapping.name = name_;
    mapping.locator = locator_of(value);
    const std::string action = text_of(value, "rule-action");
    if (action != "map-record-to-record" && action != "map-record-to-document")
      return leave_out("the object mapping's action '" + action + "'");
    mapping.to_document = action == "map-record-to-document";
    mapping.target_table = text_of(value, "target-table-name");
    if (const json::Value* parameters = value.find("mapping-parameters")) parameters_of(*parameters, mapping);
    rules_.mappings.push_back(std::move(mapping));
  }

  void parameters_of(const json::Value& parameters, ObjectMapping& mapping) {
    mapping.partition_key = text_of(parameters, "partition-key-name");
    mapping.sort_key = text_of(parameters, "sort-key-name");
    for (const json::Value& column : array_of(parameters, "exclude-columns"))
      if (const std::string name = text_of(&column); !name.empty()) mapping.exclude_columns.push_back(name);
    for (const json::Value& each : array_of(parameters, "attribute-mappings")) {
      const json::Value* content = each.find("value");
      const std::string name = text_of(each, "target-attribute-name");
      if (name.empty() || content == nullptr)
        leave_out("an attribute mapping without a name or a value");
      else
        mapping.attributes.push_back({name, text_of(each, "attribute-type"), text_of(each, "attribute-sub-type"), *content});
    }
    if (parameters.find("condition-expression") != nullptr)
      leave_out("its condition-expression (every write of itemize can be repeated; what decides is the source)");
  }

  void transformation(const json::Value& value) {
    Transformation transformation{name_,
                                  text_of(value, "rule-target"),
                                  text_of(value, "rule-action"),
                                  locator_of(value),
                                  text_of(value, "value"),
                                  text_of(value, "old-value")};
    static constexpr std::array known = {"rename",         "remove-column",  "include-column", "convert-lowercase", "convert-uppercase",
                                         "make-lowercase", "make-uppercase", "add-prefix",     "remove-prefix",     "replace-prefix",
                                         "add-suffix",     "remove-suffix",  "replace-suffix"};
    if (std::ranges::find(known, transformation.action) == known.end()) {
      const std::string expression = text_of(value, "expression");
      return leave_out("the transformation " + transformation.action +
                       (expression.empty() ? "" : " (" + expression.substr(0, 200) + "): write it under set, as a SQL expression"));
    }
    if (transformation.target == "schema") return leave_out("a transformation of the schema's name (DynamoDB has no schemas)");
    if (transformation.target != "table" && transformation.target != "column")
      return leave_out("a transformation of '" + transformation.target + "'");
    rules_.transformations.push_back(std::move(transformation));
  }

  Rules rules_;
  std::string name_;
};

}  // namespace

bool matches(std::string_view pattern, std::string_view name) {
  // Where the last % stood, and what it covers: the pattern is tried again from there. No recursion, quadratic at worst.
  std::size_t at = 0, in = 0;
  std::size_t star = std::string_view::npos, covered = 0;
  while (in < name.size()) {
    const bool escaped = pattern.substr(at).starts_with("[_]");
    const bool one =
        at < pattern.size() && pattern[at] != '%' && (escaped ? name[in] == '_' : pattern[at] == '_' || pattern[at] == name[in]);
    if (one) {
      at += escaped ? 3 : 1;
      ++in;
    } else if (at < pattern.size() && pattern[at] == '%') {
      star = at++;
      covered = in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++covered;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '%') ++at;
  return at == pattern.size();
}

Result<Rules> parse(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const json::Value document = TRY_WITH("table mappings", json::parse(text));
  const json::Value* rules = document.find("rules");
  if (rules == nullptr || rules->array() == nullptr)
    return fail(ErrorCode::invalid_input, "these are no table mappings of AWS DMS: there is no list 'rules'",
                "aws dms describe-replication-tasks shows them as TableMappings");
  if (rules->array()->size() > most_rules) return fail(ErrorCode::invalid_input, "there are more than 20,000 rules");
  Reader reader;
  for (const json::Value& rule : *rules->array()) reader.rule(rule);
  return reader.take();
}

}  // namespace itemize::model::exchange::dms
