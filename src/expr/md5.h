// MD5 (RFC 1321): for keys that an application makes with md5() already. Nothing here is protected by it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace itemize::expr {

using Md5 = std::array<std::uint8_t, 16>;
Md5 md5_of(std::string_view bytes);

}  // namespace itemize::expr
