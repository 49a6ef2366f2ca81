#include "sink/files/folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "base/file.h"
#include "base/text.h"

namespace itemize::sink {
namespace {

constexpr std::string_view marker_name = ".itemize-export";
constexpr std::string_view marker_start = "itemize export 1\nworkspace ";

std::string padded(std::uint64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

/// Whose export it is; empty where there is no marker.
Result<std::string> read_owner(const std::string& folder) {
  const std::string path = folder + "/" + std::string(marker_name);
  Result<std::string> content = read_file(path, 4096);
  if (!content && content.error().code == ErrorCode::not_found) return std::string();
  if (!content) return std::unexpected(std::move(content).error());
  if (!content->starts_with(marker_start)) {
    return fail(ErrorCode::conflict, "'" + path + "' is of a version that this program does not know", "use another folder");
  }
  return content->substr(marker_start.size(), content->find('\n', marker_start.size()) - marker_start.size());
}

/// Entries, or none where there is no such folder.
Result<std::vector<DirectoryEntry>> entries_of(const std::string& folder) {
  auto entries = list_directory(folder);
  if (!entries && entries.error().code == ErrorCode::not_found) return std::vector<DirectoryEntry>();
  return entries;
}

/// A new file system has lost+found; the marker's temporary name is left by a crash in the very first step.
bool may_stay(const DirectoryEntry& entry) { return entry.name == "lost+found" || entry.name == std::string(marker_name) + ".tmp"; }

Result<void> check_data_folder(const std::string& folder) {
  const auto entries = TRY(entries_of(folder));
  for (const DirectoryEntry& entry : entries) {
    if (!entry.is_directory && is_part_name(entry.name)) continue;
    return fail(ErrorCode::conflict, "'" + folder + "/" + entry.name + "' is not a file of ours, and Import from S3 would read it",
                "move it away");
  }
  return {};
}

/// The parts in a folder (relative paths), but for those that are listed in `except`, which is sorted.
Result<std::vector<std::string>> parts_in(const std::string& folder, const std::string& relative, const std::vector<std::string>& except) {
  const auto entries = TRY(entries_of(folder + "/" + relative));
  std::vector<std::string> paths;
  for (const DirectoryEntry& entry : entries) {
    std::string path = relative + "/" + entry.name;
    if (entry.is_directory || !is_part_name(entry.name) || std::ranges::binary_search(except, path)) continue;
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace

Result<void> check_table_name(std::string_view name) {
  const bool letters = std::ranges::all_of(name, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || is_digit(letter) || letter == '_' || letter == '-' ||
           letter == '.';
  });
  if (letters && name.size() >= 3 && name.size() <= 255) return {};
  return fail(ErrorCode::invalid_input, "'" + std::string(name) + "' is no name for a DynamoDB table",
              "3 to 255 letters of a-z, A-Z, 0-9, '_', '-' and '.'");
}

std::string part_name(std::uint64_t range_id, std::uint64_t part, Compression compression) {
  return padded(range_id, 8) + "-" + padded(part, 4) + ".json" + std::string(compression_suffix(compression));
}

bool is_part_name(std::string_view name) {
  const std::size_t dash = name.find('-');
  const std::size_t dot = name.find('.');
  if (dash == std::string_view::npos || dot == std::string_view::npos || dash < 8 || dot < dash + 5) return false;
  const std::string_view suffix = name.substr(dot);
  return std::ranges::all_of(name.substr(0, dash), is_digit) && std::ranges::all_of(name.substr(dash + 1, dot - dash - 1), is_digit) &&
         (suffix == ".json" || suffix == ".json.gz" || suffix == ".json.zst");
}

Result<bool> inspect_folder(const std::string& folder, std::span<const std::string> tables, const std::string& owner) {
  const auto entries = TRY(entries_of(folder));
  const auto foreign = std::ranges::find_if_not(entries, may_stay);
  if (foreign == entries.end()) return false;
  const std::string found = TRY(read_owner(folder));
  if (found.empty()) {
    return fail(ErrorCode::conflict, "the folder '" + folder + "' is not empty: it holds '" + foreign->name + "'",
                "name a new or an empty folder");
  }
  if (found != owner) {
    return fail(ErrorCode::conflict, "the folder '" + folder + "' holds the export of another workspace",
                "name another folder, or remove this one if it is not needed");
  }
  for (const std::string& table : tables) TRY(check_data_folder(folder + "/" + table + "/data"));
  return true;
}

Result<void> prepare_folder(const std::string& folder, std::span<const std::string> tables, const std::string& owner) {
  TRY(make_directories(folder));
  const std::string marker = folder + "/" + std::string(marker_name);
  if (!path_exists(marker)) TRY(write_file_atomically(marker, std::string(marker_start) + owner + "\n"));
  for (const std::string& table : tables) {
    TRY(make_directories(folder + "/" + table + "/data"));
    TRY(make_directories(folder + "/" + table + "/tmp"));
    TRY(sync_directory(folder + "/" + table));
  }
  return sync_directory(folder);
}

Result<void> make_temporary_folder(const std::string& table_folder) {
  const std::string folder = table_folder + "/tmp";
  if (::mkdir(folder.c_str(), 0777) == 0 || errno == EEXIST) return {};
  return fail_errno("cannot make the folder '" + folder + "'");
}

Result<void> remove_manifest(const std::string& table_folder) {
  if (TRY(remove_file(table_folder + "/" + std::string(manifest_name)))) TRY(sync_directory(table_folder));
  return {};
}

Result<void> clean_folder(const std::string& folder, std::vector<std::string> finished) {
  std::ranges::sort(finished);
  const auto tables = TRY(entries_of(folder));
  for (const DirectoryEntry& table : tables) {
    if (!table.is_directory || !check_table_name(table.name)) continue;
    const auto unfinished = TRY(parts_in(folder, table.name + "/tmp", {}));
    for (const std::string& path : unfinished) TRY(remove_file(folder + "/" + path));
    const auto unknown = TRY(parts_in(folder, table.name + "/data", finished));
    TRY(remove_parts(folder, unknown));
  }
  return {};
}

Result<void> remove_parts(const std::string& folder, std::span<const std::string> paths) {
  std::set<std::string> folders;
  for (const std::string& path : paths) {
    const std::size_t slash = path.rfind("/data/");
    if (slash == std::string::npos || !check_table_name(path.substr(0, slash)) || !is_part_name(path.substr(slash + 6))) {
      return fail(ErrorCode::internal, "'" + path + "' is not a file of an export");
    }
    TRY(remove_manifest(folder + "/" + path.substr(0, slash)));
    if (TRY(remove_file(folder + "/" + path))) folders.insert(parent_directory(folder + "/" + path));
  }
  for (const std::string& changed : folders) TRY(sync_directory(changed));
  return {};
}

}  // namespace itemize::sink
