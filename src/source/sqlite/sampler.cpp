#include "source/sqlite/sampler.h"

#include <algorithm>

#include "source/sqlite/names.h"

namespace itemize::source::sqlite {
namespace {

/// Few enough that a plan of a thousand ranges costs a fraction of a second, enough to see that rows are not evenly spread.
constexpr int probes = 8;
constexpr std::size_t rows_a_probe = 32;
constexpr double bytes_a_probe = 64 * 1024;

}  // namespace

Result<Sampler> Sampler::make(Connection& connection, const row::Table& table, const std::string& rowid) {
  const std::string from = " FROM main." + quoted(table.name) + " AS t WHERE t." + rowid;
  std::string sizes;
  for (const row::Column& column : table.columns) {
    const std::string name = "t." + quoted(column.name);
    // The length of a blob stands in the row's header: SQLite need not read it.
    sizes +=
        ", CASE typeof(" + name + ") WHEN 'blob' THEN length(" + name + ") WHEN 'text' THEN length(CAST(" + name + " AS BLOB)) ELSE 8 END";
  }
  Statement forward =
      TRY(connection.prepare("SELECT t." + rowid + sizes + from + " >= ? ORDER BY t." + rowid + " LIMIT " + std::to_string(rows_a_probe)));
  Statement backward = TRY(connection.prepare("SELECT t." + rowid + from + " <= ? ORDER BY t." + rowid + " DESC LIMIT 1"));
  return Sampler(std::move(forward), std::move(backward), static_cast<int>(table.columns.size()));
}

Result<std::optional<std::int64_t>> Sampler::next(std::int64_t at) {
  forward_.reset();
  forward_.bind(1, at);
  if (!TRY(forward_.step())) return std::nullopt;
  return forward_.integer(0);
}

Result<std::optional<std::int64_t>> Sampler::last(std::int64_t at) {
  backward_.reset();
  backward_.bind(1, at);
  if (!TRY(backward_.step())) return std::nullopt;
  return backward_.integer(0);
}

Result<Estimate> Sampler::estimate(std::int64_t first, std::int64_t last) {
  const double width = (static_cast<double>(last) - static_cast<double>(first) + 1) / probes;
  Estimate all;
  for (int probe = 0; probe < probes; ++probe) {
    const double from = static_cast<double>(first) + width * probe;
    // As doubles, neighbours near the ends of int64 are hundreds apart: stay inside.
    const std::int64_t start = probe == 0                          ? first
                               : from >= static_cast<double>(last) ? last
                                                                   : std::max(first, static_cast<std::int64_t>(from));
    const Density here = TRY(look(start, last));
    all.rows += here.rows;
    all.bytes += here.bytes;
    if (here.complete || here.rows == 0) break;
    // What lies before the first row found is empty; what comes after the last, up to the next probe, is filled as the last few are.
    // Probes at what was seen already are passed over.
    while (probe + 1 < probes && static_cast<double>(first) + width * (probe + 1) <= static_cast<double>(here.last)) ++probe;
    const double rest = std::max(0.0, static_cast<double>(first) + width * (probe + 1) - static_cast<double>(here.last) - 1);
    all.rows += rest * here.next;
    all.bytes += rest * here.next * here.bytes / here.rows;
  }
  // No more rows than rowids.
  const double most = static_cast<double>(last) - static_cast<double>(first) + 1;
  if (all.rows > most) all = {most, all.bytes / all.rows * most};
  return all;
}

Result<Sampler::Density> Sampler::look(std::int64_t start, std::int64_t last) {
  Density density;
  forward_.reset();
  forward_.bind(1, start);
  std::vector<std::int64_t> found;
  while (found.size() < 2 || density.bytes < bytes_a_probe) {
    const bool more = TRY(forward_.step());
    if (!more || forward_.integer(0) > last) {
      density.complete = more || found.size() < rows_a_probe;
      break;
    }
    found.push_back(forward_.integer(0));
    for (int column = 1; column <= columns_; ++column) density.bytes += static_cast<double>(forward_.integer(column));
  }
  density.rows = static_cast<double>(found.size());
  if (found.empty()) return density;
  density.first = found.front();
  density.last = found.back();
  const std::size_t few = found.size() / 2;
  const double width = static_cast<double>(found.back()) - static_cast<double>(found[found.size() - 1 - few]);
  density.next = static_cast<double>(few) / std::max(1.0, width);
  return density;
}

Result<std::vector<Piece>> split(Sampler& sampler, std::int64_t first, std::int64_t last, Estimate small, std::size_t most) {
  const auto smaller = [](const Piece& a, const Piece& b) { return a.estimate.bytes < b.estimate.bytes; };
  std::vector<Piece> heap{{first, last, TRY(sampler.estimate(first, last))}};
  std::vector<Piece> done;
  while (!heap.empty()) {
    std::ranges::pop_heap(heap, smaller);
    const Piece piece = heap.back();
    heap.pop_back();
    const bool is_small = piece.first == piece.last || piece.estimate.rows <= small.rows || piece.estimate.bytes <= small.bytes;
    if (is_small || done.size() + heap.size() + 2 > most) {
      done.push_back(piece);
      continue;
    }
    const auto width = static_cast<std::uint64_t>(piece.last) - static_cast<std::uint64_t>(piece.first);
    const auto middle = static_cast<std::int64_t>(static_cast<std::uint64_t>(piece.first) + width / 2);
    const std::optional<std::int64_t> lower = TRY(sampler.last(middle));
    const std::optional<std::int64_t> upper = TRY(sampler.next(middle + 1));
    for (const auto& [from, to] :
         {std::pair(piece.first, lower.value_or(piece.first)), std::pair(upper.value_or(piece.last), piece.last)}) {
      heap.push_back({from, to, TRY(sampler.estimate(from, to))});
      std::ranges::push_heap(heap, smaller);
    }
  }
  std::ranges::sort(done, {}, &Piece::first);
  return done;
}

}  // namespace itemize::source::sqlite
