// The functions and operators that expressions may use: one readable table, found by name and argument types.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "expr/value.h"

namespace itemize::expr {

/// What a parameter takes. `any` takes everything as it is; the others take what casts implicitly to them.
enum class Parameter : std::uint8_t {
  any, text, integer, number, decimal, real, boolean, date, timestamp, timestamp_tz, time, interval, json, uuid, bytes, array,
};

/// Arguments are never NULL (the caller answers NULL for them), and have been cast to the parameters' types.
using Implementation = row::Cell (*)(Frame&, std::span<const row::Cell>, std::span<const row::Type>);

struct Function {
  std::string_view name;               ///< Lower case; operators by their sign.
  std::vector<Parameter> parameters;
  row::TypeKind result;
  Implementation run;
  std::string_view help;               ///< One line for docs/expressions.md.
  bool variadic = false;               ///< The last parameter may repeat.
  bool same_as_first = false;          ///< The result has the first argument's type.
};

const std::vector<Function>& functions();
/// Those of a room: times and texts have files of their own.
void add_text_functions(std::vector<Function>& table);
void add_number_functions(std::vector<Function>& table);
void add_time_functions(std::vector<Function>& table);
void add_key_functions(std::vector<Function>& table);

/// Text helpers that several files need. Characters, not bytes; invalid UTF-8 counts byte by byte.
std::size_t character_count(std::string_view text);
/// Byte offset of the character with this index, or the text's size.
std::size_t byte_offset(std::string_view text, std::size_t characters);
std::string map_case(std::string_view text, bool upper);

}  // namespace itemize::expr
