// What the writers of table definitions share.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/model.h"

namespace itemize::model::exchange {

/// Every key attribute of the table and its indexes once, with its type: S, N or B.
std::vector<std::pair<std::string, char>> attribute_definitions(const DynamoTable& table);

/// A name of letters and digits only that is not taken yet, made of `name`; it is taken afterwards.
std::string plain_name(const std::string& name, std::set<std::string>& taken);

/// ALL, KEYS_ONLY or INCLUDE.
const char* projection_word(Projection projection);

/// "stream and time_to_live of shop are switched on after the load", for a comment; empty where there is nothing of the kind.
std::string after_load_words(const DynamoTable& table);

}  // namespace itemize::model::exchange
