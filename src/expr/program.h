// Templates and SQL scalar expressions, compiled once and evaluated for each row. PostgreSQL's syntax and meaning.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/arena.h"
#include "base/buffer.h"
#include "row/cell.h"
#include "row/type.h"

namespace itemize::expr {

/// A name that expressions may use: a column of `from` ("id"), also of a lookup ("order.customer_id").
struct Name {
  std::string text;
  row::Type type;
  std::size_t slot = 0;  ///< Index of its cell in the row given to evaluate().
  bool nullable = true;
  bool is_lookup = false;  ///< Of a looked-up table: row_hash(*) leaves it out.
};
/// The way of a recursive lookup, for path(root, column).
struct Way {
  struct Column {
    std::string text;
    row::Type type;
    std::size_t own_slot = 0;   ///< The row's own value, which ends the way.
    std::size_t root_slot = 0;  ///< The root's: counted among the slots that are read.
    std::size_t field = 0;      ///< Of the composites on the way.
  };
  std::string text;      ///< The lookup's name ("root").
  std::size_t slot = 0;  ///< An array of composites, from the root down to the row's parent.
  std::vector<Column> columns;
};
struct Scope {
  std::vector<Name> names;
  bool allow_now = true;  ///< False: now() is refused here, with a reason.
  std::vector<Way> ways = {};
};

/// What is wrong with a template or expression, at a byte offset into its text.
struct Diagnostic {
  std::size_t offset = 0;
  std::string message;
  std::string hint;  ///< "did you mean 'customer_id'?", or how to quote.
};

/// Evaluation failed for this row: becomes a Rejection with Reason::expression.
struct EvalError {
  std::string sentence;
};

/// Things an evaluation may ask for that are not in the row.
struct Context {
  std::int64_t now = 0;  ///< The snapshot's time: microseconds since 1970, UTC.
};

class Node;  // internal: the compiled tree

/// One piece of a template: fixed text, or an expression. What the proof of a key's uniqueness looks at.
struct Piece {
  std::string literal;  ///< Fixed text where the piece is not an expression.
  bool is_expression = false;
  std::string source;                         ///< The expression's own text.
  std::optional<std::size_t> slot;            ///< Set where the expression is exactly one column.
  std::optional<std::size_t> injective_slot;  ///< Set where it is an injective function of exactly one column (the column itself, its text,
                                              ///< sortable(), descending()).
  int fixed_width = -1;                       ///< Bytes of every non-NULL result where that is constant (sortable(int8) ...), else -1.
  bool may_cut = false;                       ///< lpad/rpad narrower than the widest value: not injective; `check` warns.
  std::string cannot_contain;  ///< Bytes that the result never contains ("#:|/" for numbers, dates, uuids), for separators' proof.
};

/// A compiled template or expression. Immutable and shareable between threads.
class Program {
 public:
  Program();
  ~Program();
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// The type of the result; text for a template that is not exactly one {expression}.
  const row::Type& type() const { return type_; }
  const std::vector<Piece>& pieces() const { return pieces_; }
  /// Slots read, ascending, each once.
  const std::vector<std::size_t>& slots() const { return slots_; }
  /// The slot, where the whole program is exactly one column ("{customer_id}").
  std::optional<std::size_t> as_column() const;

  /// The value for one row; NULL anywhere in a template makes the whole NULL. Result bytes live in `arena` or in the row.
  std::expected<row::Cell, EvalError> evaluate(std::span<const row::Cell> row, const Context& context, Arena& arena) const;

  /// Result of a template that is not exactly one {expression}: appended as text to `out` without an intermediate cell.
  /// False: it is NULL, and `out` is as before.
  std::expected<bool, EvalError> append_text(std::span<const row::Cell> row, const Context& context, Arena& arena, Buffer& out) const;

 private:
  friend struct Compiler;
  row::Type type_;
  std::vector<Piece> pieces_;
  std::vector<std::size_t> slots_;
  std::vector<std::unique_ptr<const Node>> nodes_;  // one for each piece; null for literals
  std::vector<row::Type> types_;                    // one for each piece
};

/// Compiles a template ("ORDER#{placed_at}#{sortable(id)}"). Every mistake found is in the list.
std::expected<Program, std::vector<Diagnostic>> compile_template(std::string_view text, const Scope& scope);
/// Compiles a bare expression (`where: "status <> 'draft'"`).
std::expected<Program, std::vector<Diagnostic>> compile_expression(std::string_view text, const Scope& scope);

/// The text of a value as PostgreSQL's ::text (and this product's templates) write it: timestamps as ISO 8601 with 'T', see docs.
/// `type` gives scale, precision and nested types. Invalid cells and infinite values: see the return's sentence.
std::expected<void, EvalError> append_value_text(const row::Cell& cell, const row::Type& type, Buffer& out);

}  // namespace itemize::expr
