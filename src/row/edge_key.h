// Edge keys: bytes of a foreign key and of the key that it refers to, equal exactly where the source says that the values are.
#pragma once

#include <expected>
#include <string>

#include "base/buffer.h"
#include "row/catalog.h"
#include "row/cell.h"

namespace itemize::row {

/// How the values of one of two compared columns become a part of an edge key.
struct EdgeSide {
  bool key_form = false;  ///< The cell is the column's key form, not its value.
  bool drops_trailing_spaces = false;
  bool folds_ascii_case = false;
  bool to_number = false;  ///< SQLite: a text that looks like a number is compared as one.
};

struct EdgeRule {
  EdgeSide reference;
  EdgeSide other;
};

/// `reference` is the column that the foreign key refers to: in SQLite its collation counts (foreignkeys.html, 3). For columns of two
/// sources only what is the same everywhere is compared.
/// The error is a sentence for `check`: why equality of the two cannot be keyed.
std::expected<EdgeRule, std::string> edge_rule(const Column& reference, const Column& other, bool same_source = true);

/// Appends the part of one column. Parts are self-delimiting and whole numbers and texts sort as their values do, so that rows that
/// lie together in the source mostly lie together by edge key.
/// False, with nothing appended: NULL, or a value that the source could not decode; it is equal to nothing.
bool append_edge_part(const Cell& cell, const EdgeSide& side, Buffer& out);

}  // namespace itemize::row
