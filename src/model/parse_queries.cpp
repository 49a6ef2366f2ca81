// queries: access patterns. Read and checked for form here; the verb that runs them comes with a later version.
#include "model/keys.h"
#include "model/parts.h"

namespace itemize::model {

namespace {

void parse_dynamodb(Reader& reader, const Field& field, const Model& model) {
  for (const Field& entry : reader.known_entries(field, keys::query_dynamodb, "parameters of DynamoDB's Query")) {
    const std::string& name = entry.name();
    if (name == "scan_index_forward" || name == "consistent_read") {
      reader.boolean(entry);
    } else if (name == "limit") {
      reader.number(entry, 1, 1'000'000'000);
    } else if (name == "expression_attribute_names" || name == "expression_attribute_values") {
      reader.entries(entry, "placeholders to values");
    } else if (const auto value = reader.template_text(entry, "text"); value && name == "table" && model.table(value->value) == nullptr) {
      std::vector<std::string> names;
      for (const DynamoTable& table : model.tables) names.push_back(table.model_name);
      reader.error(entry, "there is no table " + quote(value->value) + " under tables", did_you_mean(value->value, names));
    }
  }
}

}  // namespace

void parse_queries(Reader& reader, const Field& field, const Model& model) {
  for (const Field& query : reader.entries(field, "queries by name")) {
    const auto entries = reader.known_entries(query, keys::query, "sql, dynamodb and the like");
    for (const Field& entry : entries) {
      if (entry.name() == "parameters") {
        for (const Field& parameter : reader.entries(entry, "parameters to SQL or a list of values"))
          if (parameter.value->kind != NodeKind::sequence) reader.text(parameter, "SQL or a list of values");
      } else if (entry.name() == "sql") {
        reader.text(entry, "SQL");
      } else if (entry.name() == "dynamodb") {
        parse_dynamodb(reader, entry, model);
      } else if (entry.name() == "compare") {
        reader.texts(entry, "columns");
      } else {
        reader.number(entry, 1, 1'000'000'000);
      }
    }
    if (query.value->kind != NodeKind::map) continue;
    for (const std::string_view needed : {"sql", "dynamodb"})
      if (find(entries, needed) == nullptr) reader.key_error(query, "the query has no " + std::string(needed));
  }
}

}  // namespace itemize::model
