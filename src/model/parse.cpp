#include "base/digest.h"
#include "model/keys.h"
#include "model/parts.h"

namespace itemize::model {

std::vector<const KeyAttribute*> DynamoTable::key() const {
  std::vector<const KeyAttribute*> attributes = {&partition_key};
  if (sort_key) attributes.push_back(&*sort_key);
  return attributes;
}

const DynamoTable* Model::table(std::string_view wanted) const {
  for (const DynamoTable& candidate : tables)
    if (candidate.model_name == wanted) return &candidate;
  return nullptr;
}

namespace {

void parse_version(Reader& reader, const std::vector<Field>& top, const Field& root) {
  const Field* version = find(top, "itemize");
  if (version == nullptr) {
    reader.error(root, "the first line of a model file is missing", "write itemize: 1");
  } else if (version->value->kind != NodeKind::scalar || version->value->text != "1") {
    reader.error(*version, "this version of the program reads itemize: 1", "write itemize: 1, or use a newer program");
  }
}

/// Keys whose form is checked and whose meaning comes with a later version.
void parse_later(Reader& reader, const Field& field, const Model& model) {
  if (field.name() == "queries") {
    parse_queries(reader, field, model);
    reader.findings.note(field.key_place(), field.path, "queries are checked for their form only: this version does not run them");
  } else if (field.name() == "on_reject") {
    if (reader.choice(field, keys::on_reject))
      reader.findings.note(field.key_place(), field.path, "on_reject has a meaning in sync only, which this version does not have");
  } else if (field.name() == "version_attribute") {
    const auto name = reader.text(field, "none or an attribute's name");
    if (name && name->value != "none")
      reader.key_error(field, "version_attribute is not supported by this version", "it would change the items, so it cannot be passed over");
  } else {
    reader.key_error(field, field.name() + " is not supported by this version", "it would change the items, so it cannot be passed over");
  }
}

void parse_top(Reader& reader, const Field& root, const ParseOptions& options, Model& model) {
  const auto top = reader.known_entries(root, keys::top, "itemize, source, target, tables and items");
  if (root.value->kind != NodeKind::map) return;
  parse_version(reader, top, root);
  const auto with = [&](std::string_view name, auto&& use) {
    if (const Field* field = find(top, name)) use(*field);
  };
  if (find(top, "source") != nullptr && find(top, "sources") != nullptr)
    reader.key_error(*find(top, "sources"), "source and sources exclude each other", "source: URL is short for one source");
  for (const std::string_view needed : {"tables", "items"})
    if (find(top, needed) == nullptr) reader.error(root, "the model has no " + std::string(needed));
  if (find(top, "source") == nullptr && find(top, "sources") == nullptr)
    reader.error(root, "the model has no source", "write source: postgresql://user@host/database or source: sqlite:file.db");

  // Environments change what tables and sources are called, so they are laid over first.
  std::string table_prefix;
  with("source", [&](const Field& field) { parse_source(reader, field, model); });
  if (model.sources.empty()) with("sources", [&](const Field& field) { parse_sources(reader, field, model); });
  with("target", [&](const Field& field) { parse_target(reader, field, model.target); });
  if (const Field* environments = find(top, "environments")) parse_environments(reader, *environments, options.environment, model, table_prefix);
  else if (!options.environment.empty())
    reader.error(root, "there is no environment " + quote(options.environment) + ": the model has no environments", "leave --env out, or add environments: { " + options.environment + ": ... }");
  with("tables", [&](const Field& field) { parse_tables(reader, field, table_prefix, model); });
  with("items", [&](const Field& field) { parse_items(reader, field, model); });
  with("types", [&](const Field& field) { parse_types(reader, field, model.types); });
  with("nulls", [&](const Field& field) {
    if (const auto choice = reader.choice(field, keys::nulls)) model.nulls_write = *choice == 1;
  });
  for (const std::string_view later : {"queries", "on_reject", "version_attribute", "scripts"}) with(later, [&](const Field& field) { parse_later(reader, field, model); });
  check_references(reader, model);
}

}  // namespace

ParseResult parse_model(const std::string& path, std::string_view yaml, const ParseOptions& options) {
  ParseResult result;
  Findings findings;
  std::vector<Finding> from_yaml;
  Model model;
  model.path = path;
  model.environment = options.environment;
  Sha256 hash;
  hash.update(yaml);
  hash.update(std::string_view("\0", 1));
  hash.update(options.environment);
  Reader::Files files{path, options.read_file, {}};
  if (yaml.starts_with("\xEF\xBB\xBF")) yaml.remove_prefix(3);

  const auto document = Document::parse(yaml, from_yaml);
  for (Finding& finding : from_yaml) {
    if (finding.severity == Severity::error) findings.error(finding.place, finding.path, finding.message, finding.hint);
  }
  if (document != nullptr) {
    model.text = std::string(yaml);
    const Lines lines(yaml);
    Reader reader{lines, findings, &files};
    if (document->root() == nullptr || document->root()->kind == NodeKind::null)
      findings.error({1, 1}, "", "the model file is empty", "`itemize init URL` writes one");
    else
      parse_top(reader, Field{nullptr, document->root(), ""}, options, model);
  }
  hash.update(files.for_hash);
  model.hash = hex(hash.finish());
  const bool failed = findings.has_error();
  result.findings = findings.take();
  if (!failed) result.model = std::move(model);
  return result;
}

}  // namespace itemize::model
