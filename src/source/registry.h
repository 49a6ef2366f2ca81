// The one list of sources: which URL scheme is read by which engine's code.
#pragma once

#include <memory>
#include <string_view>

#include "source/source.h"

namespace itemize::source {

/// Makes the Source for `options.url` (postgresql://, postgres://, mysql://, mariadb://, sqlite:). Does not connect.
/// Errors: unknown scheme (with "did you mean"), a malformed URL, a URL that carries a password.
Result<std::unique_ptr<Source>> make_source(const Options& options);

}  // namespace itemize::source
