// Values: one cell as one DynamoDB JSON value, with its size as DynamoDB counts it. The rules are DESIGN.md's "Types".
#pragma once

#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "base/decimal.h"
#include "item/rejection.h"
#include "model/bind.h"
#include "row/cell.h"
#include "row/type.h"

namespace itemize::transform {

enum class Written : std::uint8_t {
  value,    ///< Appended; its size was added.
  absent,   ///< Nothing to write (an empty set).
  refused,  ///< DynamoDB cannot hold it: `rejection` says why; what was appended is to be truncated by the caller.
};

/// Where a value goes, and what it comes to.
struct ValueOutput {
  Buffer& out;
  std::uint32_t size = 0;  ///< Bytes as DynamoDB counts them, added up.
  item::Rejection rejection;

  Written refuse(item::Reason reason, std::string sentence) {
    rejection.reason = reason;
    rejection.sentence = std::move(sentence);
    return Written::refused;
  }
};

/// Appends {"S":"..."} and the like for a cell that is not NULL, by the default rules for what the cell is. `type` gives
/// precision, and the types of elements and fields; `depth` counts the levels of L and M around the value.
Written write_value(const row::Cell& cell, const row::Type& type, int depth, ValueOutput& output);

/// As write_value, by a policy (`types: {"tinyint(1)": BOOL}`).
Written write_value_as(const row::Cell& cell, const row::Type& type, model::WriteAs as, ValueOutput& output, int depth = 0);

/// A JSON document as M, L, S, N, BOOL, NULL.
Written write_document(std::string_view json, int depth, ValueOutput& output);

/// The pieces that keys need, without the type's braces: text of S (escaped), N (plain, checked), B (base64).
Written write_string_text(std::string_view text, ValueOutput& output);
Written write_number_text(const row::Cell& cell, ValueOutput& output);

/// SS, NS or BS of an array's elements, of a MySQL SET, or of a JSON list of strings or numbers. Empty: absent.
Written write_set(const row::Cell& cell, const row::Type& type, model::WriteAs as, ValueOutput& output);

/// One element of a set, without its quotes; what it counts is added. NULL is refused.
Written write_set_element(const row::Cell& element, const row::Type& type, model::WriteAs as, ValueOutput& output);

/// Refusals that several writers share.
Written refuse_form(NumberForm form, ValueOutput& output);
Written refuse_invalid(const row::Cell& cell, ValueOutput& output);
Written refuse_too_large(std::size_t size, ValueOutput& output);
/// Refuses where the item has outgrown 400 KB already, so that a huge value costs no more than an item does.
bool too_large(ValueOutput& output);

/// The cell's canonical text (row::append_text) into `scratch`, or a refusal.
Written to_text(const row::Cell& cell, const row::Type& type, Buffer& scratch, ValueOutput& output);

}  // namespace itemize::transform
