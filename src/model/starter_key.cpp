#include "model/starter_key.h"

#include <algorithm>

#include "expr/program.h"
#include "model/bind.h"
#include "model/findings.h"
#include "model/key_proof.h"
#include "model/policies.h"

namespace itemize::model {

namespace {

/// A column's name as SQL writes it: in double quotes.
std::string sql_quoted(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

class KeyChooser {
 public:
  explicit KeyChooser(const row::Table& table) : table_(table) {
    for (std::size_t column = 0; column < table.columns.size(); ++column)
      scope_.names.push_back({table.columns[column].name, table.columns[column].type, column, table.columns[column].nullable});
  }

  StarterKey run() {
    const row::UniqueKey* identity = table_.row_identity();
    if (identity == nullptr || identity->columns.empty()) return {{}, false, "it has no primary key and no unique key over NOT NULL columns"};
    StarterKey first;
    for (const std::vector<std::size_t>& order : orders(identity->columns)) {
      StarterKey key = key_in_order(order);
      if (key.attributes.empty() || key.proven) return key;
      if (first.attributes.empty()) first = std::move(key);
    }
    return first;
  }

 private:
  bool is_number(std::size_t column) const { return table_.columns[column].type.kind == row::TypeKind::integer; }
  /// Values of any length and any bytes: safe only at the end of a joined key.
  bool is_open(std::size_t column) const {
    using row::TypeKind;
    const TypeKind kind = table_.columns[column].type.kind;
    return kind == TypeKind::text || kind == TypeKind::character || kind == TypeKind::enumeration || kind == TypeKind::dynamic || kind == TypeKind::json;
  }

  /// The key's own order first; then with open values last; then each open one as the partition key.
  std::vector<std::vector<std::size_t>> orders(const std::vector<std::size_t>& columns) const {
    std::vector<std::vector<std::size_t>> result = {columns};
    if (columns.size() < 3) return result;
    std::vector<std::size_t> order = columns;
    std::stable_partition(order.begin() + 1, order.end(), [&](std::size_t column) { return !is_open(column); });
    result.push_back(order);
    for (std::size_t first = 1; first < columns.size(); ++first) {
      if (!is_open(columns[first])) continue;
      order = columns;
      std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(first), order.begin() + static_cast<std::ptrdiff_t>(first) + 1);
      std::stable_partition(order.begin() + 1, order.end(), [&](std::size_t column) { return !is_open(column); });
      result.push_back(order);
    }
    return result;
  }

  KeyType key_type(std::size_t column) const {
    const row::Type& type = table_.columns[column].type;
    return type.kind == row::TypeKind::integer ? KeyType::N : can_be_key(type, KeyType::S) ? KeyType::S : KeyType::B;
  }

  /// "{id}", or with the name quoted where the braces would not read it; empty where nothing does.
  std::string column_template(std::size_t column) const {
    for (const std::string& text : {"{" + table_.columns[column].name + "}", "{" + sql_quoted(table_.columns[column].name) + "}"}) {
      const auto program = expr::compile_template(text, scope_);
      if (program && program->as_column() == column) return text;
    }
    return {};
  }

  /// As column_template(), numbers in their sortable form.
  std::string joined_piece(std::size_t column) const {
    if (is_number(column)) {
      for (const std::string& name : {table_.columns[column].name, sql_quoted(table_.columns[column].name)}) {
        const std::string text = "{sortable(" + name + ")}";
        const auto program = expr::compile_template(text, scope_);
        if (program && program->slots() == std::vector<std::size_t>{column}) return text;
      }
    }
    return column_template(column);
  }

  StarterKey key_in_order(const std::vector<std::size_t>& columns) const {
    StarterKey key;
    const auto add_column = [&](std::size_t column) {
      const std::string& name = table_.columns[column].name;
      const std::string text = column_template(column);
      if (text.empty() || name.empty() || name.size() > 255) {
        key.problem = "the name of its key column " + quote(name) + " cannot be written in a template or as a key attribute";
        return false;
      }
      key.attributes.push_back({name, key_type(column), text});
      return true;
    };
    const auto failed = [&] {
      key.attributes.clear();
      return key;
    };
    if (!add_column(columns[0])) return failed();
    if (columns.size() == 2 && !add_column(columns[1])) return failed();
    if (columns.size() > 2) {
      StarterAttribute joined = {free_attribute("SK"), KeyType::S, {}};
      for (std::size_t index = 1; index < columns.size(); ++index) {
        const std::string piece = joined_piece(columns[index]);
        if (piece.empty()) {
          key.problem = "the name of its key column " + quote(table_.columns[columns[index]].name) + " cannot be written in a template";
          return failed();
        }
        joined.value += (index > 1 ? "#" : "") + piece;
      }
      key.attributes.push_back(std::move(joined));
    }
    key.proven = is_proven(key);
    return key;
  }

  bool is_proven(const StarterKey& key) const {
    std::vector<KeyPart> parts;
    for (const StarterAttribute& attribute : key.attributes) {
      const auto program = expr::compile_template(attribute.value, scope_);
      if (!program) return false;
      parts.push_back({attribute.name, program->pieces(), attribute.type == KeyType::S});
    }
    return prove_unique(parts, table_).proven;
  }

  /// `name`, with '_' behind it as long as a column has that name.
  std::string free_attribute(std::string name) const {
    while (table_.column(name)) name += '_';
    return name;
  }

  const row::Table& table_;
  expr::Scope scope_;
};

}  // namespace

StarterKey starter_key(const row::Table& table) { return KeyChooser(table).run(); }

}  // namespace itemize::model
