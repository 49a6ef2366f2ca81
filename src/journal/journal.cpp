#include "journal/journal.h"

#include <fcntl.h>

#include <charconv>
#include <chrono>
#include <mutex>

#include "base/file.h"
#include "journal/boot_id.h"
#include "journal/database.h"
#include "journal/schema.h"

namespace itemize::journal {
namespace {

constexpr const char* run_columns = "id, kind, target, model_hash, state, generation, boot_id, started_at, finished_at";
constexpr const char* range_columns =
    "id, run, generation, source, source_table, range, state, position, row_count, rejects, skipped, bytes, write_units, items, "
    "files, finished_at";

std::int64_t now_in_microseconds() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

std::string numbers_to_text(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  for (const std::uint64_t number : numbers) {
    if (!text.empty()) text += ',';
    text += std::to_string(number);
  }
  return text;
}

std::vector<std::uint64_t> numbers_from_text(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  const char* place = text.data();
  const char* end = text.data() + text.size();
  while (place < end) {
    std::uint64_t number = 0;
    place = std::from_chars(place, end, number).ptr + 1;
    numbers.push_back(number);
  }
  return numbers;
}

Run run_of(const Statement& row) {
  return {.id = row.integer(0),
          .kind = row.text(1),
          .target = row.text(2),
          .model_hash = row.text(3),
          .state = static_cast<RunState>(row.integer(4)),
          .generation = row.integer(5),
          .boot_id = row.text(6),
          .started_at = row.integer(7),
          .finished_at = row.integer(8)};
}

RangeRecord range_of(const Statement& row) {
  return {.id = row.integer(0),
          .run = row.integer(1),
          .generation = row.integer(2),
          .source = static_cast<std::size_t>(row.integer(3)),
          .table = row.text(4),
          .range_json = row.text(5),
          .state = static_cast<RangeState>(row.integer(6)),
          .position = row.text(7),
          .rows = static_cast<std::uint64_t>(row.integer(8)),
          .rejects = static_cast<std::uint64_t>(row.integer(9)),
          .skipped = static_cast<std::uint64_t>(row.integer(10)),
          .bytes = static_cast<std::uint64_t>(row.integer(11)),
          .write_units = row.real(12),
          .items = numbers_from_text(row.text(13)),
          .files_json = row.text(14),
          .finished_at = row.integer(15)};
}

Statement& bind_outcome(Statement& statement, const RangeRecord& range) {
  return statement.bind(static_cast<std::int64_t>(range.state))
      .bind(range.position)
      .bind(static_cast<std::int64_t>(range.rows))
      .bind(static_cast<std::int64_t>(range.rejects))
      .bind(static_cast<std::int64_t>(range.skipped))
      .bind(static_cast<std::int64_t>(range.bytes))
      .bind(range.write_units)
      .bind(numbers_to_text(range.items))
      .bind(range.files_json)
      .bind(range.finished_at);
}

Result<void> insert_range(Database& database, Statement& insert, RangeRecord& range) {
  insert.bind(range.run).bind(range.generation).bind(static_cast<std::int64_t>(range.source)).bind(range.table).bind(range.range_json);
  TRY(bind_outcome(insert, range).run());
  range.id = database.last_insert_id();
  return {};
}

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(Database database, std::string id) : database_(std::move(database)), id_(std::move(id)) {}

  std::string id() const override { return id_; }

  Result<std::optional<Run>> last_run(const std::string& kind, const std::string& target) override {
    const std::lock_guard lock(mutex_);
    Statement select = TRY(database_.prepare(std::string("SELECT ") + run_columns +
                                             " FROM runs WHERE kind = ? AND target = ? ORDER BY id DESC LIMIT 1"));
    select.bind(kind).bind(target);
    if (!TRY(select.step())) return std::nullopt;
    return run_of(select);
  }

  Result<std::vector<Run>> runs() override {
    const std::lock_guard lock(mutex_);
    Statement select = TRY(database_.prepare(std::string("SELECT ") + run_columns + " FROM runs ORDER BY id"));
    std::vector<Run> runs;
    while (TRY(select.step())) runs.push_back(run_of(select));
    return runs;
  }

  Result<Run> start_run(Run run) override {
    const std::lock_guard lock(mutex_);
    if (run.started_at == 0) run.started_at = now_in_microseconds();
    Statement insert = TRY(database_.prepare(
        "INSERT INTO runs (kind, target, model_hash, state, generation, boot_id, started_at, finished_at) VALUES (?,?,?,?,?,?,?,?)"));
    insert.bind(run.kind).bind(run.target).bind(run.model_hash).bind(static_cast<std::int64_t>(run.state)).bind(run.generation);
    TRY(insert.bind(run.boot_id).bind(run.started_at).bind(run.finished_at).run());
    run.id = database_.last_insert_id();
    return run;
  }

