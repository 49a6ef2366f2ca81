// Reading typed values out of a Document, with a finding for whatever is not as it should be.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/document.h"
#include "model/findings.h"
#include "model/locate.h"
#include "model/model.h"

namespace itemize::model {

/// A value with the key that names it and its path from the top ("items.Order.key").
struct Field {
  const Node* key = nullptr;    ///< nullptr for an element of a list.
  const Node* value = nullptr;
  std::string path;

  Place place() const { return value->kind == NodeKind::null && key != nullptr ? key->place : value->place; }
  Place key_place() const { return key != nullptr ? key->place : value->place; }
  /// The key's text.
  const std::string& name() const { return key->text; }
};

/// What a run of the parser shares.
struct Reader {
  const Lines& lines;
  Findings& findings;
  /// Files that the model names, and what of them belongs into its hash. nullptr: there are none to be had.
  struct Files {
    std::string model_path;
    std::function<Result<std::string>(const std::string& path)> read;
    std::string for_hash;
  };
  Files* files = nullptr;

  /// The entries of a map in order, without keys that are null, not scalars, or duplicates (each reported).
  /// Not a map: reported as "NAME must be a map of WHAT", empty result.
  std::vector<Field> entries(const Field& field, std::string_view of_what);
  /// As entries(), reporting keys that are not among `known` with "did you mean".
  std::vector<Field> known_entries(const Field& field, std::span<const std::string_view> known, std::string_view of_what);
  std::vector<Field> elements(const Field& field, std::string_view of_what);

  /// Text of any scalar (quoted or not): names, enumerations. A null, list or map is reported.
  std::optional<Text> text(const Field& field, std::string_view what);
  /// A template or expression: as text(), and the slips that YAML hides (no quotes, cut at ` #`) get their own words.
  std::optional<Text> template_text(const Field& field, std::string_view what);
  std::optional<bool> boolean(const Field& field);
  std::optional<std::uint64_t> number(const Field& field, std::uint64_t least, std::uint64_t most);
  /// Index into `choices` of the text; anything else is reported with the choices.
  std::optional<std::size_t> choice(const Field& field, std::span<const std::string_view> choices);
  std::vector<Text> texts(const Field& field, std::string_view of_what);

  /// "this is a list" and the like, for messages that never print the value itself.
  static std::string_view kind_words(const Node& node);
  void error(const Field& field, std::string message, std::string hint = {}) { findings.error(field.place(), field.path, std::move(message), std::move(hint)); }
  void key_error(const Field& field, std::string message, std::string hint = {}) { findings.error(field.key_place(), field.path, std::move(message), std::move(hint)); }
};

/// The field of that name, or nullptr.
const Field* find(const std::vector<Field>& fields, std::string_view name);

}  // namespace itemize::model
