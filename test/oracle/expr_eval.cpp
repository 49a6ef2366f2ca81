// expr_eval: evaluates expressions over given rows, for comparison with PostgreSQL's answers (test/oracle/compare_expressions.py).
//
// Standard input, one JSON document a line. The first: {"columns": [{"name", "type"}], "rows": [[text or null, ...]]}, values in
// PostgreSQL's text form. Every other: {"expression": text}. For each of those one line comes back: {"refused": sentence, "offset": n},
// or {"type": name, "rows": [{"text": (expression)::text, "template": text of {expression}} or null or {"error": sentence}]}.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "expr/casts.h"
#include "expr/functions.h"
#include "expr/program.h"

namespace itemize::expr {
namespace {

/// Row and column types as text, for the cells' lives.
struct Table {
  Scope scope;
  std::vector<std::vector<row::Cell>> rows;
  Arena arena;
};

row::Type type_of_name(std::string name) {
  const bool array = name.ends_with("[]");
  if (array) name.resize(name.size() - 2);
  std::vector<int> modifiers;
  if (const std::size_t open = name.find('('); open != std::string::npos) {
    for (std::size_t at = open; at != std::string::npos && at + 1 < name.size(); at = name.find(',', at + 1))
      modifiers.push_back(std::atoi(name.c_str() + at + 1));
    name.resize(open);
  }
  return type_named(name, modifiers, array).value();
}

/// PostgreSQL's numeric_send form of a decimal text, as COPY BINARY gives it.
row::Cell to_wire(const row::Cell& cell, Arena& arena) {
  const Decimal number = parse_decimal(cell.view()).value();
  std::string wire;
  const auto add = [&wire](int value) {
    wire += static_cast<char>(value >> 8 & 0xFF);
    wire += static_cast<char>(value & 0xFF);
  };
  if (number.kind != Decimal::Kind::finite) {
    for (const int value : {0, 0, number.kind == Decimal::Kind::nan ? 0xC000 : number.kind == Decimal::Kind::infinity ? 0xD000 : 0xF000, 0})
      add(value);
    return row::Cell::view_of(row::CellKind::decimal_wire, arena.copy(wire));
  }
  std::string text = text_with_scale(number);
  if (text.starts_with('-')) text.erase(0, 1);
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string whole = text.substr(0, point);
  std::string fraction = point < text.size() ? text.substr(point + 1) : "";
  while (whole.size() % 4 != 0) whole.insert(whole.begin(), '0');
  while (fraction.size() % 4 != 0) fraction += '0';
  std::vector<int> groups;
  for (std::size_t at = 0; at < whole.size() + fraction.size(); at += 4)
    groups.push_back(std::atoi((whole + fraction).substr(at, 4).c_str()));
  int weight = static_cast<int>(whole.size() / 4) - 1;
  while (!groups.empty() && groups.back() == 0) groups.pop_back();
  while (!groups.empty() && groups.front() == 0) {
    groups.erase(groups.begin());
    --weight;
  }
  for (const int value : {static_cast<int>(groups.size()), groups.empty() ? 0 : weight, number.negative ? 0x4000 : 0, number.scale})
    add(value);
  for (const int group : groups) add(group);
  return row::Cell::view_of(row::CellKind::decimal_wire, arena.copy(wire));
}

void read_table(const json::Value& document, Table& table) {
  std::vector<row::Type> types;
  for (const json::Value& column : *document.find("columns")->array()) {
    types.push_back(type_of_name(column.text("type")));
    table.scope.names.push_back({column.text("name"), types.back(), types.size() - 1, true});
  }
  const Context context;
  Buffer scratch;
  for (const json::Value& values : *document.find("rows")->array()) {
    std::vector<row::Cell> cells;
    for (std::size_t index = 0; index < types.size(); ++index) {
      const std::string* text = (*values.array())[index].string();
      if (text == nullptr) {
        cells.emplace_back();
        continue;
      }
      Frame frame{{}, context, table.arena, scratch, false, {}};
      row::Cell cell = cast_cell(frame, row::Cell::text(table.arena.copy(*text)), type_from(Sql::text), types[index]);
      if (frame.failed) {
        std::fprintf(stderr, "the value '%s' of column %s: %s\n", text->c_str(), table.scope.names[index].text.c_str(),
                     frame.error.c_str());
        std::exit(2);
      }
      // Every other row as the engine sends it.
      if (types[index].kind == row::TypeKind::decimal && table.rows.size() % 2 == 1) cell = to_wire(cell, table.arena);
      cells.push_back(cell);
    }
    table.rows.push_back(std::move(cells));
  }
}

std::string name_of_type(const row::Type& type) {
  if (type.kind == row::TypeKind::array && type.children.size() == 1) return name_of_type(type.children[0]) + "[]";
  return std::string(name_of(sql_of(type)));
}

std::string answer(const std::string& expression, const Table& table, Arena& arena) {
  const auto typed = compile_expression(expression, table.scope);
  const auto text = compile_expression("(" + expression + ")::text", table.scope);
  std::string out = "{";
  const auto member = [&out](std::string_view name, std::string_view value) {
    json::append_quoted(out, name);
    out += ':';
    json::append_quoted(out, value);
  };
  if (!typed || !text) {
    const Diagnostic& diagnostic = typed ? text.error().front() : typed.error().front();
    member("refused", diagnostic.message);
    return out + ",\"offset\":" + std::to_string(diagnostic.offset) + "}";
  }
  member("type", name_of_type(typed->type()));
  out += ",\"rows\":[";
  const Context context{1'700'000'000'123'456};
  for (std::size_t index = 0; index < table.rows.size(); ++index) {
    arena.reset();
    if (index > 0) out += ',';
    const auto value = text->evaluate(table.rows[index], context, arena);
    if (!value) {
      out += '{';
      member("error", value.error().sentence);
      out += '}';
      continue;
    }
    if (value->is_null()) {
      out += "null";
      continue;
    }
    out += '{';
    member("text", value->view());
    Buffer piece;
    const auto appended = typed->append_text(table.rows[index], context, arena, piece);
    out += ',';
    member(appended ? "template" : "template_error", appended ? piece.view() : std::string_view(appended.error().sentence));
    out += '}';
  }
  return out + "]}";
}

int answer_lines() {
  Table table;
  Arena arena(4096);
  std::string line;
  for (int byte = std::getchar(); byte != EOF; byte = std::getchar()) {
    if (byte != '\n') {
      line += static_cast<char>(byte);
      continue;
    }
    const Result<json::Value> document = json::parse(line);
    line.clear();
    if (!document) {
      std::fprintf(stderr, "%s\n", document.error().to_string().c_str());
      return 2;
    }
    if (document->find("columns") != nullptr) {
      read_table(*document, table);
      continue;
    }
    std::printf("%s\n", answer(document->text("expression"), table, arena).c_str());
    std::fflush(stdout);
  }
  return 0;
}

/// The table of docs/expressions.md.
int list_functions() {
  for (const Family& family : families()) {
    std::printf("\n### %.*s\n\n", static_cast<int>(family.title.size()), family.title.data());
    for (const Function& function : family.functions) {
      if (function.help.empty()) continue;
      // "forms: meaning" becomes code and text.
      const std::size_t colon = function.help.find(": ");
      const std::string_view forms = function.help.substr(0, colon);
      const std::string_view meaning = colon == std::string_view::npos ? std::string_view() : function.help.substr(colon);
      std::printf("- `%.*s`%.*s\n", static_cast<int>(forms.size()), forms.data(), static_cast<int>(meaning.size()), meaning.data());
    }
  }
  return 0;
}

}  // namespace
}  // namespace itemize::expr

int main(int count, char** arguments) {
  return count > 1 && std::string_view(arguments[1]) == "--functions" ? itemize::expr::list_functions() : itemize::expr::answer_lines();
}
