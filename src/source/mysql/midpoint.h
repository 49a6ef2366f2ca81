// A guess between two key values: where a table's keys may be cut. Only the balance of the parts depends on how good it is.
#pragma once

#include <optional>
#include <string>

#include "row/type.h"

namespace itemize::source::mysql {

/// A value above `low` and at most `high`, near their middle, both in key_literal's text form. nullopt where there is none, or where
/// values of this type cannot be interpolated.
std::optional<std::string> midpoint(const row::Type& type, const std::string& low, const std::string& high);

}  // namespace itemize::source::mysql
