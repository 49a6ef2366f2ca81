// The journal's tables.
#pragma once

namespace itemize::journal {

/// PRAGMA user_version of the tables below. A change of the tables raises it and adds a step to upgrade().
constexpr int schema_version = 1;

/// PRAGMA application_id: "ItmJ", so that file(1) and we can tell a journal from any other SQLite file.
constexpr int application_id = 0x49746d4a;

/// AUTOINCREMENT: a range's id names files and must never be given out twice, also after rows were removed.
constexpr const char* schema = R"sql(
CREATE TABLE workspace (
  id TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  model_hash TEXT NOT NULL,
  state INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL
) STRICT;
CREATE TABLE ranges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES runs (id),
  generation INTEGER NOT NULL,
  source INTEGER NOT NULL,
  source_table TEXT NOT NULL,
  range TEXT NOT NULL,
  state INTEGER NOT NULL,
  position TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  rejects INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  write_units REAL NOT NULL,
  items TEXT NOT NULL,
  files TEXT NOT NULL,
  finished_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ranges_of_generation ON ranges (run, generation);
CREATE TABLE run_values (
  run INTEGER NOT NULL REFERENCES runs (id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE created_tables (
  name TEXT PRIMARY KEY,
  endpoint_or_region TEXT NOT NULL,
  table_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace itemize::journal
