#include "model/resolve.h"

#include "base/text.h"
#include "model/policies.h"

namespace itemize::model {

namespace {

/// The user in a source URL, for GRANT hints; "your_user" where it names none.
std::string user_of(const SourceSpec& source) {
  const std::size_t begin = source.url.find("://");
  if (begin == std::string::npos) return "your_user";
  const std::string_view rest = std::string_view(source.url).substr(begin + 3);
  const std::size_t at = rest.substr(0, rest.find_first_of("/?")).find('@');
  return at == rest.npos || at == 0 ? "your_user" : std::string(rest.substr(0, at));
}

const row::Table* find_dotted(const row::Catalog& catalog, const From& from) {
  if (const row::Table* table = catalog.find(from.schema, from.table)) return table;
  if (!from.schema.empty()) return nullptr;
  for (std::size_t dot = from.table.find('.'); dot != std::string::npos; dot = from.table.find('.', dot + 1))
    if (const row::Table* table = catalog.find(from.table.substr(0, dot), from.table.substr(dot + 1)); table != nullptr && dot > 0)
      return table;
  return nullptr;
}

std::string missing_table_hint(const row::Catalog& catalog, const From& from) {
  if (catalog.tables.empty()) return "the database shows this user no table at all";
  const std::string wanted = from.schema.empty() ? from.table : from.schema + "." + from.table;
  std::vector<std::string> names;
  for (const row::Table& table : catalog.tables) {
    const std::string full = table.schema.empty() ? table.name : table.schema + "." + table.name;
    if (same_without_case(table.name, from.table) || same_without_case(full, wanted))
      return "did you mean " + quote(table.display_name()) + "?";
    names.push_back(table.display_name());
  }
  return did_you_mean_or(wanted, names, "there is " + list_words(names));
}

}  // namespace

const row::Table* resolve_table(Findings& findings, const std::string& path, const From& from, const SourceSpec& source,
                                const row::Catalog& catalog) {
  const row::Table* table = find_dotted(catalog, from);
  const std::string wanted = from.schema.empty() ? from.table : from.schema + "." + from.table;
  if (table == nullptr) {
    findings.error(from.place, path + ".from", "the source has no table or view " + quote(wanted), missing_table_hint(catalog, from));
    return nullptr;
  }
  if (!table->readable) {
    const std::string full = table->schema.empty() ? table->name : table->schema + "." + table->name;
    findings.error(from.place, path + ".from", "this user may not read the table " + quote(table->display_name()),
                   !table->obstacle.empty() ? table->obstacle
                                            : "ask for: GRANT SELECT ON " + full + " TO " + user_of(source) +
                                                  (table->schema.empty() ? "" : " (and USAGE on the schema " + table->schema + ")"));
    return nullptr;
  }
  return table;
}

std::optional<std::size_t> resolve_column(Findings& findings, const std::string& path, const Text& name, const row::Table& table) {
  if (const auto column = table.column(name.value)) return column;
  std::vector<std::string> names;
  std::string hint;
  for (const row::Column& column : table.columns) {
    names.push_back(column.name);
    if (hint.empty() && same_without_case(column.name, name.value)) hint = "did you mean " + quote(column.name) + "?";
  }
  if (hint.empty()) hint = did_you_mean_or(name.value, names, "it has " + list_words(names));
  findings.error(name.place, path, "the table " + quote(table.display_name()) + " has no column " + quote(name.value), std::move(hint));
  return std::nullopt;
}

bool check_readable(Findings& findings, const std::string& path, Place place, const row::Table& table, std::size_t index,
                    const SourceSpec& source) {
  const row::Column& column = table.columns[index];
  if (!column.readable) {
    const std::string full = table.schema.empty() ? table.name : table.schema + "." + table.name;
    findings.error(place, path, "this user may not read the column " + quote(column.name) + " of " + quote(table.display_name()),
                   "ask for: GRANT SELECT (" + column.name + ") ON " + full + " TO " + user_of(source) + ", or name it under except");
    return false;
  }
  if (column.type.kind == row::TypeKind::unsupported) {
    findings.error(place, path, "the column " + quote(column.name) + " has the type " + type_words(column.type) + ", which cannot be read",
                   "name it under except, or cast it in a view");
    return false;
  }
  return true;
}

}  // namespace itemize::model
