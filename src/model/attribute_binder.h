// Binding the attributes of one map: columns, templates and constants over the rows of a scope. Items and relations share it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "model/draft.h"
#include "model/findings.h"

namespace itemize::model {

/// What a key attribute asks of its value; absent for other attributes.
struct KeyUse {
  const KeyAttribute* attribute = nullptr;
  bool table_key = false;
  bool sort = false;        // the table's sort key
  bool index_sort = false;  // a sort key of some index
};

/// The attributes of one map so far; several binders may add to it (flatten).
struct AttributeList {
  std::map<std::string, KeyUse> uses;
  std::map<std::string, std::size_t> taken;  ///< Attribute -> index in `attributes`.
  std::vector<DraftAttribute> attributes;

  const KeyUse* use_of(std::string_view attribute) const {
    const auto found = uses.find(std::string(attribute));
    return found == uses.end() ? nullptr : &found->second;
  }
};

/// What binding one item type shares with all of its relations.
struct BindState {
  Findings& findings;
  const Model& model;
  const row::Catalog& catalog;
  const SourceSpec& source;
  SensitiveColumns& sensitive;
  std::vector<std::unique_ptr<RowScope>>& scopes;  ///< Kept until everything is laid out.
  std::string extra_where = {};                    ///< --where
  std::size_t relations = 0;                       ///< Bound so far.
};

/// The owner's settings that go for its relations as well, unless they say otherwise.
struct Inherited {
  Naming naming = Naming::as_is;
  bool nulls_write = false;

  Inherited of(const Shaping& shaping) const { return {shaping.naming.value_or(naming), shaping.nulls_write.value_or(nulls_write)}; }
};

class AttributeBinder {
 public:
  /// `scope`'s rows are those of `shaping`; `prefix` stands before columns' names in messages ("country."), empty for an
  /// item type's own; `from_place` is where to
  /// point for a column that the file does not name.
  AttributeBinder(BindState& state, const Shaping& shaping, const RowScope& scope, AttributeList& list, Inherited inherited,
                  std::string path, std::string prefix, Place from_place);

  /// The columns that are sensitive, in this item type alone (numbers of the scope).
  void bind_sensitive();
  void bind_columns();
  void bind_set();
  /// An attribute from a template or a constant of the model. Nothing where it has mistakes.
  void bind_value(const Text& attribute, const Value& value, const std::string& path, AttributeList& list);
  /// Compiles a template; nullopt with findings at the places of its mistakes.
  std::optional<expr::Program> compile(const Text& text, const std::string& path, bool expression);
  /// True where the program reads a sensitive column of the item type.
  bool is_sensitive(const expr::Program& program) const;
  bool reads_relations(const expr::Program& program) const;
  void add_sensitive(std::size_t number) { sensitive_.insert(number); }
  /// The compiled expression; nothing where there is none, or it has mistakes.
  std::optional<expr::Program> bind_where();
  /// What `name` means, as an expression would find it; nullopt with a finding.
  std::optional<std::size_t> number_of(const Text& name, const std::string& path);

 private:
  std::optional<std::string> constant_text(const std::string& text, const Value& value, const KeyUse* use, const std::string& path);
  std::optional<std::string> number_constant(const std::string& text, Place place, const std::string& path);
  std::optional<std::string> plain_constant(const Value& value, const KeyUse* use, const std::string& path);
  void check_key_type(const KeyUse& use, const row::Type& type, Place place, const std::string& path);
  bool bind_template(DraftAttribute& draft, const Text& text, const Value& value, const KeyUse* use, const std::string& path);
  bool use_program(DraftAttribute& draft, expr::Program program, const Text& text, const Value& value, const KeyUse* use,
                   const std::string& path);
  void apply_policies(BoundAttribute& bound, const std::string& column);
  std::vector<bool> chosen_columns();
  void bind_column(std::size_t column, const Text* renamed);
  void column_meets(std::size_t column, const BoundAttribute& wanted, const DraftAttribute& other);
  Place column_place(const std::string& name) const;

  BindState& state_;
  Findings& findings_;
  const Shaping& shaping_;
  const RowScope& scope_;
  const row::Table& from_;
  AttributeList& list_;
  const Inherited settings_;
  const std::string path_;
  const std::string prefix_;
  const bool of_item_;
  const Place from_place_;
  std::set<std::size_t> sensitive_;
};

/// `{"S":"..."}` of the text.
std::string string_constant(std::string_view text);

}  // namespace itemize::model
