#include "pipeline/retry_rejects.h"

#include <fcntl.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <optional>

#include "base/json.h"
#include "pipeline/move.h"
#include "pipeline/range_job.h"
#include "pipeline/rejects.h"
#include "pipeline/scan.h"
#include "pipeline/script_programs.h"
#include "pipeline/snapshots.h"
#include "pipeline/source_relations.h"

namespace itemize::pipeline {
namespace {

/// Rows that are asked for at once: far fewer than any engine's limit on parameters.
constexpr std::size_t rows_at_once = 200;
/// Runs are numbered from 1: the parts of a retry stand beside theirs.
constexpr std::int64_t retry_run = 0;

Result<void> each_line(const std::string& path, const std::function<Result<void>(std::string_view)>& visit) {
  std::ifstream file(path);
  if (!file) return fail_errno("cannot open '" + path + "'");
  std::string line;
  while (std::getline(file, line)) TRY(visit(line));
  if (file.bad()) return fail_errno("cannot read '" + path + "'");
  return {};
}

/// The retry of one item type.
class TypeRetry {
 public:
  TypeRetry(const Migration& migration, const model::BoundTable& table, const model::BoundItem& item, const Snapshots& snapshots,
            const Related& related, sink::Sink& sink, Progress& progress, std::stop_token stop)
      : migration_(migration),
        table_(table),
        item_(item),
        snapshots_(snapshots),
        related_(related),
        sink_(sink),
        progress_(progress),
        stop_(std::move(stop)),
        program_(*migration.bound, table, sink.framing(), script_programs(migration.state_folder)),
        rejects_(migration.state_folder, retry_run, {}, 0),
        path_(Rejects::path_of(migration.state_folder, item.item->name)) {
    report_.name = item.item->name;
  }

  Result<RetriedType> run(bool unproven) {
    if (unproven) {
      TRY(each_line(path_, [this](std::string_view line) -> Result<void> {
        if (!is_of_another_table(line)) ++report_.unproven;
        return {};
      }));
      return report_;
    }
    TRY(rejects_.remove_parts());
    others_ = 0;
    out_ = TRY(File::open(path_ + ".tmp", O_WRONLY | O_CREAT | O_TRUNC, 0600));
    TRY(each_line(path_, [this](std::string_view line) { return take(line); }));
    TRY(read_again());
    TRY(out_.sync());
    TRY(out_.close());
    if (report_.left() + others_ > 0) TRY(rename_file(path_ + ".tmp", path_));
    else TRY(remove_file(path_));
    TRY(remove_file(path_ + ".tmp"));
    TRY(rejects_.remove_parts());
    TRY(sync_directory(parent_directory(path_)));
    return report_;
  }

 private:
  /// The row's key as the reject tells it; nothing where it is masked or of another table.
  std::optional<std::vector<std::string>> key_of(std::string_view line) const {
    const Result<json::Value> reject = json::parse(line);
    const json::Value* key = reject ? reject->find("key") : nullptr;
    if (key == nullptr || reject->text("table") != table_.table->display_name()) return std::nullopt;
    std::vector<std::string> values;
    for (const std::size_t slot : item_.identity_slots) {
      const json::Value* value = key->find(table_.columns[slot]);
      if (value == nullptr || value->string() == nullptr) return std::nullopt;
      if (table_.sensitive[slot]) return std::nullopt;
      values.push_back(*value->string());
    }
    return values.empty() ? std::nullopt : std::optional(std::move(values));
  }

  /// Of the same item type, but of another schema's table.
  bool is_of_another_table(std::string_view line) const {
    const Result<json::Value> reject = json::parse(line);
    const std::string table = reject ? reject->text("table") : "";
    return std::ranges::any_of(migration_.bound->tables, [&](const model::BoundTable& other) {
      return &other != &table_ && other.table->display_name() == table && std::ranges::any_of(other.items, [&](const model::BoundItem& item) { return item.index == item_.index; });
    });
  }

  Result<void> take(std::string_view line) {
    if (is_of_another_table(line)) {
      ++others_;
      return out_.write(line, "\n");
    }
    auto key = key_of(line);
    if (!key) {
      ++report_.masked;
      return out_.write(line, "\n");
    }
    if (std::ranges::find(keys_, *key) == keys_.end()) keys_.push_back(*std::move(key));
    return keys_.size() < rows_at_once ? Result<void>() : read_again();
  }

