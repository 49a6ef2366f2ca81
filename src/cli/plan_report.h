// What the model's changes mean, for people and as JSON: of `plan`, and of a dry run of `load --replace`.
#pragma once

#include <string>

#include "base/json.h"
#include "pipeline/changes.h"

namespace itemize::cli {

/// "Order: key changed (SK): 1,200,000 deletes, 1,200,000 puts", and lines below with what the model said and says.
std::string change_text(const pipeline::TypeChange& change);
json::Value change_json(const pipeline::TypeChange& change);

}  // namespace itemize::cli
