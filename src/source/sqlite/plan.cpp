#include "source/sqlite/plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/json.h"
#include "row/cell_text.h"
#include "source/sqlite/names.h"
#include "source/sqlite/sampler.h"

namespace itemize::source::sqlite {
namespace {

/// More ranges than this help nobody: each is a line in the journal.
constexpr std::size_t most_ranges = 2000;
/// Even a range of one byte holds a few rows: opening it costs as much as reading a hundred.
constexpr double fewest_rows = 250;

Result<std::vector<Range>> by_rowid(Connection& connection, const row::Table& table, const std::string& rowid, double target,
                                    const Range& whole) {
  Sampler sampler = TRY(Sampler::make(connection, table, rowid));
  const std::optional<std::int64_t> first = TRY(sampler.next(std::numeric_limits<std::int64_t>::min()));
  if (!first) return std::vector{whole};
  const std::optional<std::int64_t> last = TRY(sampler.last(std::numeric_limits<std::int64_t>::max()));
  const std::vector<Piece> pieces = TRY(split(sampler, *first, last.value_or(*first), {fewest_rows, target}, most_ranges));
  std::vector<Range> ranges;
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    Range range = whole;
    range.kind = pieces.size() == 1 ? RangeKind::whole : RangeKind::blocks;
    // The ends are open: a range stands for every rowid there could be.
    range.first_block = index == 0 ? std::numeric_limits<std::int64_t>::min() : pieces[index].first;
    if (index + 1 < pieces.size()) range.end_block = pieces[index + 1].first;
    if (range.kind == RangeKind::whole) range.first_block = 0;
    range.estimated_rows = static_cast<std::uint64_t>(std::llround(pieces[index].estimate.rows));
    range.estimated_bytes = static_cast<std::uint64_t>(std::llround(pieces[index].estimate.bytes));
    ranges.push_back(std::move(range));
  }
  return ranges;
}

/// The canonical texts of the key where the walk stands, for a Range's bound; none where it has no text that travels in JSON.
std::optional<std::vector<std::string>> key_texts(const Statement& row, const std::vector<row::Type>& types, Arena& arena) {
  std::vector<std::string> texts;
  arena.reset();
  for (std::size_t column = 0; column < types.size(); ++column) {
    Buffer text;
    if (row::append_text(row.cell(static_cast<int>(column), arena), types[column], text) != row::TextStatus::ok) return std::nullopt;
    texts.emplace_back(text.view());
    std::string json;
    json::append_quoted(json, texts.back());
    if (!json::parse(json)) return std::nullopt;  // text that is not UTF-8
  }
  return texts;
}

Result<std::vector<Range>> by_key(Connection& connection, const row::Table& table, const row::UniqueKey& key, double target,
                                  const Range& whole) {
  std::string columns;
  std::vector<std::string> names;
  std::vector<row::Type> types;
  for (const std::size_t column : key.columns) {
    names.push_back(table.columns[column].name);
    types.push_back(table.columns[column].type);
    columns += (columns.empty() ? "t." : ", t.") + quoted(names.back());
  }
  // Not by a bare `SELECT *`: the key comes first and in its own order.
  Statement walk = TRY(connection.prepare("SELECT " + columns + ", t.* FROM main." + quoted(table.name) + " AS t ORDER BY " + columns));
  std::vector<Range> ranges{whole};
  Arena arena;
  double bytes = 0;
  double rows = 0;
  while (TRY(walk.step())) {
    const bool full = bytes >= target && rows >= fewest_rows && ranges.size() < most_ranges;
    if (std::optional<std::vector<std::string>> bound = full ? key_texts(walk, types, arena) : std::nullopt) {
      ranges.back().upper = *std::move(bound);
      ranges.push_back(whole);
      ranges.back().lower = ranges[ranges.size() - 2].upper;
      bytes = rows = 0;
    }
    ++rows;
    bytes += static_cast<double>(walk.row_bytes());
    ranges.back().estimated_rows = static_cast<std::uint64_t>(rows);
    ranges.back().estimated_bytes = static_cast<std::uint64_t>(bytes);
  }
  if (ranges.size() > 1)
    for (Range& range : ranges) {
      range.kind = RangeKind::keys;
      range.key_columns = names;
    }
  return ranges;
}

}  // namespace

Result<std::vector<Range>> plan_ranges(Connection& connection, const row::Table& table, std::uint64_t target_bytes) {
  Range whole;
  whole.table = table.name;
  whole.estimated_rows = table.estimated_rows.value_or(0);
  whole.estimated_bytes = table.estimated_bytes.value_or(0);
  Statement kind = TRY(connection.prepare("SELECT type, wr FROM pragma_table_list(?) WHERE schema = 'main'"));
  kind.bind(1, table.name);
  if (!TRY(kind.step())) return fail(ErrorCode::not_found, "table " + table.name + " is not there any more");
  const double target = static_cast<double>(target_bytes);
  if (kind.text(0) != "table") return std::vector{whole};
  const bool without_rowid = kind.integer(1) != 0;
  if (without_rowid)
    return table.row_identity() == nullptr ? std::vector{whole} : TRY(by_key(connection, table, *table.row_identity(), target, whole));
  const std::optional<std::string> rowid = rowid_name(table);
  return rowid ? TRY(by_rowid(connection, table, *rowid, target, whole)) : std::vector{whole};
}

}  // namespace itemize::source::sqlite
