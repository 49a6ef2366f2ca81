// Characters of UTF-8: what every function over texts needs. Invalid UTF-8 counts byte by byte and never leads outside the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/buffer.h"

namespace itemize::expr {

std::size_t character_count(std::string_view text);
/// Byte offset of the character with this index, or the text's size.
std::size_t byte_offset(std::string_view text, std::size_t characters);
/// The code point at `at` (advanced), or the byte itself where it is no UTF-8.
std::uint32_t next_character(std::string_view text, std::size_t& at);
/// Where the character before `end` begins; `end` > 0.
std::size_t previous_character(std::string_view text, std::size_t end);
void append_character(Buffer& out, std::uint32_t value);

/// Unicode's simple mapping: one character for one, locale-independent. An upper case 'ß' stays what it is.
void append_case(Buffer& out, std::string_view text, bool upper);
std::string map_case(std::string_view text, bool upper);

/// Without white space (as PostgreSQL's input functions see it) at both ends.
std::string_view trimmed(std::string_view text);
/// 0-15, or -1 for what is no hexadecimal digit.
int hex_digit(char byte);

}  // namespace itemize::expr
