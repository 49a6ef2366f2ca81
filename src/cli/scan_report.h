// What a scan found, for people and as JSON.
#pragma once

#include <string>

#include "base/json.h"
#include "cli/workspace.h"
#include "pipeline/scan.h"

namespace itemize::cli {

std::string scan_text(const Workspace& workspace, const pipeline::ScanReport& report, double seconds);
json::Value scan_json(const Workspace& workspace, const pipeline::ScanReport& report);
/// Rows that do not fit, or keys that collide.
bool scan_has_findings(const pipeline::ScanReport& report);

}  // namespace itemize::cli
