// PostgreSQL 12 and later as a source. See docs/sources/postgresql.md.
#pragma once

#include <memory>

#include "source/source.h"

namespace itemize::source {

/// `options.url` is a libpq connection URI (postgresql:// or postgres://) without a password. Does not connect.
Result<std::unique_ptr<Source>> make_postgres_source(const Options& options);

}  // namespace itemize::source
