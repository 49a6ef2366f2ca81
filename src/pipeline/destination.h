// Destination: what `load` and `export` do differently around the same core: whom they write to, and how an older state is taken away.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "pipeline/migration.h"
#include "pipeline/progress.h"
#include "sink/sink.h"

namespace itemize::pipeline {

/// All that a run has come to, over all processes that worked on it.
struct MoveReport {
  journal::Run run;
  bool nothing_to_do = false;          ///< It was finished before, and --again was not given.
  bool model_changed = false;          ///< With nothing_to_do: the model is not the one that was loaded.
  std::uint64_t rows = 0;
  std::uint64_t rejects = 0;
  std::uint64_t skipped = 0;
  std::uint64_t bytes = 0;
  double write_units = 0;
  std::vector<std::uint64_t> items;    ///< By Model::items index.
  std::uint64_t removed = 0;           ///< Items or files that only an older state had.
  std::vector<std::string> positions;  ///< By source; empty where not read.
  std::vector<std::string> notes;
};

/// One process's work on a run.
struct RunState {
  journal::Run run;
  std::vector<journal::RangeRecord> ranges;   ///< Of the generation; those that were kept are done already.
};

class Destination {
 public:
  virtual ~Destination() = default;
  virtual std::string kind() const = 0;       ///< "load" or "export": as the journal calls it.
  virtual std::string target() const = 0;     ///< What identifies it in the journal, without the selection of item types.
  /// Looks whether a run may begin or go on here: that the tables or folders are as the model says, and hold nothing of others'.
  /// Changes nothing.
  virtual Result<void> check(const Migration& migration) = 0;
  /// Before the first write of this process.
  virtual Result<void> begin(const Migration& migration, const RunState& state, Progress& progress, std::stop_token stop) = 0;
  virtual sink::Sink& sink() = 0;
  /// Whether it can hold the source up for long, so that the queue on disk is worth while.
  virtual bool may_be_slow() const { return false; }
  /// Whether all that is known of a finished range is on the disk when its outcome is in the journal. False: a run that another start
  /// of the machine interrupted begins a new generation, whatever is finished.
  virtual bool ranges_survive_power_loss() const { return true; }
  /// When every range is done: takes away what only older generations and runs wrote, and completes the target. May be called again
  /// after a crash. Fills report.removed.
  virtual Result<void> finish(const Migration& migration, const RunState& state, MoveReport& report, Progress& progress, std::stop_token stop) = 0;
};

/// A run of the journal, and what it is about.
struct PlacedRun {
  journal::Run run;
  std::vector<std::string> selected;   ///< Item types, sorted; empty: all.
  std::string filter;                  ///< As Migration::filter.
  /// It began before, and its rows are all among the present ones: what it wrote and the present run does not is out of date.
  bool covered = false;

  bool is_about(const std::string& item_type) const;
  bool overlaps(const std::vector<std::string>& item_types) const;   ///< Empty: all.
};
/// Other runs of the same kind into the same place (`target` without selection), in the order they began. `present`: the run's id; 0: of one that is yet to begin.
Result<std::vector<PlacedRun>> runs_of_place(const Migration& migration, const std::string& kind, const std::string& target, std::int64_t present);
/// Those of them that are covered.
Result<std::vector<journal::Run>> superseded_runs(const Migration& migration, const std::string& kind, const std::string& target, const journal::Run& present);

/// The journal's target text of what a run is about: "exports", "exports (Customer, Order)", "exports where city = 'Ulm'".
std::string target_of(const std::string& target, const std::vector<std::string>& selected, const std::string& filter);
std::string target_of(const std::string& target, const Migration& migration);

/// Names in run_values.
inline constexpr const char* selected_value = "selected";
inline constexpr const char* filter_value = "filter";
inline constexpr const char* replace_value = "replace";   ///< The run writes its item types anew: what any other run wrote of them is out of date.

/// Waits, unless stopped; a `cancelled` Error then.
Result<void> wait_for(std::chrono::milliseconds time, std::stop_token stop);

}  // namespace itemize::pipeline
