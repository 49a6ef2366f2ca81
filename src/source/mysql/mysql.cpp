#include "source/mysql/mysql.h"

#include <mutex>

#include "base/civil_time.h"
#include "source/mysql/catalog.h"
#include "source/mysql/planner.h"
#include "source/mysql/pool.h"
#include "source/mysql/reader.h"
#include "source/mysql/snapshot_point.h"
#include "source/mysql/status.h"

namespace itemize::source {
namespace {

using namespace mysql;

class MysqlSnapshot : public Snapshot {
 public:
  MysqlSnapshot(std::shared_ptr<Pool> pool, SnapshotPoint point, std::int64_t taken_at)
      : pool_(std::move(pool)), point_(std::move(point)), taken_at_(taken_at) {}

  Position position() const override { return {point_.position.to_text()}; }
  std::string note() const override { return point_.note; }
  /// Another process cannot join: a transaction belongs to its connection.
  std::string token() const override { return {}; }
  std::int64_t taken_at() const override { return taken_at_; }
  bool alive() override { return pool_->alive(); }

  Result<std::vector<Range>> plan(const row::Table& table, std::uint64_t target_bytes) override {
    return pool_->with_control([&](Connection& control) { return plan_ranges(control, table, target_bytes); });
  }
  Result<std::unique_ptr<Reader>> open(const Range& range, const row::Table& table, const std::vector<std::string>& columns) override {
    return open_reader(pool_, range, table, columns, {});
  }
  Result<std::unique_ptr<Reader>> open_with_key_forms(const Range& range, const row::Table& table, const std::vector<std::string>& columns,
                                                      const std::vector<std::string>& key_forms) override {
    return open_reader(pool_, range, table, columns, key_forms);
  }

 private:
  std::shared_ptr<Pool> pool_;
  SnapshotPoint point_;
  std::int64_t taken_at_;
};

/// Tables of other engines than InnoDB are read as they are when they are read: no transaction holds them still.
Result<std::string> note_on_other_engines(Connection& control) {
  const std::vector<TextRow> rows =
      TRY(control.query("SELECT TABLE_NAME, ENGINE FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA = "
                        "DATABASE() AND ENGINE NOT IN ('InnoDB', 'ROCKSDB') ORDER BY TABLE_NAME"));
  if (rows.empty()) return std::string();
  std::string names;
  for (const TextRow& row : rows) {
    if (names.size() > 100) {
      names += ", ...";
      break;
    }
    names += (names.empty() ? "" : ", ") + row.at(0).value_or("") + " (" + row.at(1).value_or("") + ")";
  }
  return "no snapshot covers what is not InnoDB: " + names;
}

Result<std::int64_t> server_time(Connection& control) {
  const std::string text = TRY(single_value(control, "SELECT UTC_TIMESTAMP(6)"));
  const std::optional<ParsedTimestamp> time = parse_timestamp(text);
  if (!time) return fail(ErrorCode::internal, "the server's time cannot be read: '" + text + "'");
  return time->microseconds;
}

class MysqlSource : public Source {
 public:
  explicit MysqlSource(Address address) : address_(std::move(address)) {}

  Result<row::Catalog> catalog() override {
    const std::unique_ptr<Connection> connection = TRY(Connection::open(address_));
    return read_catalog(*connection);
  }

  Result<std::unique_ptr<Snapshot>> snapshot(const SnapshotOptions& options) override {
    std::unique_ptr<Connection> control = TRY(Connection::open(address_));
    std::vector<std::unique_ptr<Connection>> members;
    for (int count = 0; count < std::max(1, options.connections); ++count)
      members.push_back(TRY_WITH("opening connection " + std::to_string(count + 1) + " of the snapshot", Connection::open(address_)));
    SnapshotPoint point = TRY_WITH("taking a snapshot", take_point(*control, members, options));
    const std::int64_t taken_at = TRY(server_time(*control));
    point.position.at = taken_at;
    if (const std::string other = TRY(note_on_other_engines(*control)); !other.empty())
      point.note += (point.note.empty() ? "" : "; ") + other;
    return std::make_unique<MysqlSnapshot>(std::make_shared<Pool>(std::move(control), std::move(members)), std::move(point), taken_at);
  }

  Result<std::vector<ChangeCounter>> change_counters() override {
    const std::unique_ptr<Connection> connection = TRY(Connection::open(address_));
    const std::string mark = TRY(change_mark(*connection));
    std::vector<ChangeCounter> counters;
    if (mark.empty()) return counters;
    for (const row::Table& table : TRY(read_catalog(*connection)).tables) counters.push_back({table.schema, table.name, mark});
    return counters;
  }

  Result<double> load_figure(const std::string& name) override {
    return with_monitor([&](Connection& connection) { return status_figure(connection, name); });
  }
  Result<std::optional<double>> replica_lag() override { return with_monitor(replication_lag); }

  int compare(const Position& a, const Position& b) const override {
    const Result<BinlogPosition> left = BinlogPosition::from_text(a.value);
    const Result<BinlogPosition> right = BinlogPosition::from_text(b.value);
    return left && right ? mysql::compare(*left, *right) : a.value.compare(b.value);
  }

 private:
  /// The connection for questions about the server's state: opened at the first, and again after it was cut.
  template <class Ask>
  auto with_monitor(Ask ask) -> decltype(ask(std::declval<Connection&>())) {
    const std::scoped_lock lock(monitor_mutex_);
    if (monitor_ == nullptr || monitor_->lost()) monitor_ = TRY(Connection::open(address_));
    return ask(*monitor_);
  }

  Address address_;
  std::mutex monitor_mutex_;
  std::unique_ptr<Connection> monitor_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_mysql_source(const Options& options) {
  return std::make_unique<MysqlSource>(TRY(address_from(options)));
}

}  // namespace itemize::source
