#include "store/row_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "store/database.h"

namespace itemize::store {

std::unexpected<Error> fail_store(const rocksdb::Status& status, const Database& database, std::string_view what) {
  const std::string where = "the local store in " + database.folder + ": " + std::string(what) + ": ";
  if (status.IsNoSpace())
    return fail(ErrorCode::io, where + "no space left on the disk",
                "free some space and run the same command again: it holds the rows that documents are made of" +
                    (database.expected_bytes == 0 ? "" : ", about " + std::to_string((database.expected_bytes >> 20) + 1) + " MiB in all"));
  return fail(ErrorCode::io, where + status.ToString());
}

void append_table(TableNumber table, Buffer& out) {
  out.append(static_cast<char>(table >> 8));
  out.append(static_cast<char>(table));
}

void append_unique(std::uint32_t part, std::uint32_t place, Buffer& out) {
  char* bytes = out.reserve(unique_bytes);
  for (int index = 0; index < 4; ++index) bytes[index] = static_cast<char>(part >> (24 - 8 * index));
  for (int index = 0; index < 4; ++index) bytes[4 + index] = static_cast<char>(place >> (24 - 8 * index));
  out.advance(unique_bytes);
}

std::uint32_t part_of(std::string_view stored_key) {
  std::uint32_t part = 0;
  for (const char byte : stored_key.substr(stored_key.size() - unique_bytes, 4)) part = part << 8 | static_cast<unsigned char>(byte);
  return part;
}

namespace {

/// So many files that overlap are read side by side; more are merged first.
constexpr int most_unmerged = 4;

rocksdb::Options options_of(const StoreOptions& options) {
  rocksdb::Options db;
  db.create_if_missing = true;
  db.error_if_exists = true;
  const auto compressions = rocksdb::GetSupportedCompressions();
  db.compression =
      std::ranges::find(compressions, rocksdb::kLZ4Compression) != compressions.end() ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  db.write_buffer_size = 4 << 20;  // hardly used: rows come as whole files
  db.max_write_buffer_number = 2;
  db.max_open_files = 256;
  db.max_background_jobs = 2;
  // Files that do not overlap go straight to the last level. Those that do are merged at the end, all at once; earlier only where there
  // are many of them, a few of like size at a time, so that no row is written again for each of a huge table's files.
  db.compaction_style = rocksdb::kCompactionStyleUniversal;
  db.compaction_options_universal.size_ratio = 10;
  db.compaction_options_universal.max_size_amplification_percent = 10'000;
  db.level0_file_num_compaction_trigger = 32;
  db.level0_slowdown_writes_trigger = 1 << 20;
  db.level0_stop_writes_trigger = 1 << 20;
  db.target_file_size_base = 64 << 20;
  db.compaction_readahead_size = 256 << 10;  // of each file
  db.info_log_level = rocksdb::WARN_LEVEL;
  db.keep_log_file_num = 1;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.cache_bytes);
  table.block_size = 16 << 10;
  table.cache_index_and_filter_blocks = true;  // so that they count
  table.format_version = 5;
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return db;
}

class RocksStore : public RowStore {
 public:
  explicit RocksStore(const StoreOptions& options)
      : write_bytes_(options.write_bytes / static_cast<std::uint64_t>(std::max(1, options.writers))) {
    database_.folder = options.folder;
    database_.expected_bytes = options.expected_bytes;
    database_.options = options_of(options);
  }
  ~RocksStore() override {
    if (database_.db != nullptr) (void)database_.db->Close();
    database_.db.reset();
    (void)remove_store(database_.folder);
  }

  Result<void> open() {
    rocksdb::DB* db = nullptr;
    if (const rocksdb::Status status = rocksdb::DB::Open(database_.options, database_.folder, &db); !status.ok())
      return fail_store(status, database_, "making it");
    database_.db.reset(db);
    return {};
  }

  std::unique_ptr<StoreWriter> writer() override { return make_writer(database_, write_bytes_); }
  std::unique_ptr<StoreReader> reader() override { return make_reader(database_); }

  Result<void> ready(std::stop_token stop) override {
    std::string unmerged;
    database_.db->GetProperty(rocksdb::DB::Properties::kNumFilesAtLevelPrefix + "0", &unmerged);
    if (std::atoi(unmerged.c_str()) <= most_unmerged) return {};
    std::atomic<bool> cancelled{false};
    const std::stop_callback on_stop(stop, [&cancelled] { cancelled.store(true); });
    rocksdb::CompactRangeOptions all;
    all.max_subcompactions = 2;
    all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kSkip;
    all.canceled = &cancelled;
    const rocksdb::Status status = database_.db->CompactRange(all, nullptr, nullptr);
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
    if (!status.ok()) return fail_store(status, database_, "sorting the rows");
    return {};
  }

  std::uint64_t bytes_on_disk() const override {
    std::uint64_t bytes = 0;
    database_.db->GetIntProperty(rocksdb::DB::Properties::kLiveSstFilesSize, &bytes);
    return bytes;
  }

 private:
  Database database_;
  std::uint64_t write_bytes_;
};

}  // namespace

Result<std::unique_ptr<RowStore>> RowStore::create(const StoreOptions& options) {
  TRY(remove_store(options.folder));
  TRY(make_directories(options.folder, 0700));
  auto store = std::make_unique<RocksStore>(options);
  TRY(store->open());
  return store;
}

Result<void> remove_store(const std::string& folder) {
  std::error_code failure;
  std::filesystem::remove_all(folder, failure);
  if (failure)
    return fail(ErrorCode::io, "cannot remove '" + folder + "': " + failure.message(),
                "remove it by hand: it holds nothing that is needed again");
  return {};
}

}  // namespace itemize::store
