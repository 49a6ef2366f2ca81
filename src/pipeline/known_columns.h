// Known columns: `new_columns` of an item type says what becomes of a column that was not there when the migration last ran.
#pragma once

#include <string>

#include "base/error.h"
#include "journal/journal.h"
#include "model/bind.h"

namespace itemize::pipeline {

/// Compares the tables with what the journal's last run saw, for item types that take every column. `stop`: an Error that names the
/// new columns; `ignore`: their attributes are taken out of `bound`; `include`: nothing to do. Without an earlier run all are known.
Result<void> apply_known_columns(model::BoundModel& bound, journal::Journal& journal);

/// For run_values: which columns of the model's tables are known from now on, as JSON. Those that an item type ignores stay unknown,
/// so that they are ignored again.
Result<std::string> columns_text(const model::BoundModel& bound, journal::Journal& journal);
inline constexpr const char* columns_value = "columns";

}  // namespace itemize::pipeline
