// `create --print`: the model's tables in the words of other tools.
#pragma once

#include <string>

#include "cli/command.h"

namespace itemize::cli {

/// `format`: cloudformation, terraform or workbench; for workbench `number` items of each type are made as samples.
Result<int> print_tables(const Common& common, const std::string& format, int number);

}  // namespace itemize::cli
