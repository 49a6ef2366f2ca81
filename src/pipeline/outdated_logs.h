// Outdated logs: whose keys of which logs are out of date when a load ends, and whose still hold.
#pragma once

#include <string>
#include <vector>

#include "pipeline/key_owners.h"
#include "pipeline/migration.h"
#include "pipeline/stale_keys.h"

namespace itemize::pipeline {

struct OutdatedLogs {
  std::vector<CountedLog> older;      ///< Keys that are to go, unless
  std::vector<CountedLog> current;    ///< they stand here: written by this generation, or by runs that still hold.
  std::vector<std::string> useless;   ///< Files that nobody needs once the stale items are gone.
  bool others_hold = false;           ///< An earlier run wrote some of the selected item types as well, and what it wrote stays.
  std::vector<std::string> replaced;  ///< Names of logs whose keys of the replaced item types nobody must count again.
};

/// For the present generation of `run`, a load into `target` (without selection). Its older generations and the runs that it covers are
/// out of date whole. A run that replaces (`load --replace`) makes the keys of its item types out of date in every other run's logs;
/// other item types' keys hold, and so do other runs'.
/// `owners` must outlive the result.
Result<OutdatedLogs> outdated_logs(const Migration& migration, const std::string& target, const journal::Run& run, const KeyOwners& owners);

/// Writes down, before the run is finished, what it has replaced. It counts from when the run is finished.
Result<void> note_replaced(journal::Journal& journal, std::int64_t run, const std::vector<std::string>& item_types,
                           const std::vector<std::string>& logs);

}  // namespace itemize::pipeline
