// Why a row could not become an item, or an item could not be written: stable codes, each with a sentence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace itemize::item {

/// The codes are part of the interface (rejects files, --json): never renamed, only added to.
enum class Reason : std::uint8_t {
  key_null,               ///< A key attribute's template is NULL.
  key_empty,              ///< A key attribute is an empty string or empty binary.
  key_too_large,          ///< Partition key over 2048 bytes, sort key over 1024 bytes (also index keys).
  key_type,               ///< A key attribute cannot be converted to its declared type.
  item_too_large,         ///< Over 400 KB.
  not_a_number,           ///< NaN.
  infinite,               ///< Infinity, or an infinite date or timestamp.
  number_precision,       ///< More than 38 significant digits.
  number_range,           ///< Beyond 9.99..E+125 or nearer to zero than 1E-130.
  invalid_utf8,
  invalid_date,           ///< A zero date, or a date outside the calendar.
  invalid_json,
  map_key_empty,        ///< A document with an empty map key.
  document_depth,       ///< Nested deeper than 32 levels.
  duplicate_attribute,  ///< A document with the same map key twice, or an SS/NS with the same element twice.
  type_mismatch,        ///< The value does not have the type that the policy or the declared type asks for.
  invalid_value,        ///< The source's value could not be decoded.
  expression,           ///< Evaluating an expression failed (division by zero, a cast that does not fit).
  duplicate_key,        ///< Another row already became the item with this key.
  embed_overflow,       ///< More related rows, or more bytes of them, or a deeper tree, than the model allows.
  relation,             ///< Related rows could not be put together (a cycle, several rows where there may be one).
  script,               ///< The script failed, or what it gave is no item.
  refused,              ///< DynamoDB refused the item; the sentence is DynamoDB's.
};

/// "key_null", "item_too_large", ...: as written in rejects files.
std::string_view reason_name(Reason reason);

struct Rejection {
  Reason reason = Reason::invalid_value;
  std::string attribute;  ///< The attribute (or empty: the whole item).
  std::string sentence;   ///< For people; never contains a sensitive column's value.
};

}  // namespace itemize::item
