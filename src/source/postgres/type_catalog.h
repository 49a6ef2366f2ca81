// TypeCatalog: what the server's pg_type says of the types in use, and how a value of each is read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "row/type.h"
#include "source/postgres/connection.h"
#include "source/postgres/value_decoder.h"

namespace itemize::source::postgres {

/// How a column stands in the SELECT list.
enum class Reading : std::uint8_t {
  binary,             ///< As it is.
  text,               ///< column::text, for types whose binary form is not known here: every type has a text form.
  text_array,         ///< column::text[]
  well_known_binary,  ///< ST_AsBinary(column): PostGIS's geometry without its own envelope.
};

/// A column's type, and what reads its values.
struct ReadableType {
  row::Type type;
  ValueDecoder decoder;
  Reading reading = Reading::binary;
  std::string function_schema;  ///< Of ST_AsBinary.
};

class TypeCatalog {
 public:
  /// Makes sure that these types, and those that they are made of, are known. One query for all that are new.
  Result<void> load(Connection& connection, const std::vector<std::uint32_t>& oids);
  /// `name` is format_type(oid, typmod). The type must have been loaded.
  ReadableType resolve(std::uint32_t oid, std::int32_t typmod, const std::string& name) const;

 private:
  struct Field {
    std::string name;
    std::uint32_t oid = 0;
    std::int32_t typmod = -1;
    std::string type_name;
  };
  struct Entry {
    std::string name;  ///< typname
    std::string schema;
    char kind = 'b';         ///< typtype: base, composite, domain, enum, pseudo, range, multirange
    std::uint32_t base = 0;  ///< Of a domain.
    std::int32_t base_typmod = -1;
    std::string base_name;
    std::uint32_t element = 0;  ///< Of an array; 0 where it is none.
    std::string element_name;
    std::uint32_t subtype = 0;  ///< Of a range; of a multirange: the range.
    std::string subtype_name;
    std::string extension;  ///< That brought it; empty for the server's own and for users'.
    std::vector<Field> fields;
  };

  Result<void> load_fields(Connection& connection, const std::string& oids);
  ReadableType resolve_array(const Entry& entry, std::uint32_t oid, std::int32_t typmod, const std::string& name) const;
  ReadableType resolve_composite(const Entry& entry, const std::string& name) const;
  ReadableType resolve_range(const Entry& entry, const std::string& name) const;
  ReadableType resolve_of_extension(const Entry& entry, const std::string& name) const;

  std::map<std::uint32_t, Entry> entries_;
  int money_scale_ = 2;
};

}  // namespace itemize::source::postgres