  Result<void> read_again() {
    if (keys_.empty()) return {};
    source::Range range;
    range.schema = table_.table->schema;
    range.table = table_.table->name;
    range.kind = source::RangeKind::rows;
    for (const std::size_t slot : item_.identity_slots) range.key_columns.push_back(table_.columns[slot]);
    range.row_keys = std::exchange(keys_, {});
    range.estimated_rows = range.row_keys.size();
    const RangeJob job{*migration_.bound, table_, program_, snapshots_.of(table_), snapshots_.context(table_), nullptr, &item_, &related_};
    const std::int64_t id = ++parts_;
    auto result = run_range(job, range, id, sink_, {rejects_, progress_, gate_, stop_}, {}, [](bool) {});
    if (!result) return std::unexpected(std::move(result).error().error);
    const std::uint64_t written = item_.index < result->written.items.size() ? result->written.items[item_.index] : 0;
    report_.written += written;
    report_.still += result->rejects;
    report_.gone += range.row_keys.size() - std::min<std::uint64_t>(range.row_keys.size(), written + result->rejects);
    return result->rejects == 0 ? Result<void>() : out_.write(TRY(read_file(rejects_.part_path(id))));
  }

  const Migration& migration_;
  const model::BoundTable& table_;
  const model::BoundItem& item_;
  const Snapshots& snapshots_;
  const Related& related_;
  sink::Sink& sink_;
  Progress& progress_;
  std::stop_token stop_;
  Gate gate_;
  transform::Program program_;
  Rejects rejects_;
  std::string path_;
  File out_;
  std::vector<std::vector<std::string>> keys_;
  std::int64_t parts_ = 0;
  std::uint64_t others_ = 0;
  RetriedType report_;
};

/// Calls for each selected item type that has rejects.
Result<void> each_type(const Migration& migration, const std::function<Result<void>(const model::BoundTable&, const model::BoundItem&)>& visit) {
  for (std::size_t type = 0; type < migration.model().items.size(); ++type)
    for (const model::BoundTable& table : migration.bound->tables)
      for (const model::BoundItem& item : table.items)
        if (item.index == type && path_exists(Rejects::path_of(migration.state_folder, item.item->name))) TRY(visit(table, item));
  return {};
}

}  // namespace

Result<std::vector<std::pair<std::string, std::uint64_t>>> count_rejects(const Migration& migration) {
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  TRY(each_type(migration, [&](const model::BoundTable&, const model::BoundItem& item) -> Result<void> {
    if (!counts.empty() && counts.back().first == item.item->name) return {};   // of another schema: the file is the same
    counts.emplace_back(item.item->name, 0);
    return each_line(Rejects::path_of(migration.state_folder, item.item->name),
                     [&](std::string_view) { return ++counts.back().second, Result<void>(); });
  }));
  return counts;
}

Result<std::vector<RetriedType>> retry_rejects(const Migration& migration, Destination& destination, const RetryOptions& options,
                                               Progress& progress) {
  const auto run = TRY(last_run(migration, destination));
  if (!run) return fail(ErrorCode::not_found, "there is no load whose rejects could be tried again", "itemize load --execute comes first");
  if (run->state != journal::RunState::finished)
    return fail(ErrorCode::conflict, "the last load is not finished",
                "itemize load --execute carries on with it; its rejects are retried after that");
  TRY(destination.check(migration));
  std::vector<RetriedType> report;
  if (TRY(count_rejects(migration)).empty()) return report;
  if (run->model_hash != migration.model().hash)
    progress.say("the model has changed since the load: only the rejects are made as it says now (load --again makes all items anew)");
  progress.set_phase("taking a snapshot");
  const auto joins = TRY(Joins::of(*migration.bound));
  const Snapshots snapshots =
      TRY(take_snapshots(migration, {.connections = connections_for_a_few_rows(*joins), .allow_global_lock = options.allow_global_lock}));
  const SourceRelations related(snapshots, *joins);
  RunState state{*run, {}};
  TRY(destination.begin(migration, state, progress, options.stop));
  progress.set_phase("");
  const std::vector<bool> unproven = unproven_items(*migration.bound);
  TRY(each_type(migration, [&](const model::BoundTable& table, const model::BoundItem& item) -> Result<void> {
    const RetriedType tried = TRY(TypeRetry(migration, table, item, snapshots, related, destination.sink(), progress, options.stop).run(unproven[item.index]));
    if (report.empty() || report.back().name != tried.name) return report.push_back(tried), Result<void>();
    RetriedType& sum = report.back();   // an item type of many schemas
    for (const auto count : {&RetriedType::written, &RetriedType::still, &RetriedType::gone, &RetriedType::masked, &RetriedType::unproven}) sum.*count += tried.*count;
    return {};
  }));
  MoveReport ignored;
  TRY(destination.finish(migration, state, ignored, progress, options.stop));
  return report;
}

}  // namespace itemize::pipeline
