#include "cli/output.h"

#include <charconv>
#include <cmath>

namespace itemize::cli {

json::Value json_real(double number) {
  if (!std::isfinite(number)) return {};
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed, 2).ptr;
  return {json::Number{std::string(text, end)}};
}

}  // namespace itemize::cli
