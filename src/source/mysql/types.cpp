#include "source/mysql/types.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace itemize::source::mysql {
namespace {

using row::Type;
using row::TypeKind;

struct Known {
  std::string_view name;
  TypeKind kind;
  int length = -1;  ///< Bytes of an integer.
};

constexpr Known known_types[] = {
    {"tinyint", TypeKind::integer, 1},
    {"smallint", TypeKind::integer, 2},
    {"mediumint", TypeKind::integer, 4},
    {"int", TypeKind::integer, 4},
    {"bigint", TypeKind::integer, 8},
    {"year", TypeKind::integer, 2},
    {"decimal", TypeKind::decimal},
    {"float", TypeKind::float32},
    {"double", TypeKind::float64},
    {"bit", TypeKind::bits},
    // CHAR(n) gives its value without the padding, whatever was written: it is a text.
    {"char", TypeKind::text},
    {"varchar", TypeKind::text},
    {"tinytext", TypeKind::text},
    {"text", TypeKind::text},
    {"mediumtext", TypeKind::text},
    {"longtext", TypeKind::text},
    {"inet4", TypeKind::text},
    {"inet6", TypeKind::text},
    {"xmltype", TypeKind::text},
    {"enum", TypeKind::enumeration},
    {"set", TypeKind::set},
    {"uuid", TypeKind::uuid},
    {"json", TypeKind::json},
    {"binary", TypeKind::bytes},
    {"varbinary", TypeKind::bytes},
    {"tinyblob", TypeKind::bytes},
    {"blob", TypeKind::bytes},
    {"mediumblob", TypeKind::bytes},
    {"longblob", TypeKind::bytes},
    {"vector", TypeKind::bytes},  // float32 values, little-endian, as they are stored
    {"date", TypeKind::date},
    {"time", TypeKind::time},
    {"datetime", TypeKind::timestamp},
    {"timestamp", TypeKind::timestamp_tz},
    {"geometry", TypeKind::geometry},
    {"point", TypeKind::geometry},
    {"linestring", TypeKind::geometry},
    {"polygon", TypeKind::geometry},
    {"multipoint", TypeKind::geometry},
    {"multilinestring", TypeKind::geometry},
    {"multipolygon", TypeKind::geometry},
    {"geometrycollection", TypeKind::geometry},
    {"geomcollection", TypeKind::geometry},
};

}  // namespace

Type type_of(const DeclaredType& declared) {
  Type type;
  type.name = declared.column_type;
  const std::string name = lower(declared.data_type);
  const auto* const known = std::ranges::find(known_types, std::string_view(name), &Known::name);
  type.kind = known == std::end(known_types) ? TypeKind::unsupported : known->kind;
  switch (type.kind) {
    case TypeKind::integer:
      type.length = known->length;
      type.is_unsigned = name == "year" || declared.column_type.find("unsigned") != std::string::npos;
      break;
    case TypeKind::decimal:
      type.precision = declared.numeric_precision;
      type.scale = declared.numeric_scale;
      break;
    case TypeKind::bits:
      type.length = declared.numeric_precision;
      break;
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamp_tz:
      type.precision = std::max(0, declared.datetime_precision);
      break;
    case TypeKind::text:
      type.length = name == "char" || name == "varchar" ? declared.character_length : -1;
      break;
    case TypeKind::set:
      type.children.emplace_back();
      break;
    default:
      break;
  }
  return type;
}

bool compares_bytewise(const Type& type, std::string_view collation) {
  // ENUM and SET are stored and compared as numbers; what has no collation is no text.
  if (type.kind != TypeKind::text || collation.empty() || collation == "binary") return true;
  if (collation == "utf8mb4_0900_bin") return true;
  if (!collation.ends_with("_bin")) return false;
  // The other _bin collations pad with spaces, which only CHAR, whose values have no trailing ones, does not notice.
  return collation.ends_with("_nopad_bin") || type.name.starts_with("char(");
}

row::Equality equality_of(const Type& type, std::string_view collation) {
  row::Equality equality;
  if (type.kind != TypeKind::text || collation.empty() || collation == "binary") return equality;
  const auto has = [&](std::string_view part) { return collation.find(part) != std::string_view::npos; };
  const bool pads = !has("_nopad_") && !has("_0900_");
  if (collation.ends_with("_bin")) {
    equality.ignores_trailing_spaces = pads;
    return equality;
  }
  equality.by = row::Equality::By::key_form;
  equality.collation = collation;
  // Their weights are written level by level: those of spaces at the end stand between others.
  if (pads && (has("czech_cs") || (has("uca1400") && (has("_as_") || collation.ends_with("_cs"))))) {
    equality.by = row::Equality::By::nothing;
    equality.obstacle = "its collation " + std::string(collation) + " has weights of several levels and ignores spaces at the end";
  }
  return equality;
}

}  // namespace itemize::source::mysql
