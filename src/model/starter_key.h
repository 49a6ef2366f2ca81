// Choosing the DynamoDB key of a starter item type from the primary key of its source table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/model.h"
#include "row/catalog.h"

namespace itemize::model {

struct StarterAttribute {
  std::string name;
  KeyType type = KeyType::S;
  std::string value;      ///< The template.
};

struct StarterKey {
  std::vector<StarterAttribute> attributes;  ///< One or two.
  bool proven = false;
  std::string problem;    ///< Why there is none, where attributes is empty.
};

/// One column: the partition key. Two: partition and sort key. More: the first column and the rest joined with '#', numbers as
/// sortable() so that they sort; the columns are put in another order where only that makes the key provably unique.
StarterKey starter_key(const row::Table& table);

}  // namespace itemize::model
