#include "model/reader.h"

#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "model/slips.h"

namespace itemize::model {

std::string_view Reader::kind_words(const Node& node) {
  switch (node.kind) {
    case NodeKind::null: return "nothing";
    case NodeKind::sequence: return "a list";
    case NodeKind::map: return "a map";
    case NodeKind::scalar: break;
  }
  switch (scalar_kind(node)) {
    case ScalarKind::boolean: return "true or false";
    case ScalarKind::integer:
    case ScalarKind::real: return "a number";
    case ScalarKind::text: break;
  }
  return "text";
}

std::vector<Field> Reader::entries(const Field& field, std::string_view of_what) {
  std::vector<Field> result;
  if (field.value->kind != NodeKind::map) {
    error(field, "this must be a map of " + std::string(of_what) + ", not " + std::string(kind_words(*field.value)));
    return result;
  }
  std::unordered_map<std::string_view, Place> seen;
  for (const Node::Entry& entry : field.value->entries) {
    if (entry.key->kind == NodeKind::null) {
      findings.error(entry.key->place, field.path, "a key is empty (or null)", "where the name really is null, put it in quotes");
      continue;
    }
    if (entry.key->kind != NodeKind::scalar) {
      findings.error(entry.key->place, field.path, "a key must be text, not " + std::string(kind_words(*entry.key)));
      continue;
    }
    const std::string path = field.path.empty() ? entry.key->text : field.path + "." + entry.key->text;
    if (entry.key->plain && entry.key->text == "<<") {
      findings.error(entry.key->place, field.path, "merge keys (<<) are not part of YAML 1.2", "write the keys out, or use an alias for a whole value");
      continue;
    }
    const auto [other, is_new] = seen.emplace(entry.key->text, entry.key->place);
    if (!is_new) {
      findings.error(entry.key->place, path, "the key " + quote(entry.key->text) + " stands here twice; the first is in line " + std::to_string(other->second.line),
                     "keep one of them");
      continue;
    }
    result.push_back({entry.key, entry.value, path});
  }
  return result;
}

std::vector<Field> Reader::known_entries(const Field& field, std::span<const std::string_view> known, std::string_view of_what) {
  std::vector<Field> result;
  for (Field& entry : entries(field, of_what)) {
    bool is_known = false;
    for (const std::string_view key : known) is_known = is_known || key == entry.name();
    if (is_known) {
      result.push_back(std::move(entry));
      continue;
    }
    std::string hint = did_you_mean(entry.name(), known);
    if (hint.empty()) hint = "known here: " + list_words(std::vector<std::string>(known.begin(), known.end()), known.size());
    key_error(entry, "the key " + quote(entry.name()) + " is not known here", std::move(hint));
  }
  return result;
}

std::vector<Field> Reader::elements(const Field& field, std::string_view of_what) {
  std::vector<Field> result;
  if (field.value->kind != NodeKind::sequence) {
    error(field, "this must be a list of " + std::string(of_what) + ", not " + std::string(kind_words(*field.value)),
          field.value->kind == NodeKind::scalar ? "write it in brackets: [a, b]" : "");
    return result;
  }
  for (const Node* element : field.value->elements) {
    result.push_back({nullptr, element, field.path + "[" + std::to_string(result.size()) + "]"});
  }
  return result;
}

std::optional<Text> Reader::text(const Field& field, std::string_view what) {
  if (field.value->kind != NodeKind::scalar) {
    error(field, "this must be " + std::string(what) + ", not " + std::string(kind_words(*field.value)),
          field.value->kind == NodeKind::null ? "write a value, or leave the key out" : "");
    return std::nullopt;
  }
  return Text{field.value->text, field.value->place};
}

std::optional<Text> Reader::template_text(const Field& field, std::string_view what) {
  if (const std::string meant = unquoted_template(*field.value); !meant.empty()) {
    error(field, "a template without quotes: YAML reads the braces as a map",
          goes_on_after(lines, *field.value) ? "put the whole template in double quotes" : "write \"" + meant + "\" in double quotes");
    return std::nullopt;
  }
  if (cut_by_comment(lines, *field.value)) {
    error(field, "YAML takes ' #' and all after it for a comment: only " + quote(field.value->text) + " is left of the template",
          "put the whole template in double quotes");
    return std::nullopt;
  }
  return text(field, what);
}

std::optional<bool> Reader::boolean(const Field& field) {
  if (field.value->kind == NodeKind::scalar && scalar_kind(*field.value) == ScalarKind::boolean) return (field.value->text[0] | 0x20) == 't';
  const bool old_style = field.value->kind == NodeKind::scalar && field.value->plain &&
                         (field.value->text == "yes" || field.value->text == "no" || field.value->text == "on" || field.value->text == "off");
  error(field, "this must be true or false, not " + std::string(kind_words(*field.value)),
        old_style ? "in YAML 1.2 " + field.value->text + " is text: write " + (field.value->text == "yes" || field.value->text == "on" ? "true" : "false")
                  : field.value->kind == NodeKind::scalar && !field.value->plain ? "leave the quotes out" : "");
  return std::nullopt;
}

std::optional<std::uint64_t> Reader::number(const Field& field, std::uint64_t least, std::uint64_t most) {
  const Node& node = *field.value;
  const std::string bounds = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  if (node.kind != NodeKind::scalar || scalar_kind(node) != ScalarKind::integer) {
    error(field, "this must be " + bounds + ", not " + (node.kind == NodeKind::scalar && node.plain ? quote(node.text) : std::string(kind_words(node))));
    return std::nullopt;
  }
  std::string_view digits = node.text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int base = 10;
  if (digits.starts_with("0x")) base = 16;
  if (digits.starts_with("0o")) base = 8;
  if (base != 10) digits.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (code != std::errc() || end != digits.data() + digits.size() || value < least || value > most) {
    error(field, "this must be " + bounds + ", not " + node.text.substr(0, 40));
    return std::nullopt;
  }
  return value;
}

std::optional<std::size_t> Reader::choice(const Field& field, std::span<const std::string_view> choices) {
  const std::vector<std::string> words(choices.begin(), choices.end());
  if (field.value->kind != NodeKind::scalar) {
    error(field, "this must be one of " + list_words(words) + ", not " + std::string(kind_words(*field.value)));
    return std::nullopt;
  }
  for (std::size_t index = 0; index < choices.size(); ++index)
    if (choices[index] == field.value->text) return index;
  error(field, quote(field.value->text) + " is none of " + list_words(words), did_you_mean(field.value->text, choices));
  return std::nullopt;
}

std::vector<Text> Reader::texts(const Field& field, std::string_view of_what) {
  std::vector<Text> result;
  std::unordered_set<std::string_view> seen;
  for (const Field& element : elements(field, of_what)) {
    auto value = text(element, "a name");
    if (!value) continue;
    if (!seen.insert(element.value->text).second) findings.warning(element.place(), element.path, quote(value->value) + " stands twice in this list");
    else result.push_back(std::move(*value));
  }
  return result;
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
  for (const Field& field : fields)
    if (field.name() == name) return &field;
  return nullptr;
}

}  // namespace itemize::model
