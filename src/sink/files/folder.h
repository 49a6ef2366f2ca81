// The export folder: names, ownership, leftovers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/compress.h"
#include "base/error.h"

namespace itemize::sink {

constexpr std::string_view manifest_name = "manifest.json";

/// DynamoDB's rule (API reference, CreateTable, TableName): 3 to 255 of a-z A-Z 0-9 _ - . ; so a name is never a path.
Result<void> check_table_name(std::string_view name);

/// "00000042-0003.json.gz"; both numbers grow beyond their padding where they must.
std::string part_name(std::uint64_t range_id, std::uint64_t part, Compression compression);
/// Whether part_name could have made it, in any compression.
bool is_part_name(std::string_view name);

/// See FilesSink::check_folder; true where the folder is this owner's already.
Result<bool> inspect_folder(const std::string& folder, std::span<const std::string> tables, const std::string& owner);
/// Makes the folder with its marker and the folders of the tables.
Result<void> prepare_folder(const std::string& folder, std::span<const std::string> tables, const std::string& owner);
/// Makes a table's tmp/ again, which a finished export has no more. Fails where the table's folder itself is gone.
Result<void> make_temporary_folder(const std::string& table_folder);
/// Takes a table's manifest away, because its data/ is about to change.
Result<void> remove_manifest(const std::string& table_folder);
/// See FilesSink::remove_leftovers.
Result<void> clean_folder(const std::string& folder, std::vector<std::string> finished);
/// See FilesSink::remove_files. Refuses a path that leads out of the folder.
Result<void> remove_parts(const std::string& folder, std::span<const std::string> paths);

}  // namespace itemize::sink
