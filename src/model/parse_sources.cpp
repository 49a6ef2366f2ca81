#include <algorithm>

#include "model/keys.h"
#include "model/parts.h"

namespace itemize::model {

namespace {

bool is_name(std::string_view name, std::string_view extra) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || extra.find(c) != extra.npos;
  });
}

std::string password_variable(std::string_view source) {
  if (source == "source") return "ITEMIZE_SOURCE_PASSWORD";
  std::string name = "ITEMIZE_SOURCE_";
  for (const char c : source) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c == '-' ? '_' : c;
  return name + "_PASSWORD";
}

/// The text before ':' where it can be a scheme; empty otherwise.
std::string_view scheme_of(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == url.npos || colon > 20) return {};
  const std::string_view scheme = url.substr(0, colon);
  const bool letters = std::ranges::all_of(scheme, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+'; });
  return letters ? scheme : std::string_view();
}

void parse_url(Reader& reader, const Field& field, SourceSpec& source) {
  const auto url = reader.text(field, "a URL");
  if (!url) return;
  source.url = url->value;
  if (const std::string where = password_in_url(url->value); !where.empty()) {
    reader.error(field, "the URL holds a password (" + where + "): the model file is not a place for secrets",
                 "take it out and set the environment variable " + password_variable(source.name) + ", or use ~/.pgpass or ~/.my.cnf");
    return;
  }
  const std::string_view scheme = scheme_of(url->value);
  if (scheme.empty()) {
    reader.error(field, "this is not a source URL: it must start with postgresql:// or sqlite: or the like");
  } else if (std::ranges::find(keys::url_schemes, scheme) == keys::url_schemes.end()) {
    std::string hint = did_you_mean(scheme, keys::url_schemes);
    if (hint.empty()) hint = "known: " + list_words(std::vector<std::string>(keys::url_schemes.begin(), keys::url_schemes.end()));
    reader.error(field, "the scheme " + quote(scheme) + " of the source URL is not known", std::move(hint));
  } else if (url->value.size() == scheme.size() + 1 || url->value.substr(scheme.size()) == "://") {
    reader.error(field, "the source URL names no database");
  }
}

void parse_source_settings(Reader& reader, const Field& field, SourceSpec& source) {
  if (field.value->kind == NodeKind::scalar) return parse_url(reader, field, source);
  for (const Field& entry : reader.known_entries(field, keys::source, "settings of the source")) {
    if (entry.name() == "url") parse_url(reader, entry, source);
    if (entry.name() == "time_zone") {
      if (const auto zone = reader.text(entry, "a time zone's name, such as Europe/Berlin")) source.time_zone = zone->value;
      if (source.time_zone.empty()) reader.error(entry, "the time zone is empty", "write UTC, or a name such as Europe/Berlin");
    }
  }
}

SourceSpec* find_source(Model& model, std::string_view name) {
  for (SourceSpec& source : model.sources)
    if (source.name == name) return &source;
  return nullptr;
}

std::vector<std::string> source_names(const Model& model) {
  std::vector<std::string> names;
  for (const SourceSpec& source : model.sources) names.push_back(source.name);
  return names;
}

/// One environment, laid over `model`.
void apply_environment(Reader& reader, const Field& field, Model& model, std::string& table_prefix) {
  for (const Field& entry : reader.known_entries(field, keys::environment, "source, sources, target and table_prefix")) {
    if (entry.name() == "source") {
      if (model.sources.size() > 1) reader.key_error(entry, "the model has several sources", "write sources: { NAME: { url: ... } }");
      else if (!model.sources.empty()) parse_source_settings(reader, entry, model.sources[0]);
    }
    if (entry.name() == "sources") {
      for (const Field& source : reader.entries(entry, "sources by name")) {
        SourceSpec* known = find_source(model, source.name());
        if (known == nullptr) reader.key_error(source, "there is no source " + quote(source.name()) + " in the model", did_you_mean(source.name(), source_names(model)));
        else parse_source_settings(reader, source, *known);
      }
    }
    if (entry.name() == "target") {
      Target target = model.target;
      target.account.clear();  // another endpoint is another account; one that is the same can be said again
      const std::string account = model.target.account;
      parse_target(reader, entry, target);
      const bool elsewhere = target.endpoint != model.target.endpoint || target.region != model.target.region;
      if (target.account.empty() && !elsewhere) target.account = account;
      model.target = target;
    }
    if (entry.name() == "table_prefix") {
      if (const auto prefix = reader.text(entry, "text")) table_prefix = prefix->value;
      if (!table_prefix.empty() && (table_prefix.size() > 252 || !is_name(table_prefix.substr(0, 64), "_.-")))
        reader.error(entry, "a table prefix may hold letters, digits, '_', '-' and '.'");
    }
  }
}

}  // namespace

