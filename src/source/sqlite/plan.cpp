#include "source/sqlite/plan.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/json.h"
#include "row/cell_text.h"
#include "source/sqlite/names.h"

namespace itemize::source::sqlite {
namespace {

/// More ranges than this help nobody: each is a line in the journal.
constexpr std::size_t most_ranges = 2000;
/// Even a range of one byte holds a few rows: opening it costs as much as reading a hundred.
constexpr double fewest_rows = 250;
constexpr int probes = 8;
constexpr int rows_a_probe = 32;

/// Looks at a few rows here and there of a table with a rowid.
class Sampler {
 public:
  static Result<Sampler> make(Connection& connection, const row::Table& table, const std::string& rowid) {
    const std::string from = " FROM main." + quoted(table.name) + " AS t WHERE t." + rowid;
    Statement forward = TRY(
        connection.prepare("SELECT t." + rowid + ", t.*" + from + " >= ? ORDER BY t." + rowid + " LIMIT " + std::to_string(rows_a_probe)));
    Statement backward = TRY(connection.prepare("SELECT t." + rowid + from + " <= ? ORDER BY t." + rowid + " DESC LIMIT 1"));
    return Sampler(std::move(forward), std::move(backward));
  }

  /// The lowest rowid from `at` on; none where there are no more.
  Result<std::optional<std::int64_t>> next(std::int64_t at) {
    forward_.reset();
    forward_.bind(1, at);
    if (!TRY(forward_.step())) return std::nullopt;
    return forward_.integer(0);
  }
  Result<std::optional<std::int64_t>> last(std::int64_t at) {
    backward_.reset();
    backward_.bind(1, at);
    if (!TRY(backward_.step())) return std::nullopt;
    return backward_.integer(0);
  }

  struct Estimate {
    double rows = 0;
    double bytes = 0;
  };
  /// Of rows and bytes with a rowid in [first, last], both of which exist: the density after some points, taken for what lies between.
  Result<Estimate> estimate(std::int64_t first, std::int64_t last) {
    const double width = (static_cast<double>(last) - static_cast<double>(first) + 1) / probes;
    Estimate all;
    for (int probe = 0; probe < probes; ++probe) {
      const double from = static_cast<double>(first) + width * probe;
      // As doubles, neighbours near the ends of int64 are hundreds apart: stay inside.
      const std::int64_t start = probe == 0                          ? first
                                 : from >= static_cast<double>(last) ? last
                                                                     : std::max(first, static_cast<std::int64_t>(from));
      Density here = TRY(look(start, last));
      if (here.rows == 0) continue;
      const double filled = std::max(0.0, from + width - static_cast<double>(here.first));
      const double rows = here.complete ? here.rows / (probe + 1.0) : std::min(filled, here.rows / here.width * filled);
      all.rows += rows;
      all.bytes += rows * here.bytes / here.rows;
    }
    return all;
  }

 private:
  struct Density {
    double rows = 0, bytes = 0, width = 1;
    std::int64_t first = 0;
    bool complete = false;  // these are all the rows up to the end
  };
  Sampler(Statement forward, Statement backward) : forward_(std::move(forward)), backward_(std::move(backward)) {}

  Result<Density> look(std::int64_t start, std::int64_t last) {
    Density density;
    forward_.reset();
    forward_.bind(1, start);
    std::int64_t at = start;
    while (TRY(forward_.step())) {
      at = forward_.integer(0);
      if (at > last) {
        density.complete = true;
        break;
      }
      if (density.rows == 0) density.first = at;
      ++density.rows;
      density.bytes += static_cast<double>(forward_.row_bytes());
    }
    if (density.rows < rows_a_probe) density.complete = true;
    density.width = std::max(1.0, static_cast<double>(at) - static_cast<double>(density.first) + 1);
    return density;
  }

  Statement forward_;
  Statement backward_;
};

struct Piece {
  std::int64_t first;
  Sampler::Estimate estimate;
};

/// Halves [first, last] until each piece is small enough. Halves are cut back to the rows that exist, so that empty stretches,
/// however wide, cost a step each.
Result<void> split(Sampler& sampler, std::int64_t first, std::int64_t last, double target, std::vector<Piece>& pieces) {
  std::vector<std::pair<std::int64_t, std::int64_t>> open{{first, last}};
  while (!open.empty()) {
    const auto [from, to] = open.back();
    open.pop_back();
    const Sampler::Estimate size = TRY(sampler.estimate(from, to));
    if (from == to || size.bytes <= target || size.rows <= fewest_rows || pieces.size() + open.size() >= most_ranges) {
      pieces.push_back({from, size});
      continue;
    }
    // The upper half is done later: pieces come out in order.
    const auto middle = static_cast<std::int64_t>(static_cast<std::uint64_t>(from) +
                                                  (static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from)) / 2);
    const std::optional<std::int64_t> upper = TRY(sampler.next(middle + 1));
    const std::optional<std::int64_t> lower = TRY(sampler.last(middle));
    if (upper && *upper <= to) open.emplace_back(*upper, to);
    if (lower && *lower >= from) open.emplace_back(from, *lower);
  }
  return {};
}

Result<std::vector<Range>> by_rowid(Connection& connection, const row::Table& table, const std::string& rowid, double target,
                                    const Range& whole) {
  Sampler sampler = TRY(Sampler::make(connection, table, rowid));
  const std::optional<std::int64_t> first = TRY(sampler.next(std::numeric_limits<std::int64_t>::min()));
  if (!first) return std::vector{whole};
  const std::optional<std::int64_t> last = TRY(sampler.last(std::numeric_limits<std::int64_t>::max()));
  std::vector<Piece> pieces;
  TRY(split(sampler, *first, last.value_or(*first), target, pieces));
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
