// For tests of equality: which rows of two tables go together by their edge keys, to be compared with the engine's own `=`.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "row/edge_key.h"
#include "source/source.h"

namespace itemize::source::conformance {

/// Pairs "1-2" of the ids of two tables, each with the columns `id` and `c`.
using EdgePairs = std::set<std::string>;

/// By edge key, the ids of the rows that have it.
inline std::map<std::string, std::vector<std::int64_t>> ids_by_edge(Snapshot& snapshot, const row::Table& table,
                                                                    const row::EdgeSide& side) {
  std::map<std::string, std::vector<std::int64_t>> ids;
  Range range;
  range.schema = table.schema;
  range.table = table.name;
  const std::vector<std::string> forms = side.key_form ? std::vector<std::string>{"c"} : std::vector<std::string>{};
  const auto reader = snapshot.open_with_key_forms(range, table, {"id", "c"}, forms);
  EXPECT_TRUE(reader) << reader.error().to_string();
  row::RowBatch batch;
  while (reader) {
    const Result<bool> more = (*reader)->next(batch);
    EXPECT_TRUE(more) << more.error().to_string();
    if (!more || !*more) break;
    for (std::size_t index = 0; index < batch.rows(); ++index) {
      Buffer key;
      if (row::append_edge_part(batch.row(index)[side.key_form ? 2 : 1], side, key))
        ids[std::string(key.view())].push_back(batch.row(index)[0].i);
    }
  }
  return ids;
}

/// `reference` is the table whose column is referred to. A pair of columns that cannot be keyed gives one line with the reason.
inline EdgePairs edge_pairs(Source& source, const std::string& schema, const std::string& reference, const std::string& other) {
  const Result<row::Catalog> catalog = source.catalog();
  EXPECT_TRUE(catalog) << catalog.error().to_string();
  if (!catalog) return {};
  const row::Table* const tables[] = {catalog->find(schema, reference), catalog->find(schema, other)};
  if (tables[0] == nullptr || tables[1] == nullptr) return {"a table is missing"};
  const auto rule = row::edge_rule(tables[0]->columns[*tables[0]->column("c")], tables[1]->columns[*tables[1]->column("c")]);
  if (!rule) return {"refused: " + rule.error()};
  const auto snapshot = source.snapshot({});
  EXPECT_TRUE(snapshot) << snapshot.error().to_string();
  if (!snapshot) return {};
  const auto left = ids_by_edge(**snapshot, *tables[0], rule->reference);
  EdgePairs pairs;
  for (const auto& [key, ids] : ids_by_edge(**snapshot, *tables[1], rule->other)) {
    const auto found = left.find(key);
    if (found == left.end()) continue;
    for (const std::int64_t one : found->second)
      for (const std::int64_t two : ids) pairs.insert(std::to_string(one) + "-" + std::to_string(two));
  }
  return pairs;
}

/// "(1, value), (2, value), ..." for INSERT.
inline std::string numbered_values(const std::vector<std::string>& literals) {
  std::string list;
  for (std::size_t index = 0; index < literals.size(); ++index)
    list += (index == 0 ? "(" : ", (") + std::to_string(index + 1) + ", " + literals[index] + ")";
  return list;
}

}  // namespace itemize::source::conformance
