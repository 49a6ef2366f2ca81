// Workspace: one migration as the verbs find it: the folder, the model, its sources with their catalogs, the journal.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/session.h"
#include "base/lock_file.h"
#include "cli/command.h"
#include "journal/journal.h"
#include "model/bind.h"
#include "pipeline/migration.h"
#include "source/source.h"

namespace itemize::cli {

/// Where the state of the chosen environment lies, below the folder: ".itemize" or ".itemize/NAME".
std::string state_folder_of(const Common& common);

/// Reads itemize.yaml. Findings are printed on stderr (unless `findings` wants them); an error among them is an Error.
struct LoadedModel {
  std::unique_ptr<model::Model> model;       ///< nullptr where there were errors.
  std::vector<model::Finding> findings;
};
Result<LoadedModel> load_model(const Common& common);

/// Prints findings as people read them.
void print_findings(const std::vector<model::Finding>& findings);
/// "3 errors in itemize.yaml" as an Error.
Error model_error(const std::vector<model::Finding>& findings);

/// A source by its URL, with its password from ITEMIZE_SOURCE_PASSWORD or ITEMIZE_SOURCE_<NAME>_PASSWORD.
Result<std::unique_ptr<source::Source>> open_source(const std::string& url, const std::string& name, const std::string& time_zone, const std::string& folder);

/// Model, sources, catalogs and the bound model. Everything points into everything: not movable, made by open().
class Workspace {
 public:
  /// Connects to the sources that the selected item types read. Prints findings; an error among them is an Error.
  static Result<std::unique_ptr<Workspace>> open(const Common& common);
  /// The same, handing out findings instead of printing them; `bound` is absent where there are errors.
  static Result<std::unique_ptr<Workspace>> open(const Common& common, std::vector<model::Finding>& findings);

  const model::Model& model() const { return *model_; }
  const model::BoundModel& bound() const { return *bound_; }
  bool is_bound() const { return bound_.has_value(); }
  const std::vector<row::Catalog>& catalogs() const { return catalogs_; }
  const std::string& state_folder() const { return state_folder_; }
  source::Source& source(std::size_t index) { return *sources_[index]; }

  /// The bound item type of that index; nullptr where it is not selected.
  const model::BoundItem* item(std::size_t index) const { return bound_->item(index); }
  const model::BoundTable* table_of(const model::BoundItem& item) const;
  /// Where its rows come from, in words: "orders", or "tenant_%.orders (12 schemas)"; and about how many there are.
  std::string from_text(const model::BoundItem& item) const;
  std::optional<std::uint64_t> estimated_rows(const model::BoundItem& item) const;

  /// Takes the lock and opens the journal for writing: for verbs that change something. Makes the state folder.
  Result<void> open_for_writing(const std::string& verb);
  /// Opens the journal for reading; leaves it empty where there is none yet.
  Result<void> open_for_reading();
  /// What `new_columns` says of columns that appeared since the last run; done by open_for_writing.
  Result<void> apply_known_columns();
  journal::Journal* journal() { return journal_.get(); }
  pipeline::Migration migration();

  /// A session for a service of the target. The account is checked once where the model names one.
  Result<std::shared_ptr<aws::Session>> session(std::string_view service);

 private:
  Workspace() = default;
  Common common_;
  std::string state_folder_;
  std::unique_ptr<model::Model> model_;
  std::vector<std::unique_ptr<source::Source>> sources_;
  std::vector<row::Catalog> catalogs_;
  std::optional<model::BoundModel> bound_;
  std::optional<pipeline::SampleSpec> sample_;
  std::optional<LockFile> lock_;
  std::unique_ptr<journal::Journal> journal_;
  bool account_checked_ = false;
};

}  // namespace itemize::cli
