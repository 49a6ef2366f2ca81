// PostgresSnapshot: one exported snapshot, held by a transaction of its own; readers join it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "source/postgres/pool.h"
#include "source/postgres/relation.h"
#include "source/source.h"

namespace itemize::source::postgres {

/// Takes the snapshot. See snapshot_position.h for what the position means.
Result<std::unique_ptr<Snapshot>> take_snapshot(const Address& address, const Options& options);

class PostgresSnapshot : public Snapshot {
 public:
  struct Point {
    std::string position;
    std::string token;
    std::int64_t taken_at = 0;
  };
  PostgresSnapshot(const Address& address, const Options& options, std::unique_ptr<Connection> holder, Point point)
      : pool_(std::make_shared<ConnectionPool>(address, options, point.token)), holder_(std::move(holder)), point_(std::move(point)) {}

  Position position() const override { return {point_.position}; }
  std::string token() const override { return point_.token; }
  std::int64_t taken_at() const override { return point_.taken_at; }
  Result<std::vector<Range>> plan(const row::Table& table, std::uint64_t target_bytes) override;
  Result<std::unique_ptr<Reader>> open(const Range& range, const row::Table& table, const std::vector<std::string>& columns) override {
    return open_with_key_forms(range, table, columns, {});
  }
  Result<std::unique_ptr<Reader>> open_with_key_forms(const Range& range, const row::Table& table, const std::vector<std::string>& columns,
                                                      const std::vector<std::string>& key_forms) override;
  bool alive() override;

 private:
  /// The relation, looked up and locked at its first use.
  Result<const Relation*> relation_of(const std::string& schema, const std::string& name);
  /// Runs `work` on the holder so that its failure does not end the transaction, and with it the snapshot.
  template <class Work>
  auto guarded(Work work) -> decltype(work());

  std::shared_ptr<ConnectionPool> pool_;
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<Connection> holder_;
  TypeCatalog types_;
  std::map<std::pair<std::string, std::string>, Relation> relations_;
  Point point_;  // set once, read freely
};

}  // namespace itemize::source::postgres
