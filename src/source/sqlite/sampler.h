// How many rows and bytes there are between two rowids, by looking at a few.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "row/catalog.h"
#include "source/sqlite/connection.h"

namespace itemize::source::sqlite {

struct Estimate {
  double rows = 0;
  double bytes = 0;
};

/// Looks at a few rows here and there of a table with a rowid; `rowid` is a name of it (see rowid_name).
class Sampler {
 public:
  static Result<Sampler> make(Connection& connection, const row::Table& table, const std::string& rowid);

  /// The lowest rowid from `at` on; none where there are no more.
  Result<std::optional<std::int64_t>> next(std::int64_t at);
  /// The highest rowid up to `at`.
  Result<std::optional<std::int64_t>> last(std::int64_t at);
  /// Of the rows in [first, last], both of which exist: the density at some points, taken for what lies between. Rather too many
  /// than too few: what is too large is split and looked at again.
  Result<Estimate> estimate(std::int64_t first, std::int64_t last);

 private:
  struct Density {
    double rows = 0, bytes = 0;
    double next = 0;  ///< Rows a rowid, from the last one seen on.
    std::int64_t first = 0, last = 0;
    bool complete = false;  ///< These are all the rows up to the end.
  };
  Sampler(Statement forward, Statement backward, int columns)
      : forward_(std::move(forward)), backward_(std::move(backward)), columns_(columns) {}
  Result<Density> look(std::int64_t start, std::int64_t last);

  Statement forward_;
  Statement backward_;
  int columns_;
};

/// A stretch of rowids, from `first` to before the next piece's.
struct Piece {
  std::int64_t first = 0;
  std::int64_t last = 0;
  Estimate estimate;
};

/// Halves [first, last], the largest piece first, until each piece is within `small` by rows or by bytes, or there are `most` of
/// them. Halves are cut back to the rows that exist, so that empty stretches, however wide, cost a step each, and rows that are
/// bunched together are found. In order of rowid.
Result<std::vector<Piece>> split(Sampler& sampler, std::int64_t first, std::int64_t last, Estimate small, std::size_t most);

}  // namespace itemize::source::sqlite
