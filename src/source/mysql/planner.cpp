#include "source/mysql/planner.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "source/mysql/key_sql.h"
#include "source/mysql/midpoint.h"

namespace itemize::source::mysql {
namespace {

using Key = std::vector<std::string>;

/// More ranges than this help nobody and cost planning.
constexpr std::uint64_t most_ranges = 10'000;
/// Rows below which a range is not worth its two round trips.
constexpr std::uint64_t least_rows = 500;
/// Guesses tried for one cut: each costs one EXPLAIN, which looks at a few index pages.
constexpr int most_guesses = 12;

/// Keys from `first` to `last`, both real keys of the table.
struct Interval {
  Key first;
  Key last;
  std::uint64_t rows = 0;
};

/// Asks the server about one key of one table.
class KeyIndex {
 public:
  KeyIndex(Connection& connection, const row::Table& table, const row::UniqueKey& index, KeyComparison key)
      : connection_(connection),
        key_(std::move(key)),
        from_(" FROM " + table_name(table) + " FORCE INDEX (" + quoted(index.primary ? "PRIMARY" : index.name) + ")") {
    for (const row::Column& column : key_.columns()) {
      expressions_ += (expressions_.empty() ? "" : ", ") + key_expression(column);
      ascending_ += (ascending_.empty() ? "" : ", ") + quoted(column.name);
      descending_ += (descending_.empty() ? "" : ", ") + quoted(column.name) + " DESC";
    }
  }

  const KeyComparison& key() const { return key_; }

  Result<std::string> between(const Key& first, const Key& last, bool with_last) const {
    const std::string from = TRY(key_.at_least(first));
    return from + " AND " + TRY(key_.below(last, with_last));
  }
  Result<Interval> interval(const Key& first, const Key& last) const {
    const std::string condition = TRY(between(first, last, true));
    return Interval{first, last, TRY(rows(condition))};
  }

  /// The first or last key that satisfies the condition; nullopt where none does, or where a value has no text.
  Result<std::optional<Key>> end(const std::string& condition, bool last) const {
    const std::vector<TextRow> rows =
        TRY(connection_.query("SELECT " + expressions_ + from_ + (condition.empty() ? "" : " WHERE " + condition) + " ORDER BY " +
                              (last ? descending_ : ascending_) + " LIMIT 1"));
    if (rows.empty()) return std::nullopt;
    Key key;
    for (const std::optional<std::string>& value : rows.front()) {
      if (!value) return std::nullopt;
      key.push_back(*value);
    }
    return key;
  }

  /// The optimiser's estimate.
  Result<std::uint64_t> rows(const std::string& condition) const {
    const std::vector<TextRow> lines =
        TRY(connection_.query("EXPLAIN FORMAT=TRADITIONAL SELECT " + ascending_ + from_ + " WHERE " + condition));
    const std::vector<std::string>& names = connection_.column_names();
    const auto place = static_cast<std::size_t>(std::ranges::find(names, "rows") - names.begin());
    if (lines.empty() || place >= lines.front().size() || !lines.front()[place]) return 0;
    std::uint64_t estimate = 0;
    const std::string& text = *lines.front()[place];
    std::from_chars(text.data(), text.data() + text.size(), estimate);
    return estimate;
  }

 private:
  Connection& connection_;
  KeyComparison key_;
  std::string from_, expressions_, ascending_, descending_;
};

/// The key to cut by, and how many of its leading columns can be: ENUM and SET are ordered as numbers and compared as texts.
const row::UniqueKey* key_to_cut_by(const row::Table& table, std::vector<std::string>& columns) {
  const row::UniqueKey* const key = table.kind == row::TableKind::view ? nullptr : table.row_identity();
  if (key == nullptr) return nullptr;
  for (const std::size_t column : key->columns) {
    const row::TypeKind kind = table.columns[column].type.kind;
    if (kind == row::TypeKind::enumeration || kind == row::TypeKind::set || kind == row::TypeKind::unsupported) break;
    columns.push_back(table.columns[column].name);
  }
  return columns.empty() ? nullptr : key;
}

class Planner {
 public:
  /// `estimates_hold`: the optimiser's estimates are of use. Right after a bulk load they may be nonsense for some seconds; then each
  /// guess is taken for the middle.
  Planner(const KeyIndex& index, std::uint64_t target_rows, bool estimates_hold)
      : index_(index), target_rows_(target_rows), estimates_hold_(estimates_hold) {}

  /// Appends the first keys of the parts of the interval, but for the first part's.
  Result<void> cut(const Interval& interval) {
    if (interval.rows <= target_rows_ + target_rows_ / 2 || bounds_.size() >= most_ranges) return {};
    const std::optional<Key> middle = TRY(find_cut(interval));
    if (!middle) return {};
    const std::string before_middle = TRY(index_.between(interval.first, *middle, false));
    const std::optional<Key> left_last = TRY(index_.end(before_middle, true));
    if (!left_last) return {};
    Interval left{interval.first, *left_last, interval.rows / 2};
    Interval right{*middle, interval.last, interval.rows / 2};
    if (estimates_hold_) {
      left = TRY(index_.interval(left.first, left.last));
      right = TRY(index_.interval(right.first, right.last));
    }
    TRY(cut(left));
    bounds_.push_back({*middle, left.rows});
    return cut(right);
  }

  struct Bound {
    Key key;
    std::uint64_t rows_before = 0;
  };
  const std::vector<Bound>& bounds() const { return bounds_; }

