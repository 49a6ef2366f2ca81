// What another driver reads: Python's, through test/read_values.py.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"

namespace itemize::source::conformance {

/// (table, id) -> canonical text of the column v, as an independent driver sees it; NULL and values without a text as in text_of.
using IndependentValues = std::map<std::pair<std::string, std::string>, std::string>;

/// Errors: not_found where there is no Python with drivers (ITEMIZE_TEST_PYTHON); invalid_input with what the script said.
Result<IndependentValues> read_independently(const std::string& url, const std::vector<std::string>& tables);

}  // namespace itemize::source::conformance
