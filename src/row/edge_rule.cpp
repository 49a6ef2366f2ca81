#include "row/edge_key.h"

namespace itemize::row {
namespace {

/// Kinds whose values are compared with one another.
enum class Comparable : std::uint8_t { no, number, real, text, by_name, by_kind };

Comparable comparable(TypeKind kind) {
  switch (kind) {
    case TypeKind::integer:
    case TypeKind::decimal:
      return Comparable::number;
    case TypeKind::float32:
    case TypeKind::float64:
      return Comparable::real;
    case TypeKind::text:
    case TypeKind::character:
      return Comparable::text;
    case TypeKind::enumeration:
    case TypeKind::bits:
      return Comparable::by_name;
    case TypeKind::boolean:
    case TypeKind::uuid:
    case TypeKind::bytes:
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::time_tz:
    case TypeKind::timestamp:
    case TypeKind::timestamp_tz:
    case TypeKind::interval:
      return Comparable::by_kind;
    default:
      return Comparable::no;
  }
}

std::string described(const Column& column) { return column.name + " (" + column.type.name + ")"; }

bool is_varying(const Type& type) { return type.name.starts_with("character varying"); }

/// char(n) is compared without its padding. PostgreSQL compares varchar with char(n) as two char(n), text with char(n) as two texts.
bool loses_padding(const Type& type, const Type& other) {
  return type.kind == TypeKind::character || (other.kind == TypeKind::character && is_varying(type));
}

EdgeRule rule_of_sqlite(const Column& reference, const Column& other) {
  EdgeSide side;
  side.drops_trailing_spaces = reference.equality.ignores_trailing_spaces;
  side.folds_ascii_case = reference.equality.ignores_ascii_case;
  // Of two columns, numeric affinity of one is applied to both; text affinity is applied to none (sqlite3CompareAffinity in expr.c).
  using enum Equality::Affinity;
  side.to_number = reference.equality.affinity == numeric || other.equality.affinity == numeric;
  return {side, side};
}

std::unexpected<std::string> differ(const Column& reference, const Column& other) {
  return std::unexpected(described(other) + " and " + described(reference) +
                         " are of types that are not compared by anything that can be keyed");
}

std::unexpected<std::string> collations_differ(const Column& reference, const Column& other) {
  const auto name = [](const Column& column) {
    return column.equality.collation.empty() ? std::string("bytewise") : column.equality.collation;
  };
  return std::unexpected(other.name + " is compared by another collation (" + name(other) + ") than " + reference.name + " (" +
                         name(reference) + ")");
}

}  // namespace

std::expected<EdgeRule, std::string> edge_rule(const Column& reference, const Column& other, bool same_source) {
  for (const Column* column : {&reference, &other})
    if (column->equality.by == Equality::By::nothing)
      return std::unexpected(described(*column) + " cannot be joined by: " + column->equality.obstacle);
  const Equality& left = reference.equality;
  const Equality& right = other.equality;
  if (left.affinity != Equality::Affinity::fixed && right.affinity != Equality::Affinity::fixed) return rule_of_sqlite(reference, other);
  if (!same_source && (left.by == Equality::By::key_form || right.by == Equality::By::key_form)) return collations_differ(reference, other);
  const Comparable group = comparable(reference.type.kind);
  if (group == Comparable::no || group != comparable(other.type.kind)) return differ(reference, other);
  if (group == Comparable::by_kind && reference.type.kind != other.type.kind) return differ(reference, other);
  if (group == Comparable::by_name && reference.type.name != other.type.name) return differ(reference, other);
  if (left.by != right.by || left.collation != right.collation) return collations_differ(reference, other);
  if (left.ignores_trailing_spaces != right.ignores_trailing_spaces || left.ignores_ascii_case != right.ignores_ascii_case)
    return collations_differ(reference, other);
  EdgeRule rule;
  for (EdgeSide* side : {&rule.reference, &rule.other}) {
    side->key_form = left.by == Equality::By::key_form;
    side->drops_trailing_spaces = left.ignores_trailing_spaces;
    side->folds_ascii_case = left.ignores_ascii_case;
  }
  if (loses_padding(reference.type, other.type)) rule.reference.drops_trailing_spaces = true;
  if (loses_padding(other.type, reference.type)) rule.other.drops_trailing_spaces = true;
  return rule;
}

}  // namespace itemize::row
