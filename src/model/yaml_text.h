// Writing YAML: scalars quoted where they must be.
#pragma once

#include <string>
#include <string_view>

namespace itemize::model {

/// The text as a YAML scalar that every YAML 1.1 and 1.2 parser reads back as exactly this string: plain where that is safe,
/// else in double quotes.
std::string yaml_scalar(std::string_view text);
/// Always in double quotes (templates).
std::string yaml_quoted(std::string_view text);
/// Text for a comment line: control characters and bytes that are not UTF-8 become '?'.
std::string yaml_comment(std::string_view text);
/// True where the text is well-formed UTF-8.
bool is_utf8(std::string_view text);

}  // namespace itemize::model
