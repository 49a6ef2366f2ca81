// The numbers of copies (duplicates: number): the second of several equal rows has "#2" behind the last attribute of its key.
// docs/model.md publishes the rule, because the application must make the same keys.
#pragma once

#include <cstdint>
#include <optional>

#include "item/batch.h"
#include "item/rejection.h"
#include "model/bind.h"

namespace itemize::pipeline {

/// Appends to `text` and `items.keys` the put's texts with the number in its key; `put` is then that item (`text` is where its text
/// stands). Number 1 changes nothing. The rejection where the key or the item becomes too large: nothing is appended then.
std::optional<item::Rejection> append_numbered(const model::BoundModel& model, item::TableItems& items, item::Put& put,
                                               std::uint64_t number, Buffer& text);

}  // namespace itemize::pipeline
