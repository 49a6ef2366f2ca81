#include "expr/resolve.h"

#include <algorithm>

namespace itemize::expr {
namespace {

using Candidates = std::vector<const Function*>;

bool takes_count(const Function& function, std::size_t count) {
  const std::size_t fixed = function.parameters.size();
  return function.variadic ? count + 1 >= fixed : count == fixed;
}

bool accepts(const Function& function, std::span<const Sql> arguments) {
  if (!takes_count(function, arguments.size())) return false;
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    const Sql parameter = parameter_of(function, index);
    if (arguments[index] == Sql::array && parameter == Sql::text_array) continue;
    if (!casts_implicitly(arguments[index], parameter)) return false;
  }
  return true;
}

/// SQLite's dynamic values have no type to prefer; they are treated as literals are, but never take a neighbour's type.
bool untyped(Sql sql) { return sql == Sql::unknown || sql == Sql::dynamic; }

bool matches_exactly(Sql argument, Sql parameter) {
  return argument == parameter || (argument == Sql::array && parameter == Sql::text_array);
}

template <class Score>
Candidates best_by(const Candidates& candidates, Score score) {
  Candidates best;
  int most = -1;
  for (const Function* candidate : candidates) {
    const int points = score(*candidate);
    if (points < most) continue;
    if (points > most) best.clear();
    most = points;
    best.push_back(candidate);
  }
  return best;
}

/// Rule 4.e: what category do the candidates want where a literal stands? Keeps those that want it.
Candidates by_category_of_literals(Candidates candidates, std::span<const Sql> arguments) {
  Candidates kept = candidates;
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    if (!untyped(arguments[index])) continue;
    char category = 0;
    bool preferred = false;
    bool conflict = false;
    for (const Function* candidate : candidates) {
      const Sql parameter = parameter_of(*candidate, index);
      const char wanted = category_of(parameter);
      if (category == 0) {
        category = wanted;
        preferred = is_preferred(parameter);
      } else if (wanted == category) {
        preferred = preferred || is_preferred(parameter);
      } else if (wanted == 'S') {
        category = 'S';
        preferred = is_preferred(parameter);
        conflict = false;
      } else if (category != 'S') {
        conflict = true;
      }
    }
    if (conflict) return candidates;
    std::erase_if(kept, [&](const Function* candidate) {
      const Sql parameter = parameter_of(*candidate, index);
      return category_of(parameter) != category || (preferred && !is_preferred(parameter));
    });
  }
  return kept.empty() ? candidates : kept;
}

/// Rule 4.f: where all known arguments are of one type, literals are tried as that type.
const Function* by_known_type(const Candidates& candidates, std::span<const Sql> arguments) {
  Sql known = Sql::unknown;
  for (const Sql argument : arguments) {
    if (untyped(argument)) continue;
    if (known != Sql::unknown && known != argument) return nullptr;
    known = argument;
  }
  if (known == Sql::unknown) return nullptr;
  const std::vector<Sql> assumed(arguments.size(), known);
  const Function* only = nullptr;
  for (const Function* candidate : candidates) {
    if (!accepts(*candidate, assumed)) continue;
    if (only != nullptr) return nullptr;
    only = candidate;
  }
  return only;
}

Resolution select(Candidates candidates, std::span<const Sql> arguments) {
  const auto one = [](const Candidates& left) { return left.size() == 1; };
  candidates = best_by(candidates, [&](const Function& function) {
    int exact = 0;
    for (std::size_t index = 0; index < arguments.size(); ++index)
      exact += !untyped(arguments[index]) && matches_exactly(arguments[index], parameter_of(function, index));
    return exact;
  });
  if (one(candidates)) return {Choice::found, candidates.front()};
  candidates = best_by(candidates, [&](const Function& function) {
    int good = 0;
    for (std::size_t index = 0; index < arguments.size(); ++index) {
      if (untyped(arguments[index])) continue;
      const Sql parameter = parameter_of(function, index);
      good += matches_exactly(arguments[index], parameter) ||
              (category_of(parameter) == category_of(arguments[index]) && is_preferred(parameter));
    }
    return good;
  });
  if (one(candidates)) return {Choice::found, candidates.front()};
  if (std::ranges::none_of(arguments, untyped)) return {Choice::ambiguous, nullptr};
  candidates = by_category_of_literals(std::move(candidates), arguments);
  if (one(candidates)) return {Choice::found, candidates.front()};
  if (const Function* only = by_known_type(candidates, arguments)) return {Choice::found, only};
  return {Choice::ambiguous, nullptr};
}

const Function* exact_match(std::span<const Function* const> candidates, std::span<const Sql> arguments) {
  for (const Function* candidate : candidates) {
    if (!takes_count(*candidate, arguments.size())) continue;
    bool exact = true;
    for (std::size_t index = 0; index < arguments.size(); ++index)
      exact = exact && matches_exactly(arguments[index], parameter_of(*candidate, index));
    if (exact) return candidate;
  }
  return nullptr;
}

}  // namespace

Sql parameter_of(const Function& function, std::size_t index) {
  return function.parameters[std::min(index, function.parameters.size() - 1)];
}

Resolution resolve(std::span<const Function* const> candidates, std::span<const Sql> arguments, bool is_operator) {
  std::vector<Sql> assumed(arguments.begin(), arguments.end());
  if (is_operator && arguments.size() == 2) {
    if (assumed[0] == Sql::unknown) assumed[0] = assumed[1];
    if (assumed[1] == Sql::unknown) assumed[1] = assumed[0];
  }
  if (const Function* exact = exact_match(candidates, assumed)) return {Choice::found, exact};
  Candidates fitting;
  for (const Function* candidate : candidates)
    if (accepts(*candidate, arguments)) fitting.push_back(candidate);
  if (fitting.empty()) return {};
  if (fitting.size() == 1) return {Choice::found, fitting.front()};
  return select(std::move(fitting), arguments);
}

std::optional<Sql> common_type(std::span<const Sql> types) {
  Sql common = Sql::unknown;
  for (const Sql type : types) {
    if (type == Sql::unknown || type == common) continue;
    if (common == Sql::unknown) {
      common = type;
      continue;
    }
    if (common == Sql::dynamic || type == Sql::dynamic) {
      common = Sql::dynamic;
      continue;
    }
    // Enumerations are texts to everyone but PostgreSQL itself.
    const auto category = [](Sql sql) { return sql == Sql::enumeration ? 'S' : category_of(sql); };
    if (category(type) != category(common)) return std::nullopt;
    if (common == Sql::uint8 && is_integer(type)) continue;
    if (!is_preferred(common) && casts_implicitly(common, type) && !casts_implicitly(type, common)) common = type;
  }
  if (common == Sql::unknown) return Sql::text;
  for (const Sql type : types)
    if (common != Sql::uint8 && common != Sql::dynamic && !casts_implicitly(type, common)) return std::nullopt;
  return common;
}

}  // namespace itemize::expr
