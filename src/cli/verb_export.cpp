// itemize export --to DIR: DynamoDB JSON files, ready for "Import from S3".
#include <memory>

#include "cli/move_verb.h"
#include "cli/verbs.h"
#include "pipeline/files_destination.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
  MoveSettings move;
  std::string folder;
  std::string compression_name = "none";
  std::optional<int> level;
  bool execute = false;
};

Result<int> run(const Options& options) {
  const Compression compression = options.compression_name == "gzip"   ? Compression::gzip
                                  : options.compression_name == "zstd" ? Compression::zstd
                                                                       : Compression::none;
  const CompressionLevels levels = compression_levels(compression);
  const int level = options.level.value_or(levels.usual);
  if (level < levels.lowest || level > levels.highest) {
    return fail(ErrorCode::invalid_input, options.compression_name + " has no level " + std::to_string(level),
                "--level takes " + std::to_string(levels.lowest) + " to " + std::to_string(levels.highest));
  }
  const auto workspace = TRY(Workspace::open(options.common));
  TRY(workspace->open_for_writing("export"));
  const auto destination = TRY(pipeline::make_files_destination(
      workspace->migration(), {.folder = options.folder, .compression = compression, .level = level, .version = version}));
  return run_move(options.common, options.move, *workspace, *destination, {});
}

}  // namespace

void add_export(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_move_options(arguments, options->common, options->move);
  arguments.required("--to", options->folder, "DIR", "the folder for the files; made where it is missing (required)");
  arguments.one_of("--compression", options->compression_name, {"none", "gzip", "zstd"}, "HOW", "none, gzip or zstd (default: none)");
  arguments.number("--level", options->level, "N", "of the compression: gzip 0 to 3, zstd -7 to 19");
  arguments.flag("--execute", options->execute, "accepted, as by other verbs; an export needs none, for it writes only into --to");
  arguments.on_run(status, [options] { return status_of(run(*options)); });
}

}  // namespace itemize::cli
