#include "source/source.h"

namespace itemize::source {

Result<std::unique_ptr<Reader>> Snapshot::open_with_key_forms(const Range& range, const row::Table& table,
                                                              const std::vector<std::string>& columns,
                                                              const std::vector<std::string>& key_forms) {
  if (!key_forms.empty()) return fail(ErrorCode::internal, "table " + table.display_name() + ": this engine has no key forms");
  return open(range, table, columns);
}

Result<double> Source::load_figure(const std::string& name) {
  return fail(ErrorCode::not_found, "this engine has no load figure '" + name + "'", "leave --max-load out for this source");
}

Result<std::optional<double>> Source::replica_lag() { return std::nullopt; }

}  // namespace itemize::source
