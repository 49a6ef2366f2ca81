// The answer to a BatchWriteItem: which items were left undone, and what it cost.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "sink/live/request.h"

namespace itemize::sink {

struct BatchAnswer {
  std::vector<bool> unprocessed;   ///< By entry of the request; empty: none.
  std::size_t unprocessed_count = 0;
  double write_units = 0;          ///< Table and indexes.
  double index_write_units = 0;
};

/// Reads the answer. Items that come back as unprocessed are known by their key; where one cannot be told, all items count as
/// unprocessed (to put an item twice does no harm, to lose one does). An Error: the answer is no JSON object.
Result<BatchAnswer> read_batch_answer(std::string_view text, const WriteRequest& request, std::span<const std::string> key_names);

/// The answer to a PutItem: what it cost. An Error: it is none.
Result<BatchAnswer> read_put_answer(std::string_view text);
/// The item that stood in the way of a conditional PutItem, of the refusal's body; an Error where it was not given.
Result<std::string> item_in_the_way(std::string_view text);

/// A key's identity, whatever the spelling: strings unescaped, numbers without the zeros that do not count. Empty if `attributes`
/// lacks a key attribute.
std::string key_identity(const json::Value& attributes, std::span<const std::string> key_names);

/// "-1.50e3" -> "-15e2": equal numbers have equal text.
std::string canonical_number(std::string_view text);

}  // namespace itemize::sink
