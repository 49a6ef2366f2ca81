// Forecast: how long a load will read the source, and so hold its snapshot, and how long it will write, from a short sample.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/migration.h"
#include "pipeline/snapshots.h"

namespace itemize::pipeline {

struct ForecastOptions {
  int connections = 2;                     ///< Readers of each source. They are expected not to hinder each other.
  std::chrono::milliseconds sample{1500};  ///< For each source, shared out by the sizes of its tables.
  double write_units_per_second = 0;       ///< For each DynamoDB table; 0: what it is made for.
  std::stop_token stop;
};

struct Forecast {
  struct Source {
    std::string name;
    std::uint64_t rows = 0;  ///< As the source estimates them.
    double seconds = 0;      ///< To read them, and make items of them.
  };
  struct Table {
    std::string name;
    double items = 0;
    double write_units = 0;  ///< Of the table; each index that holds an item costs its own beside.
    double rate = 0;         ///< WCU a second.
    std::string rate_of;     ///< Where that comes from, in words.
  };
  std::vector<Source> sources;
  std::vector<Table> tables;
  std::vector<std::string> unknown;  ///< Tables whose size the source does not tell.
  bool at_least = false;             ///< Joined rows, which nobody sampled, come on top.

  double read_seconds() const;  ///< Sources are read at the same time.
  double write_seconds() const;
  /// With a queue on disk the source is let go when it is read, however slow the target is.
  double snapshot_seconds() const { return read_seconds(); }
  double load_seconds() const;
};

/// What a new on-demand table takes at once (AWS, "DynamoDB throughput capacity"); it grows from there under load.
inline constexpr double new_on_demand_write_units = 4000;

/// Reads a little of each table.
Result<Forecast> forecast(const Migration& migration, const Snapshots& snapshots, const ForecastOptions& options);

}  // namespace itemize::pipeline
