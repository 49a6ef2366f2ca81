#include "model/policies.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/findings.h"
#include "model/keys.h"

namespace itemize::model {

namespace {

using row::TypeKind;

/// "numeric(10,2)" -> "numeric"; "timestamp(3) with time zone" -> "timestamp with time zone"; arrays keep their brackets.
std::string base_name(std::string_view name) {
  const std::size_t open = name.find('(');
  const std::size_t close = name.find(')', open == name.npos ? 0 : open);
  if (open == name.npos || close == name.npos) return std::string(name);
  std::string result(name.substr(0, open));
  while (result.ends_with(' ')) result.pop_back();
  return result + std::string(name.substr(close + 1));
}

/// The one name of those that the engines use for the same type; arrays keep their brackets.
std::string common_name(std::string_view base) {
  static constexpr std::array<std::array<std::string_view, 2>, 20> synonyms{{{"varchar", "character varying"},
                                                                             {"char", "character"},
                                                                             {"bpchar", "character"},
                                                                             {"int", "integer"},
                                                                             {"int4", "integer"},
                                                                             {"int8", "bigint"},
                                                                             {"int2", "smallint"},
                                                                             {"bool", "boolean"},
                                                                             {"float4", "real"},
                                                                             {"float8", "double precision"},
                                                                             {"double", "double precision"},
                                                                             {"decimal", "numeric"},
                                                                             {"timestamptz", "timestamp with time zone"},
                                                                             {"timestamp", "timestamp without time zone"},
                                                                             {"timetz", "time with time zone"},
                                                                             {"time", "time without time zone"},
                                                                             {"varbit", "bit varying"},
                                                                             {"int unsigned", "integer unsigned"},
                                                                             {"decimal unsigned", "numeric unsigned"},
                                                                             {"double unsigned", "double precision unsigned"}}};
  const std::size_t brackets = std::min(base.find('['), base.size());
  for (const auto& [synonym, name] : synonyms)
    if (base.substr(0, brackets) == synonym) return std::string(name) + std::string(base.substr(brackets));
  return std::string(base);
}

bool any_of(TypeKind kind, std::initializer_list<TypeKind> kinds) { return std::ranges::find(kinds, kind) != kinds.end(); }

}  // namespace

const TypePolicy* policy_for(const Policies& policies, const row::Type& type) {
  const std::string name = lower(type.name);
  for (const auto& [text, policy] : policies)
    if (lower(text.value) == name) return &policy;
  const std::string base = base_name(name);
  for (const auto& [text, policy] : policies)
    if (lower(text.value) == base) return &policy;
  const std::string common = common_name(base);
  for (const auto& [text, policy] : policies)
    if (common_name(lower(text.value)) == common) return &policy;
  return nullptr;
}

const TypePolicy* policy_for_column(const Policies& policies, std::string_view column) {
  for (const auto& [text, policy] : policies)
    if (text.value == column) return &policy;
  return nullptr;
}

WriteAs write_as_of(std::string_view word) {
  static constexpr std::array values = {WriteAs::S,  WriteAs::N,  WriteAs::B, WriteAs::BOOL, WriteAs::SS,
                                        WriteAs::NS, WriteAs::BS, WriteAs::L, WriteAs::M,    WriteAs::document};
  static_assert(values.size() == keys::write_types.size());
  for (std::size_t index = 0; index < values.size(); ++index)
    if (keys::write_types[index] == word) return values[index];
  return WriteAs::automatic;
}

Otherwise otherwise_of(std::string_view word) {
  if (word == "omit") return Otherwise::omit;
  if (word == "null") return Otherwise::null;
  if (word == "string") return Otherwise::string;
  return Otherwise::reject;
}

bool can_write(const row::Type& type, WriteAs write_as) {
  const TypeKind kind = type.kind;
  const bool open = any_of(kind, {TypeKind::text, TypeKind::character, TypeKind::dynamic, TypeKind::json});
  switch (write_as) {
    case WriteAs::automatic:
    case WriteAs::S:
    case WriteAs::null:
      return true;
    case WriteAs::N:
      return open || any_of(kind, {TypeKind::integer, TypeKind::decimal, TypeKind::float32, TypeKind::float64, TypeKind::bits,
                                   TypeKind::boolean, TypeKind::enumeration});
    case WriteAs::BOOL:
      return open || any_of(kind, {TypeKind::boolean, TypeKind::integer, TypeKind::decimal, TypeKind::bits, TypeKind::enumeration});
    case WriteAs::B:
      return open || any_of(kind, {TypeKind::bytes, TypeKind::geometry, TypeKind::uuid});
    case WriteAs::SS:
    case WriteAs::NS:
    case WriteAs::BS:
      return any_of(kind, {TypeKind::array, TypeKind::set, TypeKind::json, TypeKind::dynamic});
    case WriteAs::L:
      return open || any_of(kind, {TypeKind::array, TypeKind::set, TypeKind::multirange});
    case WriteAs::M:
      return open || any_of(kind, {TypeKind::composite, TypeKind::map, TypeKind::range});
    case WriteAs::document:
      return open ||
             any_of(kind, {TypeKind::array, TypeKind::composite, TypeKind::map, TypeKind::range, TypeKind::multirange, TypeKind::set});
  }
  return true;
}

bool can_be_key(const row::Type& type, KeyType key_type) {
  const TypeKind kind = type.kind;
  if (kind == TypeKind::dynamic) return true;  // each value is looked at
  switch (key_type) {
    case KeyType::N:
      return any_of(kind, {TypeKind::integer, TypeKind::decimal, TypeKind::float32, TypeKind::float64, TypeKind::bits});
    case KeyType::B:
      return any_of(kind, {TypeKind::bytes, TypeKind::geometry});
    case KeyType::S:
      return !any_of(kind, {TypeKind::bytes, TypeKind::geometry, TypeKind::unsupported});
  }
  return false;
}

std::string type_words(const row::Type& type) {
  if (!type.name.empty()) return type.name;
  static constexpr std::array words = {"boolean",
                                       "integer",
                                       "decimal",
                                       "float",
                                       "float",
                                       "text",
                                       "character",
                                       "enum",
                                       "uuid",
                                       "binary",
                                       "date",
                                       "time",
                                       "time with time zone",
                                       "timestamp",
                                       "timestamp with time zone",
                                       "interval",
                                       "json",
                                       "bits",
                                       "array",
                                       "composite",
                                       "map",
                                       "range",
                                       "multirange",
                                       "set",
                                       "geometry",
                                       "dynamic",
                                       "unsupported"};
  return words.at(static_cast<std::size_t>(type.kind));
}

}  // namespace itemize::model
