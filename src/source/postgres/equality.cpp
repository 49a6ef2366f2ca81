#include "source/postgres/equality.h"

#include <algorithm>
#include <array>

namespace itemize::source::postgres {
namespace {

/// Types that are read as text and whose `=` says that two values are equal where their texts are.
constexpr std::array<std::string_view, 9> equal_by_text = {"text", "character varying", "name",     "\"char\"", "inet",
                                                           "cidr", "macaddr",           "macaddr8", "ltree"};

/// Without a schema in front and a length behind.
std::string_view bare_name(std::string_view name) {
  name = name.substr(0, name.find('('));
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace

row::Equality equality_of(const row::Type& type, bool deterministic_collation) {
  using By = row::Equality::By;
  row::Equality equality;
  if (type.kind != row::TypeKind::text && type.kind != row::TypeKind::character) return equality;
  if (type.kind == row::TypeKind::text && bare_name(type.name) == "citext") {
    equality.by = By::key_form;
    equality.collation = "citext";
  } else if (!deterministic_collation) {
    equality.by = By::nothing;
    equality.obstacle = "its collation is nondeterministic: only the server knows which texts are equal, and it does not say";
  } else if (type.kind == row::TypeKind::text && std::ranges::find(equal_by_text, bare_name(type.name)) == equal_by_text.end()) {
    equality.by = By::nothing;
    equality.obstacle = "values of type " + type.name + " may be equal although their texts differ";
  }
  return equality;
}

/// As citext itself compares: lower() under the database's collation, whatever the column's own is (citext.c, citextcmp).
std::string key_form_expression(const std::string& column) {
  return "pg_catalog.lower(" + quoted(column) + "::pg_catalog.text COLLATE pg_catalog.\"default\")";
}

}  // namespace itemize::source::postgres