  Result<std::vector<RangeRecord>> start_generation(Run& run, std::vector<RangeRecord> ranges) override {
    const std::lock_guard lock(mutex_);
    const std::int64_t generation = run.generation + 1;
    const std::string boot_id = boot_id_of_machine();
    Transaction transaction = TRY(Transaction::begin(database_));
    {
      Statement update = TRY(database_.prepare("UPDATE runs SET generation = ?, boot_id = ? WHERE id = ? AND generation = ?"));
      TRY(update.bind(generation).bind(boot_id).bind(run.id).bind(run.generation).run());
      TRY(one_row_changed("run " + std::to_string(run.id) + " at generation " + std::to_string(run.generation)));
      Statement insert = TRY(database_.prepare(
          "INSERT INTO ranges (run, generation, source, source_table, range, state, position, row_count, rejects, skipped, bytes, "
          "write_units, items, files, finished_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
      for (RangeRecord& range : ranges) {
        range.run = run.id;
        range.generation = generation;
        TRY(insert_range(database_, insert, range));
      }
    }
    TRY(transaction.commit());
    run.generation = generation;
    run.boot_id = boot_id;
    return ranges;
  }

  Result<std::vector<RangeRecord>> ranges(std::int64_t run, std::int64_t generation) override {
    const std::lock_guard lock(mutex_);
    Statement select = TRY(database_.prepare(std::string("SELECT ") + range_columns +
                                             " FROM ranges WHERE run = ? AND generation = ? ORDER BY id"));
    select.bind(run).bind(generation);
    std::vector<RangeRecord> ranges;
    while (TRY(select.step())) ranges.push_back(range_of(select));
    return ranges;
  }

  Result<void> finish_range(const RangeRecord& range) override { return set_outcome(range, RangeState::done); }
  Result<void> spool_range(const RangeRecord& range) override { return set_outcome(range, RangeState::spooled); }

  Result<void> set_outcome(const RangeRecord& range, RangeState state) {
    const std::lock_guard lock(mutex_);
    RangeRecord done = range;
    done.state = state;
    if (done.finished_at == 0) done.finished_at = now_in_microseconds();
    Statement update = TRY(database_.prepare(
        "UPDATE ranges SET state = ?, position = ?, row_count = ?, rejects = ?, skipped = ?, bytes = ?, write_units = ?, items = ?, "
        "files = ?, finished_at = ? WHERE id = ?"));
    TRY(bind_outcome(update, done).bind(done.id).run());
    return one_row_changed("range " + std::to_string(done.id));
  }

  Result<void> finish_run(std::int64_t run) override {
    const std::lock_guard lock(mutex_);
    Statement update = TRY(database_.prepare("UPDATE runs SET state = ?, finished_at = ? WHERE id = ?"));
    TRY(update.bind(static_cast<std::int64_t>(RunState::finished)).bind(now_in_microseconds()).bind(run).run());
    return one_row_changed("run " + std::to_string(run));
  }

  Result<void> set(std::int64_t run, const std::string& name, const std::string& value) override {
    const std::lock_guard lock(mutex_);
    Statement insert = TRY(database_.prepare("INSERT OR REPLACE INTO run_values (run, name, value) VALUES (?,?,?)"));
    return insert.bind(run).bind(name).bind(value).run();
  }

  Result<std::optional<std::string>> get(std::int64_t run, const std::string& name) override {
    const std::lock_guard lock(mutex_);
    Statement select = TRY(database_.prepare("SELECT value FROM run_values WHERE run = ? AND name = ?"));
    select.bind(run).bind(name);
    if (!TRY(select.step())) return std::nullopt;
    return select.text(0);
  }

  Result<void> add_created_table(const CreatedTable& table) override {
    const std::lock_guard lock(mutex_);
    Statement insert =
        TRY(database_.prepare("INSERT OR REPLACE INTO created_tables (name, endpoint_or_region, table_id) VALUES (?,?,?)"));
    return insert.bind(table.name).bind(table.endpoint_or_region).bind(table.table_id).run();
  }

  Result<std::vector<CreatedTable>> created_tables() override {
    const std::lock_guard lock(mutex_);
    Statement select = TRY(database_.prepare("SELECT name, endpoint_or_region, table_id FROM created_tables ORDER BY name"));
    std::vector<CreatedTable> tables;
    while (TRY(select.step())) tables.push_back({select.text(0), select.text(1), select.text(2)});
    return tables;
  }

  Result<void> forget_created_table(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    Statement remove = TRY(database_.prepare("DELETE FROM created_tables WHERE name = ?"));
    return remove.bind(name).run();
  }

 private:
  Result<void> one_row_changed(const std::string& what) {
    if (database_.rows_changed() == 1) return {};
    return fail(ErrorCode::internal, "journal '" + database_.path() + "' has no " + what);
  }

  std::mutex mutex_;
  Database database_;
  std::string id_;
};

Result<std::int64_t> pragma(Database& database, const char* name) {
  Statement select = TRY(database.prepare(std::string("PRAGMA ") + name));
  TRY(select.step());
  return select.integer(0);
}

/// 0: a database without anything in it. Otherwise the journal's version; an Error if it is not a journal that we can read.
Result<std::int64_t> version_of(Database& database) {
  const std::int64_t version = TRY(pragma(database, "user_version"));
  const std::int64_t application = TRY(pragma(database, "application_id"));
  Statement count = TRY(database.prepare("SELECT count(*) FROM sqlite_schema"));
  TRY(count.step());
  if (version == 0 && application == 0 && count.integer(0) == 0) return 0;
  if (application != application_id || version < 1) {
    return fail(ErrorCode::conflict, "'" + database.path() + "' is an SQLite database, but not an itemize journal",
                "move it away, or work in another folder");
  }
  if (version > schema_version) {
    return fail(ErrorCode::conflict,
                "journal '" + database.path() + "' was written by a newer itemize (journal version " + std::to_string(version) +
                    "; this program knows " + std::to_string(schema_version) + ")",
                "use that newer itemize in this folder");
  }
  return version;
}

Result<void> create_schema(Database& database) {
  Transaction transaction = TRY(Transaction::begin(database));
  TRY(database.execute(schema));
  TRY(database.execute(("PRAGMA application_id = " + std::to_string(application_id)).c_str()));
  TRY(database.execute(("PRAGMA user_version = " + std::to_string(schema_version)).c_str()));
  {
    Statement insert = TRY(database.prepare("INSERT INTO workspace (id, created_at) VALUES (lower(hex(randomblob(16))), ?)"));
    TRY(insert.bind(now_in_microseconds()).run());
  }
  return transaction.commit();
}

Result<void> check_integrity(Database& database) {
  Statement check = TRY(database.prepare("PRAGMA quick_check(1)"));
  TRY(check.step());
  if (check.text(0) == "ok") return {};
  return fail(ErrorCode::io, "journal '" + database.path() + "' is damaged: " + check.text(0),
              "restore it from a backup, or move it away to begin anew (what was already written stays in the target)");
}

Result<std::unique_ptr<Journal>> make_journal(Database database) {
  std::string id;
  {
    Statement select = TRY(database.prepare("SELECT id FROM workspace"));
    TRY(select.step());
    id = select.text(0);
  }
  return std::make_unique<SqliteJournal>(std::move(database), std::move(id));
}

std::string path_in(const std::string& folder) { return folder + "/journal.db"; }

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::string& folder) {
  TRY_WITH("opening the journal", make_directories(folder, 0700));
  // SQLite would make it readable for all; its rollback journal takes the mode of the database.
  TRY_WITH("opening the journal", File::open(path_in(folder), O_RDWR | O_CREAT, 0600));
  Database database = TRY(Database::open(path_in(folder), Database::Access::read_write));
  if (TRY(version_of(database)) == 0) {
    TRY(create_schema(database));
  } else {
    TRY(check_integrity(database));
  }
  return make_journal(std::move(database));
}

Result<std::unique_ptr<Journal>> Journal::open_read_only(const std::string& folder) {
  const std::string path = path_in(folder);
  if (!path_exists(path)) return fail(ErrorCode::not_found, "there is no journal in '" + folder + "'", "nothing has been run here yet");
  Database database = TRY(Database::open(path, Database::Access::read_only));
  Result<std::int64_t> version = version_of(database);
  if (!version && database.needs_recovery()) {
    // A writer died within a transaction. Reading anything makes SQLite roll it back: to what was last committed.
    Database recovering = TRY(Database::open(path, Database::Access::recover));
    version = version_of(recovering);
  }
  if (TRY(std::move(version)) == 0) {
    return fail(ErrorCode::not_found, "the journal in '" + folder + "' is empty", "nothing has been run here yet");
  }
  return make_journal(std::move(database));
}

}  // namespace itemize::journal
