// `script:` of an item type: Lua in the model itself or in a file beside it, or a program of the user's.
#include "base/digest.h"
#include "base/file.h"
#include "model/keys.h"
#include "model/parts.h"

namespace itemize::model {

namespace {

/// Larger scripts are refused: nobody wrote them.
constexpr std::size_t most_script_bytes = 1024 * 1024;

/// What a file holds goes into the model's hash: a run is not carried on with another script than it began with.
void add_to_hash(Reader& reader, Script& script, std::string_view path, std::string_view content) {
  Sha256 hash;
  hash.update(content);
  script.files += (script.files.empty() ? "" : " ") + sha256_hex(content);
  reader.files->for_hash += '\0';
  reader.files->for_hash += path;
  reader.files->for_hash += '\0';
  reader.files->for_hash += hex(hash.finish());
}

/// One line that ends in .lua is the name of a file; everything else is the program itself.
bool is_file_name(std::string_view text) { return text.ends_with(".lua") && text.find('\n') == text.npos; }

void parse_lua(Reader& reader, const Field& field, Script& script) {
  const auto text = reader.text(field, "a Lua program, or the name of a file that ends in .lua");
  if (!text) return;
  if (text->value.size() > most_script_bytes) return reader.error(field, "a script has at most 1 MB");
  if (text->value.find_first_not_of(" \t\r\n") == std::string::npos)
    return reader.error(field, "the script is empty", "write function transform(item, row) ... return item end");
  if (!is_file_name(text->value)) {
    script.lua = text->value;
    script.name = reader.files != nullptr ? reader.files->model_path : "";
    // The text of a block (| or >) begins in the line after its sign.
    const bool block = field.value->text.find('\n') != std::string::npos &&
                       reader.lines.line(field.place().line).find_first_of("|>") != std::string_view::npos;
    script.first_line = field.place().line + (block ? 1 : 0);
    return;
  }
  script.name = text->value;
  if (reader.files == nullptr || !reader.files->read)
    return reader.error(field, "the file " + quote(text->value) + " cannot be read here", "write the script into the model itself: lua: |");
  auto content = reader.files->read(text->value);
  if (!content) return reader.error(field, content.error().message, "the name is relative to the model's own folder");
  if (content->size() > most_script_bytes) return reader.error(field, "the file " + quote(text->value) + " has more than 1 MB");
  if (content->find_first_not_of(" \t\r\n") == std::string::npos)
    return reader.error(field, "the file " + quote(text->value) + " is empty");
  add_to_hash(reader, script, text->value, *content);
  script.lua = *std::move(content);
}

void parse_exec(Reader& reader, const Field& field, Script& script) {
  if (field.value->kind != NodeKind::sequence)
    return reader.error(field, "this must be a list: the program and its arguments",
                        "write exec: [python3, transform.py]; a shell is called by name: [sh, -c, \"...\"]");
  for (const Field& entry : reader.elements(field, "a program and its arguments")) {
    const auto argument = reader.text(entry, "the program or an argument");
    if (!argument) continue;
    if (argument->value.find('\0') != std::string::npos) reader.error(entry, "an argument cannot hold a zero byte");
    script.exec.push_back(argument->value);
  }
  if (script.exec.empty() || script.exec.front().empty())
    return reader.error(field, "the program is missing", "write exec: [python3, transform.py]");
  if (reader.files == nullptr) return;
  script.folder = parent_directory(reader.files->model_path);
  if (!reader.files->read) return;
  for (const std::string& argument : script.exec) {
    if (argument.empty() || argument.starts_with('/') || argument.starts_with('-')) continue;
    if (const auto content = reader.files->read(argument)) add_to_hash(reader, script, argument, *content);
  }
}

}  // namespace

Script parse_script(Reader& reader, const Field& field) {
  Script script;
  script.place = field.key_place();
  const auto entries = reader.known_entries(field, keys::script, "lua or exec, and what they may do");
  const Field* lua = find(entries, "lua");
  const Field* exec = find(entries, "exec");
  if (field.value->kind == NodeKind::map && (lua == nullptr) == (exec == nullptr))
    reader.key_error(field, lua == nullptr ? "the script has neither lua nor exec" : "lua and exec exclude each other",
                     "write { lua: order.lua } or { exec: [python3, order.py] }");
  for (const Field& entry : entries) {
    if (&entry == lua) {
      parse_lua(reader, entry, script);
    } else if (&entry == exec) {
      parse_exec(reader, entry, script);
    } else if (entry.name() == "timeout_seconds") {
      if (exec == nullptr) reader.key_error(entry, "timeout_seconds is for exec only", "Lua is bound by the number of its instructions");
      if (const auto seconds = reader.number(entry, 1, 3600)) script.timeout_seconds = static_cast<std::uint32_t>(*seconds);
    } else if (entry.name() == "keeps_key") {
      if (const auto keeps = reader.boolean(entry)) script.keeps_key = *keeps;
    } else if (entry.value->kind == NodeKind::scalar && entry.value->text == "none") {
      script.columns.emplace();
    } else {
      script.columns = reader.texts(entry, "columns, or the word none");
    }
  }
  return script;
}

}  // namespace itemize::model
