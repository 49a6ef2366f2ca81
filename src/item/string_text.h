// Strings on their way into JSON: escaped and checked as UTF-8 in one pass. The hottest loop of the program.
#pragma once

#include <string_view>

#include "base/buffer.h"

namespace itemize::item {

/// Appends `text` escaped for the inside of a JSON string. False where it is not valid UTF-8 (RFC 3629: no surrogates, no
/// overlong forms); what was appended then is to be truncated by the caller.
bool append_escaped(Buffer& out, std::string_view text);

/// Appends `bytes` in base64 (RFC 4648, section 4), as DynamoDB JSON writes B.
void append_base64(Buffer& out, std::string_view bytes);

}  // namespace itemize::item
