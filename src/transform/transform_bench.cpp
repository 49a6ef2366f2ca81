// Rows to framed DynamoDB JSON: what one core makes of a wide row (17 columns of the common types) and of pgbench_accounts.
//
// On one 2.6 GHz x86-64 core: 2.0 million wide rows a second (0.49 us, 1.1 GB/s of JSON), 8.7 million accounts. What bounds
// it is the number of instructions, about 7,500 for a wide row and spread evenly: no function has more than a tenth. The largest are the
// steps from attribute to attribute (17 %), escaping text (8 %), digits of numbers (15 %), dates and times (8 %); branches are
// predicted (3 % are not), and everything stays in the first cache.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "model/relations_testing.h"
#include "transform/benchmark_loop.h"
#include "transform/testing.h"

namespace itemize::transform {
namespace {

using row::Cell;
using row::CellKind;
using row::TypeKind;
using testing::type_of;

constexpr std::size_t batch_rows = 512;

row::Table wide_table() {
  return testing::table_of("orders", {{"id", type_of(TypeKind::integer, "bigint")},
                                      {"customer_id", type_of(TypeKind::integer, "integer")},
                                      {"status", type_of(TypeKind::text, "text")},
                                      {"total", type_of(TypeKind::decimal, "numeric", 12, 2)},
                                      {"tax", type_of(TypeKind::decimal, "numeric", 12, 2)},
                                      {"discount", type_of(TypeKind::decimal, "numeric", 6, 4)},
                                      {"currency", type_of(TypeKind::character, "char")},
                                      {"placed_at", type_of(TypeKind::timestamp_tz, "timestamptz", 6)},
                                      {"shipped_at", type_of(TypeKind::timestamp_tz, "timestamptz", 6)},
                                      {"due", type_of(TypeKind::date, "date")},
                                      {"paid", type_of(TypeKind::boolean, "boolean")},
                                      {"reference", type_of(TypeKind::uuid, "uuid")},
                                      {"note", type_of(TypeKind::text, "text")},
                                      {"address", type_of(TypeKind::text, "text")},
                                      {"items", type_of(TypeKind::integer, "smallint")},
                                      {"weight", type_of(TypeKind::float64, "float8")},
                                      {"channel", type_of(TypeKind::enumeration, "channel")}});
}

void fill_wide(row::RowBatch& batch) {
  batch.clear(17);
  std::srand(1);
  Arena& arena = batch.arena();
  const auto digits = [](int below) { return static_cast<std::int16_t>(std::rand() % below); };
  for (std::size_t index = 0; index < batch_rows; ++index) {
    Cell* cells = batch.add_row();
    const auto number = static_cast<std::int64_t>(index);
    cells[0] = Cell::integer(4'000'000 + number);
    cells[1] = Cell::integer(std::rand() % 100'000);
    cells[2] = Cell::text(index % 3 == 0 ? "delivered" : "in transit");
    cells[3] = testing::wire_decimal(arena, 0, false, 2, {digits(9000), static_cast<std::int16_t>(100 * digits(100))});
    cells[4] = testing::wire_decimal(arena, 0, false, 2, {digits(900), static_cast<std::int16_t>(100 * digits(100))});
    cells[5] = testing::wire_decimal(arena, -1, false, 4, {static_cast<std::int16_t>(1 + digits(9000))});
    cells[6] = Cell::text("EUR");
    cells[7] = Cell::make(CellKind::timestamp_tz, 1'700'000'000'000'000 + number * 61'234'567);
    cells[8] = index % 4 == 0 ? Cell::null() : Cell::make(CellKind::timestamp_tz, 1'700'100'000'000'000 + number * 71'234'567);
    cells[9] = Cell::make(CellKind::date, 19'700 + number % 60);
    cells[10] = Cell::boolean(index % 2 == 0);
    std::string uuid(16, '\0');
    for (char& byte : uuid) byte = static_cast<char>(std::rand());
    cells[11] = Cell::view_of(CellKind::uuid, arena.copy(uuid));
    cells[12] = Cell::text("leave it with the neighbours, please");
    cells[13] = Cell::text(arena.copy("Große Straße " + std::to_string(index) + ", 10115 Berlin"));
    cells[14] = Cell::integer(1 + std::rand() % 20);
    cells[15] = Cell::real(CellKind::float64, std::rand() % 100'000 / 1000.0);
    cells[16] = Cell::text("web");
  }
}

row::Table accounts_table() {
  return testing::table_of("pgbench_accounts", {{"aid", type_of(TypeKind::integer, "integer")},
                                                {"bid", type_of(TypeKind::integer, "integer")},
                                                {"abalance", type_of(TypeKind::integer, "integer")},
                                                {"filler", type_of(TypeKind::character, "char")}});
}

void fill_accounts(row::RowBatch& batch) {
  batch.clear(4);
  const std::string_view filler = batch.arena().copy(std::string(84, ' '));
  for (std::size_t index = 0; index < batch_rows; ++index) {
    Cell* cells = batch.add_row();
    cells[0] = Cell::integer(500'000 + static_cast<std::int64_t>(index));
    cells[1] = Cell::integer(7);
    cells[2] = Cell::integer(0);
    cells[3] = Cell::text(filler);
  }
}

void transform(benchmark::State& state, const std::string& key, row::Table table, void (*fill)(row::RowBatch&), item::Framing framing) {
  const std::string from = table.name;
  const testing::Fixture fixture(
      "itemize: 1\nsource: sqlite:x.db\ntables:\n  target: { partition_key: { PK: S } }\nitems:\n  Item: { table: target, from: " + from +
          ", key: { PK: \"" + key + "\" } }\n",
      std::move(table), framing);
  if (!fixture.program) return state.SkipWithError(fixture.problem.c_str());
  row::RowBatch rows;
  fill(rows);
  testing::run_repeatedly(state, *fixture.program, rows, batch_rows);
}

/// Orders with ten lines each, the product looked up for each line and flattened into it: rows counted are lines.
void documents(benchmark::State& state, const std::string& shape) {
  constexpr std::size_t lines = 10;
  std::vector<row::Catalog> catalogs = {model::testing::shop_catalog()};
  const auto parsed = model::parse_model(
      "itemize.yaml",
      model::testing::shop_model("orders",
                                 {"columns: none", "embed: { lines: { from: order_lines, columns: [line_no, quantity, price], " + shape +
                                                       " lookup: { product: { from: products, columns: [name], flatten: true } } } }"}),
      {});
  if (!parsed.model) return state.SkipWithError("no model");
  const model::BindResult bound = model::bind_model(*parsed.model, catalogs);
  if (!bound.bound) return state.SkipWithError("not bound");
  const model::BoundTable& table = bound.bound->tables[0];
  const model::BoundRows& child = *table.relations[0].child;
  row::RowBatch rows(table.width());
  for (std::size_t order = 0; order < batch_rows / lines; ++order) {
    Cell* children = rows.arena().allocate_array<Cell>(lines);
    for (std::size_t index = 0; index < lines; ++index) {
      Cell* cells = rows.arena().allocate_array<Cell>(child.width());
      const Cell values[] = {Cell::integer(static_cast<std::int64_t>(order)),
                             Cell::integer(static_cast<std::int64_t>(index)),
                             Cell::integer(7),
                             Cell::integer(3),
                             Cell::view_of(CellKind::decimal_text, "12.50"),
                             Cell::integer(7),
                             Cell::text("Gaffer tape, black")};
      std::fill_n(cells, child.width(), Cell{});
      std::copy_n(values, std::min(std::size(values), child.width()), cells);
      children[index] = Cell::nested(CellKind::composite, cells, child.width());
    }
    Cell* cells = rows.add_row();
    cells[0] = Cell::integer(static_cast<std::int64_t>(order));
    cells[table.relations[0].slot] = Cell::nested(CellKind::array, children, lines);
  }
  const Program program(*bound.bound, table, {"{\"Item\":", "}\n", false});
  testing::run_repeatedly(state, program, rows, rows.rows() * lines);
}

constexpr item::Framing to_files{"{\"Item\":", "}\n", false};
constexpr item::Framing to_table{"{\"PutRequest\":{\"Item\":", "}}", true};

BENCHMARK_CAPTURE(transform, wide_row_to_files, "ORDER#{id}", wide_table(), fill_wide, to_files);
BENCHMARK_CAPTURE(transform, wide_row_to_table, "ORDER#{id}", wide_table(), fill_wide, to_table);
BENCHMARK_CAPTURE(transform, accounts_to_files, "{aid}", accounts_table(), fill_accounts, to_files);
BENCHMARK_CAPTURE(transform, accounts_to_table, "{aid}", accounts_table(), fill_accounts, to_table);
BENCHMARK_CAPTURE(documents, lines_as_list, "");
BENCHMARK_CAPTURE(documents, lines_as_map, "shape: { map_by: line_no },");

}  // namespace
}  // namespace itemize::transform
