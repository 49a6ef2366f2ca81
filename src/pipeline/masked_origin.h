// The origin of a row, or an item, with all that is sensitive masked: for whatever people see or files keep.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "item/attribute_value.h"
#include "model/bind.h"
#include "row/cell.h"

namespace itemize::pipeline {

std::string masked_origin(const model::BoundItem& item, const model::BoundTable& table, std::span<const row::Cell> row);
/// The same for an origin that is already text (append_origin's JSON).
std::string masked_origin(const model::ItemType& type, std::string_view origin);
/// An item as JSON, sensitive attributes as "***".
std::string masked_item(const model::BoundItem& bound, const item::Item& item);
/// The same for an item's text (DynamoDB JSON, without a frame) in a rejects file: long texts cut with their length behind them. Empty
/// where it cannot be read.
std::string masked_item(const model::BoundModel& model, std::size_t item_type, std::string_view text);
/// Whether the item type's DynamoDB key shows a sensitive column.
bool key_is_sensitive(const model::BoundModel& model, std::size_t item_type);

}  // namespace itemize::pipeline
