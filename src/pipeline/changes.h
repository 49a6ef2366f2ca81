// Changes: the model against what the journal says was loaded, item type by item type, and what it would take to load the difference.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/summary.h"
#include "pipeline/migration.h"

namespace itemize::pipeline {

/// For run_values: model::summary_of as text.
inline constexpr const char* model_value = "model";

struct TypeChange {
  enum class State : std::uint8_t {
    same,  ///< Every row becomes the same item as when it was loaded.
    changed,
    added,    ///< Not loaded yet.
    removed,  ///< Loaded, and no longer in the model.
  };
  std::string name;
  State state = State::same;
  std::int64_t run = 0;               ///< That loaded it last; 0: none.
  bool finished = true;               ///< That run was.
  std::uint64_t items = 0;            ///< That it wrote.
  std::optional<std::uint64_t> puts;  ///< Items to be written; about, nothing where not known.
  std::uint64_t deletes = 0;          ///< Items that are under another key now, or nowhere. Not counted: those of rows that are gone since.
  bool some_go = false;               ///< Some items, nobody knows how many, are not wanted any more (`where`).
  std::vector<model::Difference> differences;
};

struct Changes {
  std::vector<TypeChange> types;  ///< In the model's order, then those removed.
  /// Runs with --where or --sample, and runs into this place that cannot be compared.
  std::vector<std::string> notes;
  bool any() const;
};

/// Against the loads into `target` (without selection). `migration.selected`: only these, and none that were removed.
Result<Changes> changes_since_loaded(const Migration& migration, const std::string& target);

}  // namespace itemize::pipeline
