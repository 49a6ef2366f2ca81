#include "source/source.h"

namespace itemize::source {

Result<double> Source::load_figure(const std::string& name) {
  return fail(ErrorCode::not_found, "this engine has no load figure '" + name + "'", "leave --max-load out for this source");
}

Result<std::optional<double>> Source::replica_lag() { return std::nullopt; }

}  // namespace itemize::source
