// What the store's files share: the open database, and RocksDB's statuses as Errors.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>

#include "base/buffer.h"
#include "base/error.h"
#include "store/row_store.h"

namespace itemize::store {

struct Database {
  std::string folder;
  std::uint64_t expected_bytes = 0;  ///< See StoreOptions.
  rocksdb::Options options;
  std::unique_ptr<rocksdb::DB> db;
  std::atomic<std::uint32_t> next_part{0};
  std::atomic<std::uint64_t> next_file{0};

  /// Parts that were taken back after some of their rows had been written. Complete before anything is read.
  std::unordered_set<std::uint32_t> discarded;
  std::mutex mutex;  ///< Guards `discarded` while it is filled.
};

/// A stored key is the table's number (2 bytes), the edge key, and 8 bytes that make it unique: the part's number and the place in it.
inline constexpr std::size_t table_bytes = 2;
inline constexpr std::size_t unique_bytes = 8;
void append_table(TableNumber table, Buffer& out);
void append_unique(std::uint32_t part, std::uint32_t place, Buffer& out);
std::uint32_t part_of(std::string_view stored_key);

std::unexpected<Error> fail_store(const rocksdb::Status& status, const Database& database, std::string_view what);

std::unique_ptr<StoreWriter> make_writer(Database& database, std::uint64_t buffer_bytes);
std::unique_ptr<StoreReader> make_reader(Database& database);

}  // namespace itemize::store
