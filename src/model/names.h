// Attribute names from column names, and patterns over column names.
#pragma once

#include <string>
#include <string_view>

#include "model/model.h"

namespace itemize::model {

/// The attribute that `column` becomes: words are split at '_', '-', blanks and where a capital follows a small letter
/// ("full_name" -> "fullName", "HTTPServer" -> "http_server"). Letters beyond ASCII stay as they are.
std::string apply_naming(Naming naming, std::string_view column);

/// `*` is any run of characters, `?` one character (a whole code point). Bytewise otherwise.
bool matches_pattern(std::string_view pattern, std::string_view name);
bool is_pattern(std::string_view text);

/// A number as DynamoDB writes it ("+007.50" -> "7.5", "1e3" -> "1000"); empty where it has more than 38 significant digits
/// or lies outside of 1E-130 to 9.99..E+125 (Developer Guide, "Number").
std::string canonical_number(std::string_view text);

}  // namespace itemize::model
