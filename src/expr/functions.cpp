#include "expr/functions.h"

#include <algorithm>
#include <map>

namespace itemize::expr {

const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"Numbers", number_functions()},
      {"Texts", text_functions()},
      {"Patterns", pattern_functions()},
      {"Texts made of values", format_functions()},
      {"Dates and times", time_functions()},
      {"Arithmetic of dates and times", time_operators()},
      {"JSON", json_functions()},
      {"Arrays", array_functions()},
      {"Digests and encodings", hash_functions()},
      {"Keys of DynamoDB", key_functions()},
  };
  return all;
}

namespace {

const std::map<std::string_view, std::vector<const Function*>>& index() {
  static const std::map<std::string_view, std::vector<const Function*>> by_name = [] {
    std::map<std::string_view, std::vector<const Function*>> made;
    for (const Family& family : families())
      for (const Function& function : family.functions) made[function.name].push_back(&function);
    return made;
  }();
  return by_name;
}

}  // namespace

std::span<const Function* const> functions_named(std::string_view name) {
  const auto found = index().find(name);
  if (found == index().end()) return {};
  return found->second;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const auto& [name, functions] : index())
    if (std::isalpha(static_cast<unsigned char>(name.front())) != 0) names.emplace_back(name);
  return names;
}

}  // namespace itemize::expr
