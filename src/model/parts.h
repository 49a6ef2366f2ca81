// The parts of the parser, one a chapter of the model file. Each reads one top-level key into the Model.
#pragma once

#include <string>
#include <string_view>

#include "model/model.h"
#include "model/reader.h"

namespace itemize::model {

// parse_sources.cpp
void parse_source(Reader& reader, const Field& field, Model& model);
void parse_sources(Reader& reader, const Field& field, Model& model);
void parse_target(Reader& reader, const Field& field, Target& target);
/// Validates every environment; applies the one that is chosen to `model` and its prefix to `table_prefix`.
void parse_environments(Reader& reader, const Field& field, const std::string& chosen, Model& model, std::string& table_prefix);

// parse_tables.cpp
void parse_tables(Reader& reader, const Field& field, const std::string& table_prefix, Model& model);

// parse_items.cpp
void parse_items(Reader& reader, const Field& field, Model& model);
std::optional<TypePolicy> parse_policy(Reader& reader, const Field& field);
void parse_types(Reader& reader, const Field& field, std::vector<std::pair<Text, TypePolicy>>& types);

/// A source table: its name, or { source, schema, table }.
void parse_from(Reader& reader, const Field& field, From& from);
/// Attributes (key attributes: `key`) to templates and constants.
std::vector<std::pair<Text, Value>> parse_values(Reader& reader, const Field& field, std::string_view of_what, bool key);

// parse_shaping.cpp
/// One part of an item type or a relation, where it is one of those that both have: false where it is none.
bool parse_shaping(Reader& reader, const Field& entry, Shaping& shaping);
/// What parts of one Shaping may not stand together.
void check_shaping(Reader& reader, const std::vector<Field>& entries);
void parse_columns(Reader& reader, const Field& field, Shaping& shaping);

// parse_relations.cpp
void parse_relations(Reader& reader, const Field& field, bool embed, std::vector<Relation>& relations);
void parse_for_each(Reader& reader, const Field& field, ItemType& item);

// parse_script.cpp
Script parse_script(Reader& reader, const Field& field);

// parse_queries.cpp
void parse_queries(Reader& reader, const Field& field, const Model& model);

// checks.cpp
/// What needs tables and items together: unknown tables and sources, keys that do not fit their table.
void check_references(Reader& reader, const Model& model);

/// Where a source URL carries a password: which part of it, in words; else empty. The URL itself is never quoted in messages.
std::string password_in_url(std::string_view url);

/// Attribute names: 1 to 65,535 bytes, key attributes up to 255 (DynamoDB Developer Guide, "Service, account, and table quotas").
void check_attribute_name(Reader& reader, Place place, const std::string& path, std::string_view name, bool key);

}  // namespace itemize::model
