#include "source/postgres/type_catalog.h"

#include <algorithm>

#include "source/postgres/builtin_types.h"

namespace itemize::source::postgres {
namespace {

using row::TypeKind;

/// The types asked for and everything that they are made of. $1: text of an oid[].
std::string closure_query(int version) {
  const std::string range_of_multirange =
      version >= 140000 ? " UNION ALL SELECT r.rngtypid FROM pg_catalog.pg_range r WHERE r.rngmultitypid = t.oid" : "";
  const std::string subtype = version >= 140000 ? "(SELECT CASE WHEN r.rngtypid = t.oid THEN r.rngsubtype ELSE r.rngtypid END FROM "
                                                  "pg_catalog.pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid))"
                                                : "(SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid)";
  return "WITH RECURSIVE needed(oid) AS ("
         "SELECT unnest($1::oid[]) UNION SELECT next.oid FROM needed JOIN pg_catalog.pg_type t ON t.oid = needed.oid CROSS JOIN LATERAL ("
         "SELECT t.typelem UNION ALL SELECT t.typbasetype UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid = "
         "t.oid" +
         range_of_multirange +
         " UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 "
         "AND NOT a.attisdropped"
         ") AS next(oid) WHERE next.oid <> 0) "
         "SELECT t.oid, t.typname, n.nspname, t.typtype, t.typbasetype, t.typtypmod, pg_catalog.format_type(t.typbasetype, t.typtypmod), "
         "CASE WHEN t.typcategory = 'A' AND t.typlen = -1 THEN t.typelem ELSE 0 END, pg_catalog.format_type(t.typelem, NULL), "
         "coalesce(s.subtype, 0), pg_catalog.format_type(s.subtype, NULL), coalesce(e.extname, '') "
         "FROM needed JOIN pg_catalog.pg_type t ON t.oid = needed.oid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
         "CROSS JOIN LATERAL (SELECT " +
         subtype +
         ") AS s(subtype) "
         "LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.objsubid = 0 AND "
         "d.deptype = 'e' "
         "LEFT JOIN pg_catalog.pg_extension e ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND e.oid = d.refobjid";
}

std::uint32_t oid_at(const Rows& rows, int row, int column) { return static_cast<std::uint32_t>(rows.integer(row, column)); }

/// A type that is read by its text: what it is called is kept, so that policies can name it.
ReadableType by_text(const std::string& name) {
  ReadableType result;
  result.type.kind = TypeKind::text;
  result.type.name = name;
  result.decoder = {decode_text, oid_text, 0, {}};
  result.reading = Reading::text;
  return result;
}

}  // namespace

Result<void> TypeCatalog::load(Connection& connection, const std::vector<std::uint32_t>& oids) {
  std::string wanted;
  for (const std::uint32_t oid : oids)
    if (!entries_.contains(oid)) wanted += (wanted.empty() ? "{" : ",") + std::to_string(oid);
  if (wanted.empty()) return {};
  wanted += "}";
  const Rows rows = TRY(connection.query(closure_query(connection.version()), {wanted}, "reading the types"));
  std::string composites = "{";
  for (int row = 0; row < rows.count(); ++row) {
    Entry entry;
    entry.name = rows.text(row, 1);
    entry.schema = rows.text(row, 2);
    entry.kind = rows.text(row, 3).front();
    entry.base = oid_at(rows, row, 4);
    entry.base_typmod = static_cast<std::int32_t>(rows.integer(row, 5));
    entry.base_name = rows.text(row, 6);
    entry.element = oid_at(rows, row, 7);
    entry.element_name = rows.text(row, 8);
    entry.subtype = oid_at(rows, row, 9);
    entry.subtype_name = rows.text(row, 10);
    entry.extension = rows.text(row, 11);
    if (entry.kind == 'c') composites += (composites.size() > 1 ? "," : "") + rows.text(row, 0);
    entries_.insert_or_assign(oid_at(rows, row, 0), std::move(entry));
  }
  if (composites.size() > 1) TRY(load_fields(connection, composites + "}"));
  if (entries_.contains(oid_money)) {
    const Rows scale = TRY(connection.query("SELECT pg_catalog.scale('1'::pg_catalog.money::numeric)", "asking how money is kept"));
    money_scale_ = static_cast<int>(scale.integer(0, 0));
  }
  return {};
}

Result<void> TypeCatalog::load_fields(Connection& connection, const std::string& oids) {
  const Rows rows =
      TRY(connection.query("SELECT t.oid, a.attname, a.atttypid, a.atttypmod, pg_catalog.format_type(a.atttypid, a.atttypmod) "
                           "FROM pg_catalog.pg_type t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid "
                           "WHERE t.oid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY t.oid, a.attnum",
                           {oids}, "reading the fields of composite types"));
  for (int row = 0; row < rows.count(); ++row)
    entries_[oid_at(rows, row, 0)].fields.push_back(
        {rows.text(row, 1), oid_at(rows, row, 2), static_cast<std::int32_t>(rows.integer(row, 3)), rows.text(row, 4)});
  return {};
}

ReadableType TypeCatalog::resolve(std::uint32_t oid, std::int32_t typmod, const std::string& name) const {
  const auto found = entries_.find(oid);
  if (found == entries_.end()) return by_text(name);
  const Entry& entry = found->second;
  ReadableType result;
  if (const BuiltinType* builtin = builtin_type(oid)) {
    result.type.kind = builtin->kind;
    result.type.name = name;
    result.type.length = builtin->length;
    result.type.is_unsigned = builtin->is_unsigned;
    apply_typmod(result.type, oid, typmod);
    result.decoder = {builtin->decode, oid, 0, {}};
    if (oid == oid_money) {
      result.decoder.scale = result.type.scale = money_scale_;
      result.type.precision = 19;  // an int64
    }
    return result;
  }
  if (entry.element != 0) return resolve_array(entry, oid, typmod, name);
  switch (entry.extension.empty() || entry.kind != 'b' ? entry.kind : 'x') {
    case 'd':
      result = resolve(entry.base, typmod >= 0 ? typmod : entry.base_typmod, entry.base_name);
      break;
    case 'e':
      result.type.kind = TypeKind::enumeration;
      result.type.name = name;
      result.decoder = {decode_text, oid, 0, {}};
      break;
    case 'c':
      result = resolve_composite(entry, name);
      break;
    case 'r':
    case 'm':
      result = resolve_range(entry, name);
      break;
    case 'x':
      result = resolve_of_extension(entry, name);
      break;  // a base type of an extension
    default:
      return by_text(name);
  }
  if (result.reading == Reading::binary) result.decoder.oid = oid;
  return result;
}

ReadableType TypeCatalog::resolve_array(const Entry& entry, std::uint32_t oid, std::int32_t typmod, const std::string& name) const {
  // The array's typmod is its elements'; format_type writes it before the brackets.
  const std::string element_name = name.ends_with("[]") ? name.substr(0, name.size() - 2) : entry.element_name;
  ReadableType element = resolve(entry.element, typmod, element_name);
  ReadableType result;
  result.type.kind = TypeKind::array;
  result.type.name = name;
  result.type.children.push_back(std::move(element.type));
  if (element.reading == Reading::binary) {
    result.decoder = {decode_array, oid, 0, {std::move(element.decoder)}};
    return result;
  }
  // Elements without a known binary form, geometry among them: an array of their texts.
  result.reading = Reading::text_array;
  result.type.children.front() = by_text(element_name).type;
  result.decoder = {decode_array, 0, 0, {{decode_text, oid_text, 0, {}}}};
  return result;
}

ReadableType TypeCatalog::resolve_composite(const Entry& entry, const std::string& name) const {
  ReadableType result;
  result.type.kind = TypeKind::composite;
  result.type.name = name;
  result.decoder.decode = decode_composite;
  for (const Field& field : entry.fields) {
    ReadableType child = resolve(field.oid, field.typmod, field.type_name);
    if (child.reading != Reading::binary) return by_text(name);  // a cast cannot reach into it
    child.type.field = field.name;
    result.type.children.push_back(std::move(child.type));
    result.decoder.children.push_back(std::move(child.decoder));
  }
  return result;
}

ReadableType TypeCatalog::resolve_range(const Entry& entry, const std::string& name) const {
  ReadableType result;
  result.type.kind = entry.kind == 'm' ? TypeKind::multirange : TypeKind::range;
  result.type.name = name;
  ReadableType child = resolve(entry.subtype, -1, entry.subtype_name);
  if (child.reading != Reading::binary) return by_text(name);
  result.type.children.push_back(std::move(child.type));
  result.decoder = {entry.kind == 'm' ? decode_multirange : decode_range, 0, 0, {std::move(child.decoder)}};
  return result;
}

ReadableType TypeCatalog::resolve_of_extension(const Entry& entry, const std::string& name) const {
  ReadableType result;
  result.type.name = name;
  if (entry.extension == "hstore" && entry.name == "hstore") {
    result.type.kind = TypeKind::map;
    result.decoder.decode = decode_hstore;
  } else if (entry.extension == "citext" && entry.name == "citext") {
    result.type.kind = TypeKind::text;
    result.decoder.decode = decode_text;
  } else if (entry.extension == "postgis" && (entry.name == "geometry" || entry.name == "geography")) {
    result.type.kind = TypeKind::geometry;
    result.decoder = {decode_bytea, 17, 0, {}};
    result.reading = Reading::well_known_binary;
    result.function_schema = entry.schema;
  } else {
    return by_text(name);
  }
  return result;
}

}  // namespace itemize::source::postgres
