#include "pipeline/stale_keys.h"

#include <vector>

#include "pipeline/key_groups.h"
#include "pipeline/key_log.h"
#include "pipeline/table_key.h"

namespace itemize::pipeline {
namespace {

/// Collects keys of one table until there are enough for a call.
class Batches {
 public:
  Batches(std::size_t size, const StaleKeysHandler& handle) : size_(size), handle_(handle) {}

  Result<void> add(std::size_t table, std::string_view key) {
    if (table >= tables_.size()) tables_.resize(table + 1);
    tables_[table].emplace_back(key);
    ++total_;
    return tables_[table].size() >= size_ ? hand_out(table) : Result<void>();
  }
  Result<std::uint64_t> finish() {
    for (std::size_t table = 0; table < tables_.size(); ++table) TRY(hand_out(table));
    return total_;
  }

 private:
  Result<void> hand_out(std::size_t table) {
    std::vector<std::string>& keys = tables_[table];
    if (keys.empty()) return {};
    const std::vector<std::string_view> views(keys.begin(), keys.end());
    TRY(handle_(table, views));
    keys.clear();
    return {};
  }

  std::size_t size_;
  const StaleKeysHandler& handle_;
  std::vector<std::vector<std::string>> tables_;
  std::uint64_t total_ = 0;
};

}  // namespace

Result<std::uint64_t> find_stale_keys(std::span<const CountedLog> older, std::span<const CountedLog> current,
                                      const StaleKeysOptions& options, const StaleKeysHandler& handle) {
  KeyGroups groups({.folder = options.folder, .memory = options.memory});
  std::string joined;
  const auto each = [&](const CountedLog& log, Result<void> (*take)(KeyGroups&, std::string_view)) {
    return read_keys(log.path, [&](std::size_t owner, std::string_view key) -> Result<void> {
      if (log.counts && !log.counts(owner)) return {};
      return take(groups, join_table_key(options.table_of ? options.table_of(owner) : owner, key, joined));
    });
  };
  for (const CountedLog& log : older) TRY(each(log, [](KeyGroups& into, std::string_view key) { return into.add(key); }));
  for (const CountedLog& log : current) TRY(each(log, [](KeyGroups& into, std::string_view key) { return into.mark(key); }));
  Batches batches(options.batch, handle);
  TRY(groups.finish([&](const KeyGroup& group) -> Result<void> {
    if (group.marked) return {};
    return batches.add(table_of(group.key), key_of(group.key));
  }));
  return batches.finish();
}

}  // namespace itemize::pipeline
