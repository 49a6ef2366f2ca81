// Samples: single rows made into items, for people to look at.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "item/attribute_value.h"
#include "item/rejection.h"
#include "model/bind.h"
#include "pipeline/related_rows.h"
#include "pipeline/snapshots.h"
#include "source/source.h"

namespace itemize::cli {

struct Sample {
  std::string row;                         ///< JSON, sensitive values masked.
  std::string origin;                      ///< JSON
  std::optional<item::Item> item;          ///< Absent where the row is skipped or rejected.
  std::string key;                         ///< JSON of the item's key, unmasked: for looking it up.
  std::uint32_t size = 0;                  ///< Bytes as DynamoDB counts them.
  std::optional<item::Rejection> rejection;
};

/// Makes the items of one type from each row of the range, a sample for each, until `wanted` is reached (rows that `where` leaves out do not count
/// where `skip_unwanted`), or `most_rows` rows were read.
Result<std::vector<Sample>> make_samples(const model::BoundModel& model, const model::BoundTable& table, const model::BoundItem& item, source::Snapshot& snapshot, const pipeline::Related& related, const source::Range& range, std::size_t wanted, bool skip_unwanted, std::size_t most_rows = 10'000);

/// The same from the first rows of the item type's table, or tables where it has one in each of many schemas.
Result<std::vector<Sample>> first_samples(const model::BoundModel& model, const model::BoundItem& item, const pipeline::Snapshots& snapshots,
                                          const pipeline::Related& related, std::size_t wanted);

/// S, N, B, ...
const char* type_name(const item::AttributeValue& value);
/// `{"S":"..."}` for people: one line, sensitive ones as ***.
std::string value_text(const item::AttributeValue& value);
bool is_sensitive(const model::BoundItem& item, const std::string& attribute);
/// The item as lines "  name  TYPE  value", key attributes first.
std::string item_text(const model::BoundItem& item, const item::Item& value, const std::string& indent);

}  // namespace itemize::cli
