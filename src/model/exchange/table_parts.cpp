#include "model/exchange/table_parts.h"

#include <algorithm>

#include "model/findings.h"

namespace itemize::model::exchange {

std::vector<std::pair<std::string, char>> attribute_definitions(const DynamoTable& table) {
  std::vector<std::pair<std::string, char>> definitions;
  const auto add = [&](const KeyAttribute& attribute) {
    const auto known = std::ranges::find(definitions, attribute.name, &std::pair<std::string, char>::first);
    if (known == definitions.end()) definitions.emplace_back(attribute.name, static_cast<char>(attribute.type));
  };
  for (const KeyAttribute* attribute : table.key()) add(*attribute);
  for (const Index& index : table.indexes)
    for (const auto* list : {&index.partition_key, &index.sort_key})
      for (const KeyAttribute& attribute : *list) add(attribute);
  return definitions;
}

std::string plain_name(const std::string& name, std::set<std::string>& taken) {
  std::string plain;
  bool upper = true;
  for (const char byte : name) {
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    if (letter || (byte >= '0' && byte <= '9')) plain += upper && byte >= 'a' && byte <= 'z' ? static_cast<char>(byte & ~0x20) : byte;
    upper = !letter;
  }
  if (plain.empty() || (plain[0] >= '0' && plain[0] <= '9')) plain = "Table" + plain;
  std::string free = plain;
  for (int number = 2; !taken.insert(free).second; ++number) free = plain + std::to_string(number);
  return free;
}

const char* projection_word(Projection projection) {
  return projection == Projection::all ? "ALL" : projection == Projection::keys_only ? "KEYS_ONLY" : "INCLUDE";
}

std::string after_load_words(const DynamoTable& table) {
  if (table.after_load.empty()) return {};
  return "the model switches on " + list_words(table.after_load) + " of " + table.name +
         " after the load: do so too, so that loading fires no trigger";
}

}  // namespace itemize::model::exchange
