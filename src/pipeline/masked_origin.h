// The origin of a row with the sensitive columns of its key masked: for whatever people see or files keep.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/bind.h"
#include "row/cell.h"

namespace itemize::pipeline {

std::string masked_origin(const model::BoundItem& item, const model::BoundTable& table, std::span<const row::Cell> row);
/// The same for an origin that is already text (append_origin's JSON).
std::string masked_origin(const model::ItemType& type, std::string_view origin);
/// Whether the item type's DynamoDB key shows a sensitive column.
bool key_is_sensitive(const model::BoundModel& model, std::size_t item_type);

}  // namespace itemize::pipeline
