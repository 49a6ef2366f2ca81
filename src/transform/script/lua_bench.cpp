// Lua scripts: what one core makes of rows with a small script.
#include <benchmark/benchmark.h>

#include <string>

#include "transform/benchmark_loop.h"
#include "transform/testing.h"

namespace itemize::transform {
namespace {

using row::Cell;
using row::CellKind;
using row::TypeKind;
using testing::type_of;

constexpr std::size_t batch_rows = 512;

void lua(benchmark::State& state, const std::string& function) {
  row::Table table = testing::table_of("orders", {{"id", type_of(TypeKind::integer, "bigint")},
                                                  {"customer_id", type_of(TypeKind::integer, "integer")},
                                                  {"status", type_of(TypeKind::text, "text")},
                                                  {"total", type_of(TypeKind::decimal, "numeric", 12, 2)},
                                                  {"currency", type_of(TypeKind::text, "char")},
                                                  {"placed_at", type_of(TypeKind::timestamp_tz, "timestamptz", 6)},
                                                  {"paid", type_of(TypeKind::boolean, "boolean")},
                                                  {"note", type_of(TypeKind::text, "text")}});
  const testing::Fixture fixture(
      "itemize: 1\nsource: sqlite:x.db\ntables:\n  target: { partition_key: { PK: S } }\nitems:\n  Item:\n    table: target\n    from: "
      "orders\n"
      "    key: { PK: \"ORDER#{id}\" }\n    script:\n      lua: |\n        " +
          function + "\n",
      std::move(table), {"{\"PutRequest\":{\"Item\":", "}}", true});
  if (!fixture.program) return state.SkipWithError(fixture.problem.c_str());
  row::RowBatch rows(8);
  for (std::size_t index = 0; index < batch_rows; ++index) {
    Cell* cells = rows.add_row();
    cells[0] = Cell::integer(4'000'000 + static_cast<std::int64_t>(index));
    cells[1] = Cell::integer(static_cast<std::int64_t>(index * 7919 % 100'000));
    cells[2] = Cell::text(index % 3 == 0 ? "delivered" : "in transit");
    cells[3] = testing::wire_decimal(rows.arena(), 0, false, 2, {static_cast<std::int16_t>(index + 1), 5000});
    cells[4] = Cell::text("EUR");
    cells[5] = Cell::make(CellKind::timestamp_tz, 1'700'000'000'000'000 + static_cast<std::int64_t>(index) * 61'234'567);
    cells[6] = Cell::boolean(index % 2 == 0);
    cells[7] = Cell::text("leave it with the neighbours, please");
  }
  testing::run_repeatedly(state, *fixture.program, rows, batch_rows);
}

BENCHMARK_CAPTURE(lua, item_as_it_is, "function transform(item) return item end");
BENCHMARK_CAPTURE(lua, small,
                  "function transform(item) if item.total > 100 then item.tier = 'gold' end item.status = item.status:upper() item.note = "
                  "nil return item end");
BENCHMARK_CAPTURE(
    lua, small_with_row,
    "function transform(item, row) item.tier = row.total > 100 and 'gold' or 'silver' item.status = row.status:upper() return item end");

}  // namespace
}  // namespace itemize::transform
