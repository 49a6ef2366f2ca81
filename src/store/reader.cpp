#include <map>

#include "store/database.h"

namespace itemize::store {
namespace {

/// Over one table. Where keys are asked for in order, the iterator already stands where the next one's rows would begin: no search.
class TableReader {
 public:
  TableReader(Database& database, TableNumber table) : database_(database) {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.adaptive_readahead = true;
    iterator_.reset(database.db->NewIterator(options));
    append_table(table, target_);
  }

  Result<void> find(std::string_view key, const std::function<bool(std::string_view)>& visit) {
    target_.truncate(table_bytes);
    target_.append(key);
    const std::string_view wanted = target_.view();
    const bool stands_there = placed_ && from_ <= wanted && iterator_->Valid() && view(iterator_->key()) >= wanted;
    if (!stands_there) {
      iterator_->Seek({wanted.data(), wanted.size()});
      from_.assign(wanted);
      placed_ = true;
    }
    for (; iterator_->Valid(); iterator_->Next()) {
      const std::string_view stored = view(iterator_->key());
      if (stored.size() != wanted.size() + unique_bytes || !stored.starts_with(wanted)) break;
      from_.assign(stored);
      if (!database_.discarded.empty() && database_.discarded.contains(part_of(stored))) continue;
      if (!visit(view(iterator_->value()))) break;
    }
    if (!iterator_->status().ok()) return fail_store(iterator_->status(), database_, "reading rows");
    return {};
  }

 private:
  static std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

  Database& database_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
  Buffer target_;
  bool placed_ = false;
  std::string from_;  // the iterator stands at the first key that is not before this one
};

class RocksReader : public StoreReader {
 public:
  explicit RocksReader(Database& database) : database_(database) {}

  Result<void> find(TableNumber table, std::string_view key, const std::function<bool(std::string_view)>& visit) override {
    auto& reader = tables_[table];
    if (reader == nullptr) reader = std::make_unique<TableReader>(database_, table);
    return reader->find(key, visit);
  }

 private:
  Database& database_;
  std::map<TableNumber, std::unique_ptr<TableReader>> tables_;
};

}  // namespace

std::unique_ptr<StoreReader> make_reader(Database& database) { return std::make_unique<RocksReader>(database); }

}  // namespace itemize::store
