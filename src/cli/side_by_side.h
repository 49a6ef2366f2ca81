// A row and the item that was made of it beside one another, and why what is missing is missing.
#pragma once

#include <string>

#include "cli/sample.h"

namespace itemize::cli {

/// Lines of two columns, of a sample that has an item: each column of the source table against the attribute that it becomes, or the reason
/// why it becomes none.
std::string side_by_side(const model::BoundItem& item, const model::BoundTable& table, const Sample& sample, const std::string& indent);

}  // namespace itemize::cli
