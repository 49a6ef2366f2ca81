// Summary: what a bound model means for its items, as a value that can be stored and compared: comments, order and spelling left out.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "model/bind.h"

namespace itemize::model {

/// {"version":1,"item_types":[every name, by index],"items":{"Order":{...}}}; only item types that are bound are in "items".
json::Value summary_of(const BoundModel& model);

/// What differs between two meanings of one item type.
struct Difference {
  enum class Of : std::uint8_t {
    table,  ///< Its items go to another DynamoDB table.
    key,    ///< The table's key, or a template of it.
    from,   ///< The source table.
    where,
    attribute_added,
    attribute_removed,
    attribute_changed,
    other,  ///< Anything else that decides what the items hold.
  };
  Of of = Of::other;
  std::string name;    ///< Of the attribute, or the word in the model.
  std::string before;  ///< As the model wrote it; empty where that says nothing.
  std::string after;
};

/// `before` and `after`: members of "items" of two summaries. Empty where every row becomes the same item.
std::vector<Difference> differences(const json::Value& before, const json::Value& after);

}  // namespace itemize::model
