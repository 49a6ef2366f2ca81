// DynamoDB tables as the model describes them, in the words of CreateTable, and how they compare with what is there.
#pragma once

#include <string>
#include <vector>

#include "aws/dynamodb.h"
#include "model/model.h"

namespace itemize::pipeline {

/// What CreateTable is told. What `after_load` names is left out: it is switched on when the data is in.
aws::TableDefinition definition_of(const model::DynamoTable& table);

/// One way in which a table is not as the model says.
struct Drift {
  bool fatal = false;     ///< Items cannot be written as the model makes them (keys, key types).
  std::string text;       ///< "has the partition key pk (S), the model says PK (S)"
};
std::vector<Drift> compare_table(const model::DynamoTable& wanted, const aws::TableDescription& found);

/// Whether `after_load` names the setting: stream, time_to_live, deletion_protection, point_in_time_recovery.
bool switched_on_after_load(const model::DynamoTable& table, std::string_view setting);

/// Time to live, point-in-time recovery and, where `after_load`, all that after_load names; what is so already is left alone.
Result<void> apply_settings(aws::DynamoDb& dynamodb, const model::DynamoTable& table, bool after_load);

}  // namespace itemize::pipeline