 private:
  /// A real key above the interval's first, with about half of the rows before it.
  Result<std::optional<Key>> find_cut(const Interval& interval) const {
    std::size_t column = 0;
    while (column < interval.first.size() && interval.first[column] == interval.last[column]) ++column;
    if (column == interval.first.size()) return std::nullopt;
    std::string low = interval.first[column];
    std::string high = interval.last[column];
    Key guess(interval.first.begin(), interval.first.begin() + static_cast<std::ptrdiff_t>(column) + 1);
    std::optional<Key> best;
    double best_distance = 2;
    for (int tries = 0; tries < most_guesses; ++tries) {
      const std::optional<std::string> middle = midpoint(index_.key().columns()[column].type, low, high);
      if (!middle) break;
      guess[column] = *middle;
      if (!estimates_hold_) {
        best = guess;
        break;
      }
      const std::string before_guess = TRY(index_.between(interval.first, guess, false));
      const std::uint64_t before = TRY(index_.rows(before_guess));
      const double share = static_cast<double>(before) / static_cast<double>(interval.rows);
      const double distance = std::abs(share - 0.5);
      if (distance < best_distance) {
        best_distance = distance;
        best = guess;
      }
      if (distance < 0.25 || *middle == high) break;
      (share < 0.5 ? low : high) = *middle;
    }
    if (!best) return std::nullopt;
    // From the guess to the next real key; strictly above the first, so that the left part is never empty.
    const std::string from_guess = TRY(index_.between(*best, interval.last, true));
    const std::string above_first = TRY(index_.key().at_least(interval.first, true));
    return index_.end(from_guess + " AND " + above_first, false);
  }

  const KeyIndex& index_;
  std::uint64_t target_rows_;
  bool estimates_hold_;
  std::vector<Bound> bounds_;
};

Range whole_table(const row::Table& table) {
  Range range;
  range.schema = table.schema;
  range.table = table.name;
  range.estimated_rows = table.estimated_rows.value_or(0);
  range.estimated_bytes = table.estimated_bytes.value_or(0);
  return range;
}

/// Bytes a row: the server's statistics, or some rows themselves where these are larger. InnoDB learns late how many pages a table has
/// grown to, though it always knows about how many rows.
Result<double> row_size(Connection& connection, const row::Table& table) {
  std::string sizes;
  for (const row::Column& column : table.columns)
    if (column.readable) sizes += " + COALESCE(OCTET_LENGTH(" + quoted(column.name) + "), 1)";
  const std::vector<TextRow> found =
      TRY(connection.query("SELECT AVG(size) FROM (SELECT 0" + sizes + " AS size FROM " + table_name(table) + " LIMIT 20) AS some_rows"));
  const std::string average = found.empty() ? std::string() : found.front().at(0).value_or("");
  const double known = static_cast<double>(table.estimated_bytes.value_or(0)) /
                       static_cast<double>(std::max<std::uint64_t>(1, table.estimated_rows.value_or(1)));
  return std::max({1.0, known, std::strtod(average.c_str(), nullptr)});
}

std::vector<Range> ranges_of(const Range& whole, const std::vector<std::string>& columns, const Planner& planner, std::uint64_t rows,
                             double bytes_per_row) {
  std::vector<Range> ranges;
  Range range = whole;
  range.kind = RangeKind::keys;
  range.key_columns = columns;
  const std::uint64_t rows_each = rows / (planner.bounds().size() + 1);
  range.estimated_rows = rows_each;
  range.estimated_bytes = static_cast<std::uint64_t>(static_cast<double>(rows_each) * bytes_per_row);
  for (const Planner::Bound& bound : planner.bounds()) {
    range.upper = bound.key;
    ranges.push_back(range);
    range.lower = bound.key;
  }
  range.upper.reset();
  ranges.push_back(range);
  return ranges;
}

}  // namespace

Result<std::vector<Range>> plan_ranges(Connection& connection, const row::Table& table, std::uint64_t target_bytes) {
  const Range whole = whole_table(table);
  std::vector<std::string> columns;
  const row::UniqueKey* const key = key_to_cut_by(table, columns);
  if (key == nullptr) return std::vector{whole};
  const std::string where = "planning table " + table.display_name();
  KeyComparison comparison = TRY_WITH(where, KeyComparison::of(table, columns));
  const KeyIndex index(connection, table, *key, std::move(comparison));
  const std::optional<Key> first = TRY_WITH(where, index.end("", false));
  const std::optional<Key> last = TRY_WITH(where, index.end("", true));
  if (!first || !last) return std::vector{whole};
  Interval all = TRY_WITH(where, index.interval(*first, *last));
  // The optimiser never believes that a range is more than half of the table.
  const bool estimates_hold = all.rows >= table.estimated_rows.value_or(0) / 8;
  all.rows = std::max(all.rows, table.estimated_rows.value_or(0));
  if (all.rows <= least_rows) return std::vector{whole};
  const double bytes_per_row = TRY_WITH(where, row_size(connection, table));
  const double target_rows = std::clamp(static_cast<double>(target_bytes) / bytes_per_row, static_cast<double>(least_rows), 1e18);
  Planner planner(index, static_cast<std::uint64_t>(target_rows), estimates_hold);
  TRY_WITH(where, planner.cut(all));
  if (planner.bounds().empty()) return std::vector{whole};
  return ranges_of(whole, columns, planner, all.rows, bytes_per_row);
}

}  // namespace itemize::source::mysql
