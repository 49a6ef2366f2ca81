// FilesDestination: `export`, into DynamoDB JSON files on disk.
#pragma once

#include <memory>
#include <string>

#include "pipeline/destination.h"
#include "sink/files/files_sink.h"

namespace itemize::pipeline {

struct FilesDestinationOptions {
  std::string folder;              ///< As the user wrote it.
  Compression compression = Compression::none;
  int level = 0;
  std::string version;             ///< Of this program, for the manifests.
};

/// Errors of make_files_destination: a folder that is somebody else's, names that are no table names. Nothing is made on disk before
/// begin().
Result<std::unique_ptr<Destination>> make_files_destination(const Migration& migration, FilesDestinationOptions options);

}  // namespace itemize::pipeline
