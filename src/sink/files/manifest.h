// DIR/<table>/manifest.json: what the data files of one table hold, for whoever imports or checks them.
//
// It stands there only while data/ is exactly what it says: opening a writer or removing files takes it away, and it is written
// last. So a folder with a manifest is a complete export.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/compress.h"
#include "base/error.h"
#include "sink/sink.h"

namespace itemize::sink {

struct ManifestKey {
  std::string attribute;
  char type = 'S';                 ///< S, N or B.
};

struct ManifestInfo {
  std::string itemize_version;
  std::int64_t generated_at = 0;   ///< Microseconds since 1970, UTC.
  std::string model_hash;
  std::int64_t run = 0;
  std::int64_t generation = 0;
  std::vector<ManifestKey> key;    ///< Partition key, then the sort key if there is one.
  Compression compression = Compression::none;
  std::vector<std::pair<std::string, std::string>> positions;       ///< By source: where it was read.
  std::vector<std::pair<std::string, std::uint64_t>> item_types;    ///< Items by type.
  std::vector<FileResult> files;   ///< Of this table.
};

/// The document itself; the numbers of a whole table are summed over its files. Words as in ImportTable's parameters.
std::string manifest_text(std::string_view table, const ManifestInfo& info);
/// Writes it, atomically. Removes the table's empty tmp/ folder.
Result<void> write_manifest(const std::string& folder, const std::string& table, const ManifestInfo& info);

/// Files as JSON text and back, for the journal.
std::string files_to_json(std::span<const FileResult> files);
Result<std::vector<FileResult>> files_from_json(std::string_view text);

}  // namespace itemize::sink
