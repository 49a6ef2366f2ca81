#include "model/joins.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "model/resolve.h"
#include "model/starter_names.h"

namespace itemize::model {

namespace {

bool leads_to(const row::ForeignKey& key, const row::Table& table) {
  if (key.parent_table == table.name && key.parent_schema == table.schema) return true;
  // SQLite writes the name as the constraint has it, and looks for it without case.
  return table.schema.empty() && key.parent_schema.empty() && same_without_case(key.parent_table, table.name);
}

/// Column pairs of a foreign key: referencing, referenced. nullopt where the catalogs do not fit together.
struct Pairs {
  std::vector<std::size_t> referencing;
  std::vector<std::size_t> referenced;
};

std::optional<std::size_t> column_of(const row::Table& table, const std::string& name) {
  if (const auto column = table.column(name)) return column;
  for (std::size_t index = 0; index < table.columns.size(); ++index)
    if (same_without_case(table.columns[index].name, name)) return index;
  return std::nullopt;
}

std::optional<Pairs> pairs_of(const row::ForeignKey& key, const row::Table& referencing, const row::Table& referenced) {
  Pairs pairs;
  for (const std::string& name : key.columns) {
    const auto column = column_of(referencing, name);
    if (!column) return std::nullopt;
    pairs.referencing.push_back(*column);
  }
  for (const std::string& name : key.parent_columns) {
    const auto column = column_of(referenced, name);
    if (!column) return std::nullopt;
    pairs.referenced.push_back(*column);
  }
  // `REFERENCES parent` without columns means the primary key.
  if (key.parent_columns.empty() && !referenced.unique_keys.empty() && referenced.unique_keys[0].primary)
    pairs.referenced = referenced.unique_keys[0].columns;
  return pairs.referencing.size() == pairs.referenced.size() && !pairs.referencing.empty() ? std::optional(pairs) : std::nullopt;
}

struct Candidate {
  const row::ForeignKey* key;
  Pairs pairs;
};

/// Foreign keys of one table that lead to the other; the same columns are said once.
std::vector<Candidate> candidates_of(const row::Table& referencing, const row::Table& referenced) {
  std::vector<Candidate> candidates;
  for (const row::ForeignKey& key : referencing.foreign_keys) {
    if (!leads_to(key, referenced)) continue;
    auto pairs = pairs_of(key, referencing, referenced);
    if (!pairs) continue;
    const bool known = std::ranges::any_of(candidates, [&](const Candidate& other) {
      return other.pairs.referencing == pairs->referencing && other.pairs.referenced == pairs->referenced;
    });
    if (!known) candidates.push_back({&key, *std::move(pairs)});
  }
  return candidates;
}

std::string names_of(const row::Table& table, const std::vector<std::size_t>& columns) {
  std::string names;
  for (const std::size_t column : columns) names += (names.empty() ? "" : ", ") + table.columns[column].name;
  return columns.size() == 1 ? names : "[" + names + "]";
}

/// "match: { customer_id: id }", with dots where no column suggests itself.
std::string match_hint(const row::Table& referencing, const row::Table& referenced) {
  const bool has_key = !referenced.unique_keys.empty();
  std::string pairs;
  for (const std::size_t key : has_key ? referenced.unique_keys[0].columns : std::vector<std::size_t>{}) {
    const std::string& name = referenced.columns[key].name;
    const std::string one = singular(referenced.name);
    std::string guess = "...";
    for (const std::string& candidate : {one + "_" + name, one + name, name})
      if (const auto column = column_of(referencing, candidate); column && guess == "...") guess = referencing.columns[*column].name;
    pairs += (pairs.empty() ? "" : ", ") + guess + ": " + name;
  }
  return "say which columns belong together: match: { " + (pairs.empty() ? "...: ..." : pairs) + " }, a column of " +
         quote(referencing.display_name()) + " to one of " + quote(referenced.display_name());
}

/// The words of the model that choose among foreign keys.
struct Choice {
  const std::vector<Text>* columns = nullptr;
  const Text* name = nullptr;
  Place place;
  std::string word;  ///< "by", "from_parent", "to_child"
};

std::optional<Pairs> by_columns(Findings& findings, const std::string& path, const Choice& choice, const row::Table& referencing,
                                const row::Table& referenced, const std::vector<Candidate>& candidates) {
  std::vector<std::size_t> wanted;
  for (const Text& name : *choice.columns) {
    const auto column = resolve_column(findings, path, name, referencing);
    if (!column) return std::nullopt;
    wanted.push_back(*column);
  }
  const std::set<std::size_t> set(wanted.begin(), wanted.end());
  for (const Candidate& candidate : candidates)
    if (std::set<std::size_t>(candidate.pairs.referencing.begin(), candidate.pairs.referencing.end()) == set) return candidate.pairs;
  // Columns of a link table without foreign keys mean the primary key at the other end.
  if (choice.word != "by" && !referenced.unique_keys.empty() && referenced.unique_keys[0].primary &&
      referenced.unique_keys[0].columns.size() == wanted.size())
    return Pairs{wanted, referenced.unique_keys[0].columns};
  std::string there;
  for (const Candidate& candidate : candidates)
    there += (there.empty() ? "" : " and ") + names_of(referencing, candidate.pairs.referencing);
  findings.error((*choice.columns)[0].place, path,
                 "no foreign key of " + quote(referencing.display_name()) + " over " + names_of(referencing, wanted) + " leads to " +
                     quote(referenced.display_name()),
                 there.empty() ? match_hint(referencing, referenced) : "those that do: " + there);
  return std::nullopt;
}

std::optional<Pairs> choose(Findings& findings, const std::string& path, const Choice& choice, const row::Table& referencing,
                            const row::Table& referenced) {
  const std::vector<Candidate> candidates = candidates_of(referencing, referenced);
  if (choice.columns != nullptr && !choice.columns->empty())
    return by_columns(findings, path + "." + choice.word, choice, referencing, referenced, candidates);
  if (choice.name != nullptr) {
    std::vector<std::string> names;
    for (const Candidate& candidate : candidates) {
      if (candidate.key->name == choice.name->value) return candidate.pairs;
      names.push_back(candidate.key->name);
    }
    findings.error(
        choice.name->place, path + ".foreign_key",
        quote(referencing.display_name()) + " has no foreign key " + quote(choice.name->value) + " to " + quote(referenced.display_name()),
        did_you_mean_or(choice.name->value, names, names.empty() ? match_hint(referencing, referenced) : "it has " + list_words(names)));
    return std::nullopt;
  }
  if (candidates.size() == 1) return candidates[0].pairs;
  if (candidates.empty()) {
    findings.error(choice.place, path,
                   "there is no foreign key from " + quote(referencing.display_name()) + " to " + quote(referenced.display_name()),
                   choice.word == "by" ? match_hint(referencing, referenced) : "say which columns lead there: " + choice.word + ": [...]");
    return std::nullopt;
  }
  std::vector<std::string> words;
  for (const Candidate& candidate : candidates) words.push_back(names_of(referencing, candidate.pairs.referencing));
  findings.error(choice.place, path,
                 quote(referencing.display_name()) + " has several foreign keys to " + quote(referenced.display_name()) + ": over " +
                     list_words(words),
                 "say which: " + choice.word + ": " +
                     (candidates[0].pairs.referencing.size() == 1 && choice.word != "by" ? "[" + words[0] + "]" : words[0]));
  return std::nullopt;
}

std::optional<Pairs> matched(Findings& findings, const std::string& path, const Relation& relation, const row::Table& referencing,
                             const row::Table& referenced) {
  Pairs pairs;
  bool swapped = true;
  for (const auto& [left, right] : relation.match)
    swapped = swapped && !referencing.column(left.value) && referenced.column(left.value) && referencing.column(right.value);
  if (swapped) {
    const auto& [left, right] = relation.match[0];
    findings.error(left.place, path + ".match",
                   "match goes from the table that references to the one that is referenced: " + quote(left.value) + " is a column of " +
                       quote(referenced.display_name()),
                   "write match: { " + right.value + ": " + left.value + " }");
    return std::nullopt;
  }
  bool good = true;
  for (const auto& [left, right] : relation.match) {
    const auto from = resolve_column(findings, path + ".match", left, referencing);
    const auto to = resolve_column(findings, path + ".match", right, referenced);
    good = good && from && to;
    if (from) pairs.referencing.push_back(*from);
    if (to) pairs.referenced.push_back(*to);
  }
  return good ? std::optional(pairs) : std::nullopt;
}

}  // namespace

std::optional<Join> resolve_join(Findings& findings, const std::string& path, const Relation& relation, const row::Table& owner,
                                 const row::Table& related) {
  const row::Table& referencing = relation.embed ? related : owner;
  const row::Table& referenced = relation.embed ? owner : related;
  const Choice choice{&relation.by, relation.foreign_key ? &*relation.foreign_key : nullptr, relation.place, "by"};
  auto pairs = !relation.match.empty() ? matched(findings, path, relation, referencing, referenced)
                                       : choose(findings, path, choice, referencing, referenced);
  if (!pairs) return std::nullopt;
  if (relation.embed) return Join{std::move(pairs->referenced), std::move(pairs->referencing)};
  return Join{std::move(pairs->referencing), std::move(pairs->referenced)};
}

std::optional<Join> join_to_link(Findings& findings, const std::string& path, const Via& via, const row::Table& owner,
                                 const row::Table& link) {
  auto pairs = choose(findings, path + ".via", {&via.from_parent, nullptr, via.place, "from_parent"}, link, owner);
  if (!pairs) return std::nullopt;
  return Join{std::move(pairs->referenced), std::move(pairs->referencing)};
}

std::optional<Join> join_to_far(Findings& findings, const std::string& path, const Via& via, const row::Table& link,
                                const row::Table& far) {
  auto pairs = choose(findings, path + ".via", {&via.to_child, nullptr, via.place, "to_child"}, link, far);
  if (!pairs) return std::nullopt;
  return Join{std::move(pairs->referencing), std::move(pairs->referenced)};
}

bool hold_unique_key(const row::Table& table, const std::vector<std::size_t>& columns) {
  return std::ranges::any_of(table.unique_keys, [&](const row::UniqueKey& key) {
    return std::ranges::all_of(key.columns, [&](std::size_t column) { return std::ranges::find(columns, column) != columns.end(); });
  });
}

}  // namespace itemize::model
