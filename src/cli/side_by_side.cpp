#include "cli/side_by_side.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "cli/text.h"

namespace itemize::cli {
namespace {

/// Characters of a value on either side.
constexpr std::size_t most_shown = 40;

std::string cut(const std::string& text) {
  if (text.size() <= most_shown) return text;
  return std::string(start_of(text, most_shown - 3)) + "...";
}

std::string names_of(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

class Table {
 public:
  Table(const model::BoundItem& item, const model::BoundTable& table, const Sample& sample)
      : item_(item), table_(table), made_(*sample.item) {
    if (auto row = json::parse(sample.row)) row_ = *std::move(row);
  }

  std::string write(const std::string& indent) {
    for (const model::BoundAttribute& bound : item_.attributes)
      if (bound.from_column.empty() || bound.table_key || bound.index_key) attribute("", "", bound.name);
    for (const row::Column& column : item_.from->columns) add(column.name);
    for (const auto& [name, value] : made_) attribute("", "", name);  // what a script or a relation added
    return lines_.to_string(indent);
  }

 private:
  /// The attribute on the right, unless it stands there already or is not in the item.
  bool attribute(const std::string& column, const std::string& value, const std::string& name) {
    const auto found = made_.find(name);
    if (found == made_.end() || !shown_.insert(name).second) return false;
    lines_.add({column, value, "->", name, type_name(found->second), is_sensitive(item_, name) ? "***" : cut(value_text(found->second))});
    return true;
  }

  void add(const std::string& column) {
    const json::Value* value = row_.find(column);
    const bool null = value != nullptr && value->is_null();
    const std::string text = value == nullptr             ? "(not read)"
                             : null                       ? "NULL"
                             : value->string() != nullptr ? cut(*value->string())
                                                          : cut(json::to_text(*value));
    bool copied = false;
    for (const model::BoundAttribute& bound : item_.attributes)
      if (bound.from_column == column) {
        copied = true;
        if (attribute(column, text, bound.name)) return;
      }
    lines_.add({column, text, "", "", "", "(" + reason(column, null, copied) + ")"});
  }

  /// Why a column is not in the item under a name of its own.
  std::string reason(const std::string& column, bool null, bool copied) const {
    std::set<std::string> used_in;
    bool is_key = false;
    for (const model::BoundAttribute& bound : item_.attributes) {
      if (bound.from_column == column && shown_.contains(bound.name)) is_key = true, used_in.insert(bound.name);
      if (!bound.program) continue;
      for (const std::size_t slot : bound.program->slots())
        if (slot < table_.columns.size() && table_.columns[slot] == column) used_in.insert(bound.name);
    }
    if (copied && !is_key)
      return null ? "absent: NULL" : item_.item->script ? "taken out by the script" : "absent: empty, or DynamoDB cannot hold it";
    if (is_key) return "is " + names_of(used_in);
    const std::string left_out = "left out by the model";
    return used_in.empty() ? left_out : left_out + ", used in " + names_of(used_in);
  }

  const model::BoundItem& item_;
  const model::BoundTable& table_;
  const item::Item& made_;
  json::Value row_;
  std::set<std::string> shown_;
  Columns lines_{{"", "", "", "", "", ""}};
};

}  // namespace

std::string side_by_side(const model::BoundItem& item, const model::BoundTable& table, const Sample& sample, const std::string& indent) {
  return Table(item, table, sample).write(indent);
}

}  // namespace itemize::cli
