// Helpers of the transform's tests and benchmarks: a model over one table, and rows put through it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "item/batch.h"
#include "item/dynamodb_json.h"
#include "model/bind.h"
#include "row/batch.h"
#include "transform/transformer.h"

namespace itemize::transform::testing {

inline row::Type type_of(row::TypeKind kind, std::string name = {}, int precision = -1, int scale = -1) {
  row::Type type;
  type.kind = kind;
  type.name = std::move(name);
  type.precision = precision;
  type.scale = scale;
  return type;
}

inline row::Table table_of(std::string name, std::vector<std::pair<std::string, row::Type>> columns) {
  row::Table table;
  table.name = std::move(name);
  for (auto& [column, type] : columns) table.columns.push_back({std::move(column), std::move(type), true, false, true, {}});
  table.columns.at(0).nullable = false;
  table.unique_keys.push_back({"primary", {0}, true, true});
  return table;
}

/// A model bound to one table. Slots are the table's columns, as long as the model reads all of them.
struct Fixture {
  std::optional<model::Model> model;
  std::vector<row::Catalog> catalogs;
  std::optional<model::BoundModel> bound;
  std::string problem;  ///< Why there is no bound model.
  std::unique_ptr<Program> program;

  Fixture(const std::string& yaml, row::Table table, item::Framing framing = {}, OpenProgram open_program = {}) {
    catalogs.emplace_back().tables.push_back(std::move(table));
    model::ParseResult parsed = model::parse_model("itemize.yaml", yaml, {});
    note(parsed.findings);
    model = std::move(parsed.model);
    if (!model) return;
    model::BindResult result = model::bind_model(*model, catalogs);
    note(result.findings);
    bound = std::move(result.bound);
    if (bound) program = std::make_unique<Program>(*bound, bound->tables.at(0), framing, std::move(open_program));
  }

 private:
  void note(const std::vector<model::Finding>& findings) {
    for (const model::Finding& finding : findings)
      if (finding.severity == model::Severity::error) problem += model::to_string(finding, "itemize.yaml") + "\n";
  }
};

/// What one batch came to.
struct Outcome {
  item::ItemBatch items;
  std::vector<RowRejection> rejections;
  Counts counts;
  std::string error;  ///< Of the run as a whole.

  const item::TableItems& table() const { return items.tables.at(0); }
  /// The framed text of each put of the first table.
  std::vector<std::string> texts() const {
    std::vector<std::string> result;
    for (const item::Put& put : table().puts) result.emplace_back(table().framed(put));
    return result;
  }
};

inline Outcome run(const Fixture& fixture, const row::RowBatch& rows, std::int64_t now = 0) {
  Outcome outcome;
  outcome.items.tables.resize(fixture.model->tables.size());
  Transformer transformer(*fixture.program, {now});
  if (const auto done = transformer.run(rows, outcome.items, outcome.rejections); !done) outcome.error = done.error().to_string();
  outcome.counts = transformer.counts();
  return outcome;
}

inline row::RowBatch rows_of(std::initializer_list<std::vector<row::Cell>> rows) {
  row::RowBatch batch(rows.size() == 0 ? 0 : rows.begin()->size());
  for (const std::vector<row::Cell>& row : rows) {
    row::Cell* cells = batch.add_row();
    for (std::size_t index = 0; index < row.size(); ++index) cells[index] = row[index];
  }
  return batch;
}

/// PostgreSQL's numeric_send form of a number: base-10000 digits with a weight. The bytes live in `arena`.
inline row::Cell wire_decimal(Arena& arena, std::int16_t weight, bool negative, std::int16_t scale,
                              std::initializer_list<std::int16_t> digits) {
  std::string bytes;
  const auto add = [&](std::int16_t value) {
    bytes += static_cast<char>(static_cast<std::uint16_t>(value) >> 8);
    bytes += static_cast<char>(value & 0xFF);
  };
  add(static_cast<std::int16_t>(digits.size()));
  add(weight);
  add(static_cast<std::int16_t>(negative ? 0x4000 : 0));
  add(scale);
  for (const std::int16_t digit : digits) add(digit);
  return row::Cell::view_of(row::CellKind::decimal_wire, arena.copy(bytes));
}

}  // namespace itemize::transform::testing
