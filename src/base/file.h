// Files: the few operations that must be right (atomic replacement, durable creation, full disks), each reported as an io Error
// that names the file.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace itemize {

/// An open file descriptor; closed by the destructor. Move-only. All calls retry EINTR and name the path in their Errors.
class File {
 public:
  File() = default;
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { discard(); }

  /// open(2) with O_CLOEXEC added. `mode` counts where a file is made, and only then (umask applies).
  static Result<File> open(std::string path, int flags, mode_t mode = 0666);

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }

  /// Writes everything at the file's offset, or fails (part of it may then be in the file).
  Result<void> write(std::string_view bytes);
  /// The same for two runs of bytes, in one call of the kernel where it can be.
  Result<void> write(std::string_view first, std::string_view second);
  /// Up to `size` bytes at the file's offset; 0 only at the end of the file.
  Result<std::size_t> read(char* bytes, std::size_t size);
  Result<std::uint64_t> size() const;
  Result<void> truncate(std::uint64_t size);
  /// fdatasync: the bytes and the size survive a power loss.
  Result<void> sync();
  /// Sets the time of the last change (mtime).
  Result<void> set_time(std::chrono::system_clock::time_point time);
  /// Tells the late errors of network file systems, which close(2) reports. The file is closed in any case.
  Result<void> close();
  /// Closes without telling errors: for paths that are failing already.
  void discard();

 private:
  int descriptor_ = -1;
  std::string path_;
};

/// Whole file; not_found where it does not exist, invalid_input where it is larger than `limit` bytes.
Result<std::string> read_file(const std::string& path, std::uint64_t limit = 1ULL << 30);
/// Replaces `path` so that a reader, a crash or a full disk finds the old content or the new, never a part: writes
/// `path`.tmp with `mode`, syncs it, renames it, syncs the folder.
Result<void> write_file_atomically(const std::string& path, std::string_view content, mode_t mode = 0666);
/// mkdir -p. Every folder that is made gets `mode` (umask applies); those that exist are left as they are.
Result<void> make_directories(const std::string& path, mode_t mode = 0777);
/// Makes the folder's entries (new files, renames) survive a power loss.
Result<void> sync_directory(const std::string& path);
/// rename(2), both names in the Error.
Result<void> rename_file(const std::string& from, const std::string& to);
/// True if a file was removed, false if there was none.
Result<bool> remove_file(const std::string& path);
/// Whether anything, also a dangling link, has this name.
bool path_exists(const std::string& path);

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
  auto operator<=>(const DirectoryEntry&) const = default;
};
/// The entries of a folder without "." and "..", sorted by name; not_found where there is no such folder.
Result<std::vector<DirectoryEntry>> list_directory(const std::string& path);

/// Bytes that this user may still write on the file system of `path` (which must exist). Quotas are not seen.
Result<std::uint64_t> free_space(const std::string& path);
/// The folder part of a path: "a/b" -> "a", "b" -> ".", "/b" -> "/".
std::string parent_directory(std::string_view path);

}  // namespace itemize
