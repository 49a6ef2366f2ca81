// The picture of a workspace's model, into a file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/sample.h"
#include "cli/workspace.h"

namespace itemize::cli {

/// Samples by Model::items index: where there are any, their values stand in the picture.
using SamplesByItem = std::map<std::size_t, std::vector<Sample>>;

/// Writes FILE.svg or FILE.html; another ending is an Error. Each source's tables, item types that are selected.
Result<void> write_diagram(Workspace& workspace, const SamplesByItem& samples, const std::string& file);

}  // namespace itemize::cli
