// SQLite as a source. See docs/sources/sqlite.md.
#pragma once

#include <memory>

#include "source/source.h"

namespace itemize::source {

/// `options.url` is "sqlite:" and a path, absolute or relative to the current folder. The file must exist; it is opened read-only.
Result<std::unique_ptr<Source>> make_sqlite_source(const Options& options);

}  // namespace itemize::source
