// Journal: what has been done, in .itemize/journal.db (SQLite). The only memory that a resumed run has.
//
// A run is one `load` or `export`; a generation is one snapshot of it. Ranges belong to a generation. All calls are
// thread-safe; every call that returns success is durable against kill -9 (and, with synchronous=FULL, against power loss).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace itemize::journal {

enum class RunState : std::uint8_t { running, finished };

struct Run {
  std::int64_t id = 0;
  std::string kind;             ///< "load" or "export".
  std::string target;           ///< Export folder, or the table set: identifies what the run writes to.
  std::string model_hash;
  RunState state = RunState::running;
  std::int64_t generation = 0;  ///< The current one: 1, 2, ...
  std::string boot_id;          ///< Of the machine when the generation began: another one means that the page cache was lost.
  std::int64_t started_at = 0;  ///< Microseconds since 1970, UTC.
  std::int64_t finished_at = 0;
};

enum class RangeState : std::uint8_t {
  pending,
  done,
  spooled,  ///< Read, and its items are in the queue on disk, not yet in the target: the snapshot is not needed for it any more.
};

struct RangeRecord {
  std::int64_t id = 0;          ///< Unique over the life of the journal: names the range's files.
  std::int64_t run = 0;
  std::int64_t generation = 0;
  std::size_t source = 0;       ///< In Model::sources.
  std::string table;            ///< The source table's display name.
  std::string range_json;       ///< source::Range::to_json
  RangeState state = RangeState::pending;
  std::string position;         ///< Where it was read.
  std::uint64_t rows = 0;
  std::uint64_t rejects = 0;
  std::uint64_t skipped = 0;
  std::uint64_t bytes = 0;
  double write_units = 0;
  std::vector<std::uint64_t> items;  ///< By Model::items index.
  std::string files_json;       ///< The files it made, for the manifest.
  std::int64_t finished_at = 0;
};

/// Changes with every start of the machine. Empty where /proc is not there: then nothing is concluded from it.
std::string boot_id_of_machine();

struct CreatedTable {
  std::string name;             ///< As in DynamoDB.
  std::string endpoint_or_region;
  std::string table_id;         ///< DynamoDB's TableId, so that a table made anew by somebody else is not taken for ours.
};

class Journal {
 public:
  /// Opens or makes `folder`/journal.db. Errors: no space, read-only folder, a journal of a newer version, a damaged file.
  /// The folder is made (mode 0700) where it is missing; the file has mode 0600.
  static Result<std::unique_ptr<Journal>> open(const std::string& folder);
  /// For verbs that only report, also beside a writer: makes nothing (not_found where there is no journal) and changes nothing
  /// that is recorded; the calls that write fail. After a crash of the writer it lets SQLite roll the torn transaction back.
  static Result<std::unique_ptr<Journal>> open_read_only(const std::string& folder);
  virtual ~Journal() = default;

  /// Random, made with the journal, the same for its whole life: marks what belongs to this workspace (export folders).
  virtual std::string id() const = 0;

  virtual Result<std::optional<Run>> last_run(const std::string& kind, const std::string& target) = 0;
  virtual Result<std::vector<Run>> runs() = 0;
  virtual Result<Run> start_run(Run run) = 0;
  /// Begins generation run.generation + 1: sets boot_id and, in the same transaction, adds its ranges (ids are given back).
  virtual Result<std::vector<RangeRecord>> start_generation(Run& run, std::vector<RangeRecord> ranges) = 0;
  virtual Result<std::vector<RangeRecord>> ranges(std::int64_t run, std::int64_t generation) = 0;
  virtual Result<void> finish_range(const RangeRecord& range) = 0;
  /// As finish_range, for a range that is spooled: it may be finished by another process, without its source.
  virtual Result<void> spool_range(const RangeRecord& range) = 0;
  virtual Result<void> finish_run(std::int64_t run) = 0;
  /// Small named values of a run ("position", "counters", "cleanup", ...).
  virtual Result<void> set(std::int64_t run, const std::string& name, const std::string& value) = 0;
  virtual Result<std::optional<std::string>> get(std::int64_t run, const std::string& name) = 0;
  virtual Result<void> add_created_table(const CreatedTable& table) = 0;
  virtual Result<std::vector<CreatedTable>> created_tables() = 0;
  virtual Result<void> forget_created_table(const std::string& name) = 0;
};

}  // namespace itemize::journal
