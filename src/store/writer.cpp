#include <rocksdb/sst_file_writer.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/file.h"
#include "store/database.h"

namespace itemize::store {
namespace {

/// Rows of one key that came together are stored together, up to so many bytes.
constexpr std::size_t most_run_bytes = 32 << 10;

/// A row in the buffer: its key (with the table in front) and then its bytes.
struct Entry {
  std::uint64_t head = 0;  ///< The key's bytes 2 to 9, big-endian: most comparisons end here.
  std::uint64_t at = 0;    ///< In the buffer.
  std::uint32_t key_bytes = 0;
  std::uint32_t row_bytes = 0;
  std::uint32_t part = 0;
};

class RocksWriter : public StoreWriter {
 public:
  RocksWriter(Database& database, std::uint64_t buffer_bytes)
      : database_(database), most_bytes_(std::max<std::uint64_t>(buffer_bytes, 1 << 20)) {}

  void begin_part() override {
    part_ = database_.next_part.fetch_add(1);
    part_entry_ = entries_.size();
    part_byte_ = bytes_.size();
    part_written_ = false;
  }

  Result<void> add(TableNumber table, std::string_view key, std::string_view row) override {
    if (memory() + key.size() + row.size() + sizeof(Entry) > most_bytes_ && !entries_.empty()) {
      TRY(flush());
      part_written_ = true;
      part_entry_ = part_byte_ = 0;
    }
    Entry entry;
    entry.at = bytes_.size();
    entry.key_bytes = static_cast<std::uint32_t>(table_bytes + key.size());
    entry.row_bytes = static_cast<std::uint32_t>(row.size());
    entry.part = part_;
    append_table(table, bytes_);
    bytes_.append(key);
    bytes_.append(row);
    entry.head = head_of(key_of(entry));
    entries_.push_back(entry);
    return {};
  }

  /// A file for each large part: where rows lie in the order of their keys, the parts' files do not overlap and need no merging.
  Result<void> end_part() override { return memory() > most_bytes_ / 4 ? flush() : Result<void>(); }

  void discard_part() override {
    if (part_written_) {
      const std::lock_guard lock(database_.mutex);
      database_.discarded.insert(part_);
    }
    entries_.resize(std::min(part_entry_, entries_.size()));
    bytes_.truncate(std::min(part_byte_, bytes_.size()));
  }

  Result<void> finish() override {
    TRY(flush());
    bytes_ = Buffer();
    entries_ = {};
    return {};
  }

 private:
  std::uint64_t memory() const { return bytes_.size() + entries_.size() * sizeof(Entry); }
  std::string_view key_of(const Entry& entry) const { return bytes_.view(entry.at, entry.key_bytes); }
  std::string_view row_of(const Entry& entry) const { return bytes_.view(entry.at + entry.key_bytes, entry.row_bytes); }

  static std::uint64_t head_of(std::string_view key) {
    std::uint64_t head = 0;
    for (std::size_t index = 0; index < 8; ++index)
      head = head << 8 | (table_bytes + index < key.size() ? static_cast<unsigned char>(key[table_bytes + index]) : 0U);
    return head;
  }

  /// By key; rows of one key in the order in which they came.
  bool before(const Entry& a, const Entry& b) const {
    const int tables = std::memcmp(bytes_.data() + a.at, bytes_.data() + b.at, table_bytes);
    if (tables != 0) return tables < 0;
    if (a.head != b.head) return a.head < b.head;
    const int keys = key_of(a).compare(key_of(b));
    return keys != 0 ? keys < 0 : a.at < b.at;
  }

  Result<void> flush() {
    if (entries_.empty()) return {};
    const auto order = [this](const Entry& a, const Entry& b) { return before(a, b); };
    if (!std::ranges::is_sorted(entries_, order)) std::ranges::sort(entries_, order);
    const std::string path = database_.folder + "/rows-" + std::to_string(database_.next_file.fetch_add(1)) + ".new";
    rocksdb::SstFileWriter file(rocksdb::EnvOptions(), database_.options);
    rocksdb::Status status = file.Open(path);
    if (status.ok()) status = write_runs(file);
    if (status.ok()) status = file.Finish();
    if (!status.ok()) {
      (void)remove_file(path);
      return fail_store(status, database_, "writing rows");
    }
    rocksdb::IngestExternalFileOptions take_in;
    take_in.move_files = true;
    take_in.snapshot_consistency = false;
    take_in.write_global_seqno = false;
    status = database_.db->IngestExternalFile({path}, take_in);
    if (!status.ok()) {
      (void)remove_file(path);
      return fail_store(status, database_, "taking rows in");
    }
    entries_.clear();
    bytes_.clear();
    return {};
  }

  rocksdb::Status write_runs(rocksdb::SstFileWriter& file) {
    Buffer key;
    Buffer run;
    for (std::size_t index = 0; index < entries_.size();) {
      const Entry& first = entries_[index];
      run.clear();
      // Parts are not mixed, so that one can be discarded.
      do run.append(row_of(entries_[index++]));
      while (index < entries_.size() && run.size() < most_run_bytes && entries_[index].part == first.part &&
             key_of(entries_[index]) == key_of(first));
      key.clear();
      key.append(key_of(first));
      append_unique(first.part, place_++, key);
      const std::string_view stored = key.view();
      const std::string_view value = run.view();
      if (rocksdb::Status status = file.Put({stored.data(), stored.size()}, {value.data(), value.size()}); !status.ok()) return status;
    }
    return rocksdb::Status::OK();
  }

  Database& database_;
  std::uint64_t most_bytes_;
  Buffer bytes_;
  std::vector<Entry> entries_;
  std::uint32_t part_ = 0;
  std::uint32_t place_ = 0;     // rises over all parts; wraps long after a part has ended
  std::size_t part_entry_ = 0;  // where the part begins
  std::size_t part_byte_ = 0;
  bool part_written_ = false;  // some of its rows are on the disk
};

}  // namespace

std::unique_ptr<StoreWriter> make_writer(Database& database, std::uint64_t buffer_bytes) {
  return std::make_unique<RocksWriter>(database, buffer_bytes);
}

}  // namespace itemize::store
