#include "sink/files/manifest.h"

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <ctime>

#include "base/file.h"
#include "base/json.h"
#include "sink/files/folder.h"

namespace itemize::sink {
namespace {

/// "2026-01-31T10:02:07.000012Z"
std::string time_text(std::int64_t microseconds) {
  const auto seconds = static_cast<std::time_t>(microseconds / 1'000'000);
  std::tm civil{};
  ::gmtime_r(&seconds, &civil);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &civil);
  const std::string fraction = std::to_string(1'000'000 + microseconds % 1'000'000).substr(1);
  return std::string(text) + "." + fraction + "Z";
}

/// ImportTable's InputCompressionType.
std::string_view import_compression(Compression compression) {
  constexpr std::string_view names[] = {"NONE", "GZIP", "ZSTD"};
  return names[static_cast<std::size_t>(compression)];
}

void append_name(std::string& out, std::string_view name) {
  json::append_quoted(out, name);
  out += ": ";
}

void append_text(std::string& out, std::string_view name, std::string_view value) {
  append_name(out, name);
  json::append_quoted(out, value);
}

void append_number(std::string& out, std::string_view name, std::uint64_t value) {
  append_name(out, name);
  out += std::to_string(value);
}

void append_key_schema(std::string& out, const std::vector<ManifestKey>& key) {
  out += "  \"key_schema\": [";
  for (std::size_t i = 0; i < key.size(); ++i) {
    out += i == 0 ? "{" : ", {";
    append_text(out, "AttributeName", key[i].attribute);
    out += ", ";
    append_text(out, "AttributeType", {&key[i].type, 1});
    out += ", ";
    append_text(out, "KeyType", i == 0 ? "HASH" : "RANGE");
    out += "}";
  }
  out += "],\n";
}

void append_file(std::string& out, std::string_view path, const FileResult& file) {
  out += "{";
  append_text(out, "path", path);
  out += ", ";
  append_number(out, "items", file.items);
  out += ", ";
  append_number(out, "bytes", file.bytes);
  out += ", ";
  append_number(out, "uncompressed_bytes", file.uncompressed_bytes);
  out += ", ";
  append_text(out, "checksum", file.checksum);
}

struct Totals {
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
  std::uint64_t uncompressed_bytes = 0;
};

Totals sum(const std::vector<FileResult>& files) {
  Totals totals;
  for (const FileResult& file : files) {
    totals.items += file.items;
    totals.bytes += file.bytes;
    totals.uncompressed_bytes += file.uncompressed_bytes;
  }
  return totals;
}

void append_counts(std::string& out, const ManifestInfo& info) {
  const Totals totals = sum(info.files);
  auto line = [&out](std::string_view name, std::uint64_t value) {
    out += "  ";
    append_number(out, name, value);
    out += ",\n";
  };
  line("items", totals.items);
  line("bytes", totals.bytes);
  line("uncompressed_bytes", totals.uncompressed_bytes);
  out += "  \"item_types\": {";
  for (std::size_t i = 0; i < info.item_types.size(); ++i) {
    if (i > 0) out += ", ";
    append_number(out, info.item_types[i].first, info.item_types[i].second);
  }
  out += "},\n  \"positions\": {";
  for (std::size_t i = 0; i < info.positions.size(); ++i) {
    if (i > 0) out += ", ";
    append_text(out, info.positions[i].first, info.positions[i].second);
  }
  out += "},\n";
}

Result<FileResult> file_of(const json::Value& value) {
  const std::string path = value.text("path");
  auto number = [&](std::string_view name) -> Result<std::uint64_t> {
    const json::Value* member = value.find(name);
    const json::Number* text = member == nullptr ? nullptr : member->number();
    std::uint64_t result = 0;
    if (text != nullptr) {
      const char* end = text->text.data() + text->text.size();
      const auto parsed = std::from_chars(text->text.data(), end, result);
      if (parsed.ec == std::errc() && parsed.ptr == end) return result;
    }
    return fail(ErrorCode::invalid_input, "a list of export files has no proper '" + std::string(name) + "' for '" + path + "'");
  };
  FileResult file;
  file.table = TRY(number("table"));
  file.path = path;
  file.items = TRY(number("items"));
  file.bytes = TRY(number("bytes"));
  file.uncompressed_bytes = TRY(number("uncompressed_bytes"));
  file.checksum = value.text("checksum");
  return file;
}

}  // namespace

std::string manifest_text(std::string_view table, const ManifestInfo& info) {
  std::string out = "{\n";
  auto text = [&out](std::string_view name, std::string_view value) {
    out += "  ";
    append_text(out, name, value);
    out += ",\n";
  };
  text("format", "itemize export");
  out += "  \"format_version\": 1,\n";
  text("itemize_version", info.itemize_version);
  text("generated_at", time_text(info.generated_at));
  text("table", table);
  append_key_schema(out, info.key);
  text("input_format", "DYNAMODB_JSON");
  text("input_compression_type", import_compression(info.compression));
  text("model_hash", info.model_hash);
  out += "  \"run\": " + std::to_string(info.run) + ",\n  \"generation\": " + std::to_string(info.generation) + ",\n";
  append_counts(out, info);
  text("checksum_algorithm", "CRC32C");
  out += "  \"files\": [";
  const std::string start = std::string(table) + "/";
  for (std::size_t i = 0; i < info.files.size(); ++i) {
    out += i == 0 ? "\n    " : ",\n    ";
    // Beside the manifest, so that the table's folder can be moved.
    const std::string& path = info.files[i].path;
    append_file(out, path.starts_with(start) ? path.substr(start.size()) : path, info.files[i]);
    out += "}";
  }
  return out + (info.files.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

Result<void> write_manifest(const std::string& folder, const std::string& table, const ManifestInfo& info) {
  const std::string table_folder = folder + "/" + table;
  TRY(write_file_atomically(table_folder + "/" + std::string(manifest_name), manifest_text(table, info)));
  ::rmdir((table_folder + "/tmp").c_str());  // Only tidiness: where it is not empty, it stays.
  return {};
}

std::string files_to_json(std::span<const FileResult> files) {
  std::string out = "[";
  for (const FileResult& file : files) {
    if (out.size() > 1) out += ",";
    append_file(out, file.path, file);
    out += ", ";
    append_number(out, "table", file.table);
    out += "}";
  }
  return out + "]";
}

Result<std::vector<FileResult>> files_from_json(std::string_view text) {
  std::vector<FileResult> files;
  if (text.empty()) return files;
  const json::Value document = TRY(json::parse(text));
  if (document.array() == nullptr) return fail(ErrorCode::invalid_input, "a list of export files is not a JSON array");
  for (const json::Value& value : *document.array()) files.push_back(TRY(file_of(value)));
  return files;
}

}  // namespace itemize::sink
