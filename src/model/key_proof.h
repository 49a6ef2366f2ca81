// Does an item type's key hold a unique key of its source table? Can two item types make the same key?
//
// Both questions are answered soundly: "proven" and "cannot meet" are said only where no rows could show otherwise.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "expr/program.h"
#include "row/catalog.h"

namespace itemize::model {

/// One key attribute as the proof sees it.
struct KeyPart {
  std::string attribute;
  /// The template's pieces; a column that is copied is one expression piece. A constant is one literal.
  std::vector<expr::Piece> pieces;
  bool text = true;  ///< Declared S. N and B hold one column or one constant.
};

struct Proof {
  bool proven = false;
  std::string doubt;  ///< Why it is not proven, in words for people.
};

/// Proven where two rows that differ in some unique key of `table` cannot have the same key attributes. Rows whose key is NULL
/// become rejects, so columns that may be NULL are no trouble. A unique key under a collation that equates different texts is good
/// enough: it keeps apart at least what bytes keep apart.
Proof prove_unique(std::span<const KeyPart> key, const row::Table& table);
/// True where rows that differ in `columns` cannot have the same key attributes.
bool holds_columns(std::span<const KeyPart> key, const row::Table& table, std::span<const std::size_t> columns,
                   std::string* doubt = nullptr);

/// The same for one value that is no column of the table (for_each's element, a chunk's number), by the number that pieces have for it.
bool holds_number(std::span<const KeyPart> key, std::size_t number);

/// True where some pair of rows might give the same key. Both are keys of one DynamoDB table, attributes in its order.
bool keys_may_meet(std::span<const KeyPart> a, std::span<const KeyPart> b);

/// The keys of a row's copies: `#` and a number behind the last attribute, which must be text; one for each number of digits.
std::vector<std::vector<KeyPart>> numbered_keys(std::span<const KeyPart> key);

/// True where both are the same templates over the same columns.
bool same_templates(std::span<const KeyPart> a, std::span<const KeyPart> b);

/// True where no row can satisfy both `where` expressions, as far as their texts show it: `status = 'a'` and `status = 'b'`,
/// `x IS NULL` and `x IS NOT NULL`, `x` and `NOT x`, each among parts joined by AND.
bool exclude_each_other(std::string_view a, std::string_view b, const row::Table& table);

}  // namespace itemize::model
