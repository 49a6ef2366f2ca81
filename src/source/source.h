// The door to a relational database: everything the rest of the house may ask of one.
//
// A Source is made from a URL by the registry (source/registry.h). Its Snapshot is one consistent point of the whole
// database; any number of Readers, each with its own connection, read ranges of that point at the same time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "row/batch.h"
#include "row/catalog.h"
#include "source/range.h"

namespace itemize::source {

/// A point in the source's stream of changes. Opaque outside the source that made it; compare with Source::compare.
struct Position {
  std::string value;
  friend bool operator==(const Position&, const Position&) = default;
};

struct Options {
  std::string url;                      ///< As in the model; never carries a password (a URL with one is refused).
  std::optional<std::string> password;  ///< From ITEMIZE_SOURCE_PASSWORD and the like; the driver's own files otherwise.
  std::string time_zone = "UTC";        ///< Zone of values that carry none, where the engine needs one.
  std::chrono::seconds connect_timeout{15};
};

/// Counters that rise with every change to a table, where the engine has them: equal twice means nothing changed.
struct ChangeCounter {
  std::string schema;
  std::string table;
  std::string value;  ///< Opaque; compared for equality.
};

/// How a snapshot is taken.
struct SnapshotOptions {
  /// So many Readers will be open at once. Engines whose connections cannot join a snapshot later (MySQL) open them all at once.
  int connections = 1;
  /// --allow-global-lock: what blocks writers (FTWRL, LOCK TABLES) may be taken for a moment where there is no other way. Without it
  /// such a source gives a `permission` Error that says what is missing and what would do.
  bool allow_global_lock = false;
};

/// Streams the rows of one range. One thread; owns its connection.
class Reader {
 public:
  virtual ~Reader() = default;
  /// Clears `batch` and fills it with the next rows, cells in the order of the columns asked for. False: no more rows
  /// (the batch is empty then). A value that cannot be decoded is an `invalid` cell, never an Error.
  virtual Result<bool> next(row::RowBatch& batch) = 0;
};

/// One consistent point of the source, held open until destroyed. Thread-safe.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  /// Where in the change stream this point lies.
  virtual Position position() const = 0;
  /// What was done to get it, for people, where it is more than opening a transaction ("global read lock held for 4 ms"); else empty.
  virtual std::string note() const { return {}; }
  /// What another process needs to read the same point while this object lives (PostgreSQL: the exported snapshot's name).
  virtual std::string token() const = 0;
  /// When the snapshot was taken, by the source's clock: what now() means in expressions. Microseconds since 1970, UTC.
  virtual std::int64_t taken_at() const = 0;
  /// Splits a table into ranges of about `target_bytes` each, together exactly its rows. Never empty: an empty table is one range.
  virtual Result<std::vector<Range>> plan(const row::Table& table, std::uint64_t target_bytes) = 0;
  /// Opens a reader of `columns` (names, in that order; may be empty) over the range, on a connection of its own.
  virtual Result<std::unique_ptr<Reader>> open(const Range& range, const row::Table& table, const std::vector<std::string>& columns) = 0;
  /// The same, and behind the columns the key forms of further ones, whose Column::equality is By::key_form: bytes that are equal exactly
  /// where the source says that the values are, NULL for NULL. Engines that have no such columns leave it as it is.
  virtual Result<std::unique_ptr<Reader>> open_with_key_forms(const Range& range, const row::Table& table,
                                                              const std::vector<std::string>& columns,
                                                              const std::vector<std::string>& key_forms);
  /// True while the snapshot can still be read; false once the server or the connection has lost it.
  virtual bool alive() = 0;
};

class Source {
 public:
  virtual ~Source() = default;
  /// Every table, view and materialised view that this user can see, system schemas left out.
  virtual Result<row::Catalog> catalog() = 0;
  virtual Result<std::unique_ptr<Snapshot>> snapshot(const SnapshotOptions& options) = 0;
  /// For `--frozen`: one counter a table; empty where the engine has none.
  virtual Result<std::vector<ChangeCounter>> change_counters() = 0;
  /// For `--max-load NAME=NUMBER`: how busy the server is, by a name of the engine's own (MySQL: a status variable, "Threads_running";
  /// PostgreSQL: "active_sessions"). not_found, with the names there are, for any other. On a connection of its own, kept; thread-safe.
  virtual Result<double> load_figure(const std::string& name);
  /// For `--max-replica-lag`: seconds by which the slowest replica that the server knows of is behind (or the server itself, where
  /// it is one); nullopt where there are none or the engine has no replicas. As load_figure.
  virtual Result<std::optional<double>> replica_lag();
  /// Negative, zero or positive as a is before, at or after b.
  virtual int compare(const Position& a, const Position& b) const = 0;
};

}  // namespace itemize::source