void parse_source(Reader& reader, const Field& field, Model& model) {
  SourceSpec source;
  source.name = "source";
  source.place = field.place();
  parse_source_settings(reader, field, source);
  if (source.url.empty() && field.value->kind == NodeKind::map && find(reader.entries(field, ""), "url") == nullptr) reader.error(field, "the source has no url");
  model.sources.push_back(std::move(source));
}

void parse_sources(Reader& reader, const Field& field, Model& model) {
  const auto entries = reader.entries(field, "sources by name");
  for (const Field& entry : entries) {
    SourceSpec source;
    source.name = entry.name();
    source.place = entry.key_place();
    const char first = source.name.empty() ? '\0' : source.name[0];
    if (!is_name(source.name, "_-") || (first >= '0' && first <= '9') || first == '-')
      reader.key_error(entry, "a source's name may hold letters, digits, '_' and '-', and starts with a letter", "its password's environment variable is named after it");
    parse_source_settings(reader, entry, source);
    if (entry.value->kind == NodeKind::map && find(reader.entries(entry, ""), "url") == nullptr) reader.key_error(entry, "the source has no url");
    model.sources.push_back(std::move(source));
  }
  if (entries.empty() && field.value->kind == NodeKind::map) reader.error(field, "there is no source in sources");
}

void parse_target(Reader& reader, const Field& field, Target& target) {
  target.place = field.place();
  for (const Field& entry : reader.known_entries(field, keys::target, "region, account and endpoint")) {
    const auto value = reader.text(entry, "text");
    if (!value) continue;
    if (entry.name() == "region") {
      target.region = value->value;
      if (!is_name(value->value, "-")) reader.error(entry, quote(value->value) + " is not the name of an AWS region", "such as eu-west-1");
    }
    if (entry.name() == "account") {
      target.account = value->value;
      const bool digits = value->value.size() == 12 && value->value.find_first_not_of("0123456789") == std::string::npos;
      if (!digits)
        reader.error(entry, "an AWS account's number has 12 digits", "write it in quotes: account: \"123456789012\"");
    }
    if (entry.name() == "endpoint") {
      target.endpoint = value->value;
      if (!value->value.starts_with("http://") && !value->value.starts_with("https://"))
        reader.error(entry, "an endpoint starts with http:// or https://", "such as http://127.0.0.1:8000 for DynamoDB Local");
    }
  }
}

void parse_environments(Reader& reader, const Field& field, const std::string& chosen, Model& model, std::string& table_prefix) {
  std::vector<std::string> names;
  bool found = false;
  const Model base = model;
  for (const Field& entry : reader.entries(field, "environments by name")) {
    names.push_back(entry.name());
    if (!is_name(entry.name(), "_-"))
      reader.key_error(entry, "an environment's name may hold letters, digits, '_' and '-'", "its state is kept in a folder of that name");
    Model changed = base;
    std::string prefix;
    apply_environment(reader, entry, changed, prefix);
    if (entry.name() != chosen) continue;
    found = true;
    model = std::move(changed);
    table_prefix = prefix;
  }
  if (!chosen.empty() && !found)
    reader.key_error(field, "there is no environment " + quote(chosen), did_you_mean_or(chosen, names, "there are: " + list_words(names)));
}

}  // namespace itemize::model
