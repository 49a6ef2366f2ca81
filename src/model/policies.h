// Type policies: what a column's value is written as, by the model's `types` and `column_types`.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "model/bind.h"

namespace itemize::model {

using Policies = std::vector<std::pair<Text, TypePolicy>>;

/// The policy for a type, by the engine's own spelling without case: the exact name first ("tinyint(1)"), then the name without its
/// length ("numeric" for numeric(10,2)), then what another engine calls the same type ("varchar" for character varying); nullptr
/// where none says anything.
const TypePolicy* policy_for(const Policies& policies, const row::Type& type);
/// The policy for a column by its name, exactly.
const TypePolicy* policy_for_column(const Policies& policies, std::string_view column);

WriteAs write_as_of(std::string_view word);
Otherwise otherwise_of(std::string_view word);

/// True where at least some values of the type can be written so; false is a mistake of the model.
bool can_write(const row::Type& type, WriteAs write_as);
/// The same for a key attribute's type.
bool can_be_key(const row::Type& type, KeyType key_type);
/// The type in words, for messages: its SQL name where it has one.
std::string type_words(const row::Type& type);

}  // namespace itemize::model
