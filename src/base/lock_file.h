// LockFile: one writer at a time in a folder.
#pragma once

#include <string>

#include "base/error.h"
#include "base/file.h"

namespace itemize {

/// Held until destroyed. The kernel gives the lock back when the process dies in whatever way, so that no lock is ever stale;
/// the file itself stays. A child that is forked without exec holds it too.
class LockFile {
 public:
  /// Takes the lock on `path` (made with mode 0600) or fails at once: `conflict`, saying who holds it ("load, pid 123, since
  /// 2026-01-31 10:02:07 UTC"), or io where the file system has no locks. `holder` says what this process does ("load").
  static Result<LockFile> acquire(const std::string& path, const std::string& holder);

  LockFile(LockFile&&) noexcept = default;
  LockFile& operator=(LockFile&&) noexcept = default;
  ~LockFile();

 private:
  explicit LockFile(File file) : file_(std::move(file)) {}
  File file_;
};

}  // namespace itemize
