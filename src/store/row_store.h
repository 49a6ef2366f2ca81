// The local row store: rows of one snapshot on the local disk, found by edge key. Wraps RocksDB.
//
// It is filled in bulk, once, and then read: sorted files are written beside the database and taken in as they are (no log, no memory
// tables), and merged into one order before the first row is read. See docs/decisions/local-store.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"

namespace itemize::store {

struct StoreOptions {
  std::string folder;                    ///< Made with mode 0700; what an earlier process left there is removed.
  int writers = 1;                       ///< So many StoreWriters at once; they share write_bytes.
  std::uint64_t write_bytes = 96 << 20;  ///< Rows in memory before they are sorted and written, of all writers together.
  std::uint64_t cache_bytes = 64 << 20;  ///< Of blocks that are read, indexes among them.
  std::uint64_t expected_bytes = 0;      ///< About what it will take on the disk, for whoever is told that there is no room; 0: not known.
};

/// Tables of the store are numbered by whoever uses it.
using TableNumber = std::uint16_t;

/// One thread. Rows are added in parts that can be taken back as a whole, as long as they are not ended.
class StoreWriter {
 public:
  virtual ~StoreWriter() = default;
  virtual void begin_part() = 0;
  /// `key`: an edge key (no key may be the beginning of another). `row`: as append_row writes it.
  virtual Result<void> add(TableNumber table, std::string_view key, std::string_view row) = 0;
  virtual Result<void> end_part() = 0;
  virtual void discard_part() = 0;
  /// Writes what is left.
  virtual Result<void> finish() = 0;
};

/// One thread. Quick where keys are asked for in about their order.
class StoreReader {
 public:
  virtual ~StoreReader() = default;
  /// Calls `visit` with rows of that key, one or several one after the other in each call, until it returns false. The bytes live
  /// during the call only.
  virtual Result<void> find(TableNumber table, std::string_view key, const std::function<bool(std::string_view rows)>& visit) = 0;
};

/// Thread-safe. All writers must have finished before ready(), and readers are opened after it; all must be gone before it is destroyed,
/// which removes the folder.
class RowStore {
 public:
  /// Errors: io (no space, no permission).
  static Result<std::unique_ptr<RowStore>> create(const StoreOptions& options);
  virtual ~RowStore() = default;

  virtual std::unique_ptr<StoreWriter> writer() = 0;
  /// Merges what was written. Errors: io; cancelled.
  virtual Result<void> ready(std::stop_token stop) = 0;
  virtual std::unique_ptr<StoreReader> reader() = 0;
  virtual std::uint64_t bytes_on_disk() const = 0;
};

/// Removes what a killed process left; nothing where there is nothing.
Result<void> remove_store(const std::string& folder);

}  // namespace itemize::store
