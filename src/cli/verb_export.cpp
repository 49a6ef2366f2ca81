// itemize export --to DIR: DynamoDB JSON files, ready for "Import from S3".
#include <CLI/CLI.hpp>
#include <map>
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
  Compression compression = Compression::none;
  std::optional<int> level;
};

Result<int> run(const Options& options) {
  const CompressionLevels levels = compression_levels(options.compression);
  const int level = options.level.value_or(levels.usual);
  if (level < levels.lowest || level > levels.highest) {
    return fail(ErrorCode::invalid_input, std::string(compression_name(options.compression)) + " has no level " + std::to_string(level),
                "--level takes " + std::to_string(levels.lowest) + " to " + std::to_string(levels.highest));
  }
  const auto workspace = TRY(Workspace::open(options.common));
  TRY(workspace->open_for_writing("export"));
  const auto destination = TRY(pipeline::make_files_destination(
      workspace->migration(), {.folder = options.folder, .compression = options.compression, .level = level, .version = version}));
  return run_move(options.common, options.move, *workspace, *destination, {});
}

}  // namespace

void add_export(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  add_move_options(app, options->common, options->move);
  app.add_option("--to", options->folder, "the folder for the files; made where it is missing")->required()->type_name("DIR");
  static const std::map<std::string, Compression> names{{"none", Compression::none}, {"gzip", Compression::gzip}, {"zstd", Compression::zstd}};
  app.add_option("--compression", options->compression, "none, gzip or zstd (default: none)")->transform(CLI::CheckedTransformer(names))->type_name("HOW");
  app.add_option("--level", options->level, "of the compression: gzip 0 to 3, zstd -7 to 19")->type_name("N");
  app.callback([options, &status] { status = status_of(run(*options)); });
}

}  // namespace itemize::cli
