// The one suite that every source passes, written against source.h only. See quirks.h for how an engine joins.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "row/cell_text.h"
#include "source/conformance/quirks.h"
#include "source/registry.h"

namespace itemize::source::conformance {

/// Rows as canonical texts (row::append_text); a NULL is null_text, a value without a text says why in angle brackets.
using Rows = std::vector<std::vector<std::string>>;
inline const std::string null_text = "<NULL>";

std::string text_of(const row::Cell& cell, const row::Type& type);

class Conformance : public testing::TestWithParam<Quirks> {
 protected:
  void SetUp() override;

  const Quirks& quirks() const { return GetParam(); }
  std::string name(const std::string& plain) const { return quirks().quote_name(plain); }
  std::string text(const std::string& plain) const { return quirks().quote_text(plain); }
  /// Runs SQL on the writer's connection; a complaint fails the test.
  void run(const std::string& sql);
  /// INSERT INTO table VALUES (..), (..), .. in portions that every engine takes.
  void insert(const std::string& quoted_table, const std::vector<std::string>& tuples);

  /// The table as the catalog has it now. Fails the test where it is not there (and gives an empty one).
  row::Table table(const std::string& plain);
  std::unique_ptr<Snapshot> snapshot(int connections = 1);
  /// Every row of a range (of all columns where none are named), in the order they come.
  Rows read(Snapshot& snapshot, const Range& range, const row::Table& table, std::vector<std::string> columns = {});
  /// Every row of all the ranges that plan() gives, each sent through JSON first; sorted.
  Rows read_planned(Snapshot& snapshot, const row::Table& table, std::uint64_t target_bytes, const std::vector<std::string>& columns = {});
  /// The whole table, sorted.
  Rows read_whole(Snapshot& snapshot, const row::Table& table);
  /// Makes the table, fills it, and says whether plans of every size give exactly its rows.
  void covers(const std::string& table_name, const std::string& columns, const std::vector<std::string>& tuples);
  void still_covers(const std::string& table_name, std::size_t rows);
  /// A range of exactly the rows with these keys.
  static Range rows_range(const row::Table& table, std::vector<std::string> key_columns, std::vector<std::vector<std::string>> keys);
  static Range whole_range(const row::Table& table);

  std::unique_ptr<Database> database_;
  std::unique_ptr<Source> source_;
};

/// For INSTANTIATE_TEST_SUITE_P: the quirks' own name.
inline std::string conformance_name(const testing::TestParamInfo<Quirks>& info) { return info.param.name; }

}  // namespace itemize::source::conformance
