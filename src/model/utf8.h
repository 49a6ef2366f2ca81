// UTF-8, one code point at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace itemize::model {

/// The code point at `at`, which moves behind it; nullopt (and `at` unmoved) where the bytes are not well-formed (RFC 3629).
inline std::optional<std::uint32_t> next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return ++at, lead;
  const std::size_t extra = lead >= 0xC2 && lead <= 0xDF ? 1 : (lead & 0xF0) == 0xE0 ? 2 : lead >= 0xF0 && lead <= 0xF4 ? 3 : 0;
  if (extra == 0 || at + extra >= text.size()) return std::nullopt;
  std::uint32_t code = lead & (0x3Fu >> extra);
  for (std::size_t index = 1; index <= extra; ++index) {
    const auto byte = static_cast<unsigned char>(text[at + index]);
    if ((byte & 0xC0) != 0x80) return std::nullopt;
    code = code << 6 | (byte & 0x3F);
  }
  const bool overlong = (extra == 2 && code < 0x800) || (extra == 3 && code < 0x10000);
  if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return std::nullopt;
  at += extra + 1;
  return code;
}

}  // namespace itemize::model
