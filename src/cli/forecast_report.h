// What a load is forecast to take, for people and as JSON.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/json.h"
#include "pipeline/forecast.h"

namespace itemize::cli {

std::string forecast_text(const pipeline::Forecast& forecast, int connections);
/// A warning where the snapshot would get older than that; else empty.
std::string age_warning(const pipeline::Forecast& forecast, std::chrono::milliseconds most);
json::Value forecast_json(const pipeline::Forecast& forecast);

}  // namespace itemize::cli
