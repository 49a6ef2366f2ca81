// A scope of a few columns and a row of it, for the tests of this room.
#pragma once

#include <string>
#include <vector>

#include "expr/program.h"
#include "expr/sql_type.h"
#include "row/cell_text.h"

namespace itemize::expr {

/// A scope of a few columns, and a row of it.
struct World {
  Scope scope{{{"id", type_from(Sql::int4), 0, false},
               {"name", type_from(Sql::text), 1, true},
               {"Full Name", type_from(Sql::text), 2, true},
               {"price", type_from(Sql::numeric), 3, true},
               {"at", type_from(Sql::timestamptz), 4, true},
               {"order", type_from(Sql::text), 5, true},
               {"nothing", type_from(Sql::text), 6, true},
               {"big", type_from(Sql::int8), 7, true},
               {"doc", type_from(Sql::jsonb), 8, true},
               {"real", type_from(Sql::float8), 9, true}},
              true};
  std::vector<row::Cell> row{row::Cell::integer(42),
                             row::Cell::text("José"),
                             row::Cell::text("Ada L."),
                             row::Cell::view_of(row::CellKind::decimal_text, "12.50"),
                             row::Cell::make(row::CellKind::timestamp_tz, 1'709'210'096'123'456),
                             row::Cell::text("o-1"),
                             row::Cell::null(),
                             row::Cell::integer(-7),
                             row::Cell::view_of(row::CellKind::json, R"({"a":{"b":[1,2]},"t":"x"})"),
                             row::Cell::real(row::CellKind::float64, 0.1)};
  Arena arena{256};  // small, so that values cross blocks
  Context context{1'700'000'000'000'000};

  std::string show(const std::expected<Program, std::vector<Diagnostic>>& program) {
    if (!program)
      return "@" + std::to_string(program.error().front().offset) + " " + program.error().front().message +
             (program.error().front().hint.empty() ? "" : "; " + program.error().front().hint);
    const auto value = program->evaluate(row, context, arena);
    if (!value) return "error: " + value.error().sentence;
    if (value->is_null()) return "NULL";
    Buffer out;
    row::append_text(*value, program->type(), out);
    return std::string(out.view());
  }
  /// (source)::text, "NULL", or "error" where it fails (at once, or for the row).
  std::string answer(const std::string& source) {
    const auto program = compile_expression("(" + source + ")::text", scope);
    if (!program) return "error";
    const auto value = program->evaluate(row, context, arena);
    return !value ? "error" : value->is_null() ? "NULL" : std::string(value->view());
  }
  std::string text(std::string_view source) { return show(compile_template(source, scope)); }
  std::string value(std::string_view source) { return show(compile_expression(source, scope)); }
};

}  // namespace itemize::expr
