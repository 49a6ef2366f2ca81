// What an item holds, as one number: equal for items that DynamoDB takes for equal, however they are written.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "item/attribute_value.h"

namespace itemize::sink {

/// Numbers count by value, sets without order. 64 bits: for telling items of one key apart, not against an adversary.
std::uint64_t content_of(const item::Item& item);
/// Of an attribute map as DynamoDB JSON; an Error (invalid_input) where it is none.
Result<std::uint64_t> content_of(std::string_view item_json);

}  // namespace itemize::sink
