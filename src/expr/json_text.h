// JSON as text: finding parts of a document without building a tree, and jsonb's canonical form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "row/cell.h"

namespace itemize::expr {

struct Frame;

/// What is wrong with a document, in words; none where it is valid JSON (RFC 8259, as PostgreSQL reads it).
std::optional<std::string> json_problem(std::string_view document);

/// A part of a document, by its own text.
struct JsonPart {
  bool valid = true;                     ///< False: the document is damaged.
  std::optional<std::string_view> text;  ///< None: there is no such part.
};
/// The last of equal members; none where the document is no object.
JsonPart json_member(std::string_view document, std::string_view name);
/// Elements count from 0, from the end if negative; none where the document is no array.
JsonPart json_element(std::string_view document, std::int64_t index);
/// -1 where it is no array; valid documents only.
std::int64_t json_length(std::string_view document);
/// "object", "array", "string", "number", "boolean", "null".
std::string_view json_kind(std::string_view document);

/// The text of a JSON string (with its quotes), unescaped.
void append_unescaped(Buffer& out, std::string_view quoted);
/// A text as a JSON string, escaped as PostgreSQL does.
void append_json_string(Buffer& out, std::string_view text);

/// jsonb's form: members by length and bytes, the last of equal ones, ": " and ", ", plain numbers. Fails where the text is not JSON.
row::Cell normalized_json(Frame& frame, std::string_view document);

}  // namespace itemize::expr
