#include "source/postgres/snapshot.h"

#include <algorithm>

#include "source/postgres/builtin_types.h"
#include "source/postgres/copy_reader.h"
#include "source/postgres/locks.h"
#include "source/postgres/plan.h"
#include "source/postgres/select.h"
#include "source/postgres/snapshot_position.h"

namespace itemize::source::postgres {
namespace {

/// The columns' decoders, after a look whether the columns are still what the catalog said when the model was bound to it.
Result<std::vector<ValueDecoder>> decoders_of(const Relation& relation, const row::Table& table, const std::vector<std::string>& columns) {
  std::vector<ValueDecoder> decoders;
  for (const std::string& column : columns) {
    const auto found = std::ranges::find(relation.names, column);
    if (found == relation.names.end())
      return fail(ErrorCode::conflict, "the column '" + column + "' is not there any more", "run the command again");
    const ReadableType& type = relation.types[static_cast<std::size_t>(found - relation.names.begin())];
    const auto place = table.column(column);
    if (place && table.columns[*place].type.name != type.type.name)
      return fail(ErrorCode::conflict,
                  "the column '" + column + "' has the type " + type.type.name + " now, and had " + table.columns[*place].type.name,
                  "run the command again");
    decoders.push_back(type.decoder);
  }
  return decoders;
}

}  // namespace

Result<std::unique_ptr<Snapshot>> take_snapshot(const Address& address, const Options& options) {
  std::unique_ptr<Connection> holder = TRY(Connection::open(address, options));
  const std::string what = "taking a snapshot";
  std::string position = TRY(read_position(*holder));
  TRY(holder->execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", what));
  const Rows rows = TRY(
      holder->query("SELECT pg_catalog.pg_export_snapshot(), (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint", what));
  return std::make_unique<PostgresSnapshot>(address, options, std::move(holder),
                                            PostgresSnapshot::Point{std::move(position), rows.text(0, 0), rows.integer(0, 1)});
}

template <class Work>
auto PostgresSnapshot::guarded(Work work) -> decltype(work()) {
  TRY(holder_->execute("SAVEPOINT itemize", "holding the snapshot"));
  auto result = work();
  TRY(holder_->execute(result ? "RELEASE SAVEPOINT itemize" : "ROLLBACK TO SAVEPOINT itemize", "holding the snapshot"));
  return result;
}

Result<const Relation*> PostgresSnapshot::relation_of(const std::string& schema, const std::string& name) {
  const auto known = relations_.find({schema, name});
  if (known != relations_.end()) return &known->second;
  Result<Relation> relation = guarded([&]() -> Result<Relation> {
    Relation found = TRY(read_relation(*holder_, types_, schema, name));
    TRY(lock_relation(*holder_, found, schema, name));
    return found;
  });
  if (!relation) return std::unexpected(std::move(relation).error());
  return &relations_.emplace(std::pair{schema, name}, *std::move(relation)).first->second;
}

Result<std::vector<Range>> PostgresSnapshot::plan(const row::Table& table, std::uint64_t target_bytes) {
  const std::scoped_lock lock(mutex_);
  const Relation* const relation = TRY(relation_of(table.schema, table.name));
  return guarded([&] {
    return plan_relation(*holder_, *relation, table, target_bytes, holder_->version() >= 140000 ? SplitBy::blocks : SplitBy::keys);
  });
}

Result<std::unique_ptr<Reader>> PostgresSnapshot::open_with_key_forms(const Range& range, const row::Table& table,
                                                                      const std::vector<std::string>& columns,
                                                                      const std::vector<std::string>& key_forms) {
  const std::string what = "reading " + range.schema + "." + range.table;
  std::string select;
  std::vector<ValueDecoder> decoders;
  {
    const std::scoped_lock lock(mutex_);
    const Relation* const relation = TRY(relation_of(range.schema, range.table));
    decoders = TRY_WITH(what, decoders_of(*relation, table, columns));
    for (std::size_t index = 0; index < key_forms.size(); ++index) decoders.push_back({decode_text, oid_text, 0, {}});
    select = TRY_WITH(what, select_of(range, *relation, columns, key_forms));
  }
  return CopyReader::start(pool_, select, CopyDecoder(std::move(decoders)), what);
}

bool PostgresSnapshot::alive() {
  const std::scoped_lock lock(mutex_);
  return holder_->query("SELECT 1", "looking whether the snapshot is still there").has_value();
}

}  // namespace itemize::source::postgres
