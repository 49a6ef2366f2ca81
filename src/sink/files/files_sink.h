// FilesSink: items as DynamoDB JSON files, one item a line, ready for DynamoDB's "Import from S3".
//
//   DIR/.itemize-export                        whose export this is
//   DIR/<table>/data/<range>-<part>.json[.gz|.zst]   finished files; nothing else ever lies here, because Import from S3 reads
//                                              every object under its prefix
//   DIR/<table>/tmp/                           files being written; renamed into data/ when complete and synced
//   DIR/<table>/manifest.json                  what data/ holds (manifest.h); taken away when a writer is opened
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/compress.h"
#include "sink/sink.h"

namespace itemize::sink {

struct FilesOptions {
  Compression compression = Compression::none;
  int level = 0;                                   ///< See compression_levels().
  /// A part is closed and another begun at the first batch after this many uncompressed bytes. 1 GiB: far below what one PUT to
  /// S3 takes (5 GB), and 15 TB, the most that one import takes, then make 15,000 objects, where 50,000 are allowed.
  std::uint64_t max_part_bytes = 1ULL << 30;
  /// Of the workspace (Journal::id). A folder that another workspace exports to is refused.
  std::string owner;
};

/// What lies in an export folder, seen by check_folder.
enum class FolderState : std::uint8_t {
  absent_or_empty,
  ours,   ///< This workspace exported to it before.
};

class FilesSink : public Sink {
 public:
  /// Looks, and changes nothing: an Error (conflict) if `folder` holds anything that `owner` did not put there, or if something
  /// else lies among the data files of `tables`. `owner` may be empty where there is no journal yet: then any earlier export is
  /// somebody else's.
  static Result<FolderState> check_folder(const std::string& folder, std::span<const std::string> tables, const std::string& owner);

  /// check_folder, then makes the folders. `tables` by their index in the model; empty where nothing will be written. Names that DynamoDB would not take are
  /// invalid_input.
  static Result<std::unique_ptr<FilesSink>> make(std::string folder, std::vector<std::string> tables, FilesOptions options);

  /// Removes what a crash or an error left: everything in tmp/, and those data files that are not in `finished` (paths as in
  /// FileResult: all that the journal knows, of whatever run). Call it before the first writer is opened, and never beside one.
  /// Without it, files of an interrupted attempt at a range could stay beside those of the next.
  virtual Result<void> remove_leftovers(const std::vector<std::string>& finished) = 0;
  /// Removes finished files (of an older generation); those already gone are no error.
  virtual Result<void> remove_files(const std::vector<std::string>& paths) = 0;
};

}  // namespace itemize::sink
