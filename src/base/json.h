// JSON: a small owned tree for configuration, responses and tests, and a visitor for documents on the way to items.
// Wraps simdjson, whose headers stay in json.cpp. Numbers keep their text, so that 38 digits survive.
#pragma once

#include <string>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace itemize::json {

struct Value;
struct Member;
struct Null {};
struct Number { std::string text; };
using Array = std::vector<Value>;
using Object = std::vector<Member>;  ///< In the order written; keys may repeat.

struct Value {
  std::variant<Null, bool, Number, std::string, Array, Object> content;

  bool is_null() const { return std::holds_alternative<Null>(content); }
  const std::string* string() const { return std::get_if<std::string>(&content); }
  const Array* array() const { return std::get_if<Array>(&content); }
  const Object* object() const { return std::get_if<Object>(&content); }
  const Number* number() const { return std::get_if<Number>(&content); }
  const bool* boolean() const { return std::get_if<bool>(&content); }
  /// Member of an object by name (the first); nullptr where absent or not an object.
  const Value* find(std::string_view name) const;
  /// Conveniences for responses: the member's text or number, or the fallback.
  std::string text(std::string_view name, std::string_view fallback = {}) const;
  std::int64_t integer(std::string_view name, std::int64_t fallback = 0) const;
};

/// Shaped like a std::pair of key and value, which cannot itself be made of a type that is still incomplete (clang insists).
struct Member {
  std::string first;
  Value second;
};

/// Parses one whole document (trailing bytes are an error; at most 1000 levels deep; UTF-8 is checked).
Result<Value> parse(std::string_view text);
/// Compact text; strings escaped as RFC 8259 asks, nothing more.
std::string to_text(const Value& value);
/// `"` + escaped + `"`.
void append_quoted(std::string& out, std::string_view text);

/// Events of a document, in order, for those who convert it on the fly. Return false to stop (parse_events then returns false too).
class Events {
 public:
  virtual ~Events() = default;
  virtual bool null() = 0;
  virtual bool boolean(bool value) = 0;
  virtual bool number(std::string_view text) = 0;   ///< As written, e.g. "1.50e3".
  virtual bool string(std::string_view text) = 0;   ///< Unescaped UTF-8.
  virtual bool begin_array() = 0;
  virtual bool end_array() = 0;
  virtual bool begin_object() = 0;
  virtual bool key(std::string_view text) = 0;
  virtual bool end_object() = 0;
};
/// False where a handler stopped; an Error where the text is not JSON.
Result<bool> parse_events(std::string_view text, Events& events);

}  // namespace itemize::json
