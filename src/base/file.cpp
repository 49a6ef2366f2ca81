#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace itemize {
namespace {

std::string quoted(std::string_view path) { return "'" + std::string(path) + "'"; }

std::unexpected<Error> fail_for(std::string_view what, std::string_view path) {
  const bool missing = errno == ENOENT || errno == ENOTDIR;
  auto failure = fail_errno(std::string(what) + " " + quoted(path));
  if (missing) failure.error().code = ErrorCode::not_found;
  return failure;
}

}  // namespace

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    discard();
    descriptor_ = std::exchange(other.descriptor_, -1);
    path_ = std::move(other.path_);
  }
  return *this;
}

Result<File> File::open(std::string path, int flags, mode_t mode) {
  File file;
  do {
    file.descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (file.descriptor_ < 0 && errno == EINTR);
  if (file.descriptor_ < 0) return fail_for((flags & O_CREAT) != 0 ? "cannot create" : "cannot open", path);
  file.path_ = std::move(path);
  return file;
}

Result<void> File::write(std::string_view bytes) { return write(bytes, {}); }

Result<void> File::write(std::string_view first, std::string_view second) {
  while (!first.empty() || !second.empty()) {
    iovec parts[2] = {{const_cast<char*>(first.data()), first.size()}, {const_cast<char*>(second.data()), second.size()}};
    const ssize_t written = ::writev(descriptor_, parts, 2);
    if (written < 0) {
      if (errno == EINTR) continue;
      return fail_for("cannot write", path_);
    }
    const std::size_t from_first = std::min(first.size(), static_cast<std::size_t>(written));
    first.remove_prefix(from_first);
    second.remove_prefix(static_cast<std::size_t>(written) - from_first);
  }
  return {};
}

Result<std::size_t> File::read(char* bytes, std::size_t size) {
  for (;;) {
    const ssize_t got = ::read(descriptor_, bytes, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return fail_for("cannot read", path_);
  }
}

Result<std::uint64_t> File::size() const {
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) return fail_for("cannot look at", path_);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<void> File::truncate(std::uint64_t size) {
  while (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) {
    if (errno != EINTR) return fail_for("cannot truncate", path_);
  }
  return {};
}

Result<void> File::set_time(std::chrono::system_clock::time_point time) {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  const timespec changed{static_cast<time_t>(since / 1'000'000'000), static_cast<long>(since % 1'000'000'000)};
  const timespec times[] = {{0, UTIME_OMIT}, changed};
  if (::futimens(descriptor_, times) != 0) return fail_errno("cannot set the time of '" + path_ + "'");
  return {};
}

Result<void> File::sync() {
  while (::fdatasync(descriptor_) != 0) {
    if (errno != EINTR) return fail_for("cannot sync", path_);
  }
  return {};
}

Result<void> File::close() {
  // Not retried on EINTR: Linux has released the descriptor by then.
  const int result = ::close(std::exchange(descriptor_, -1));
  if (result != 0 && errno != EINTR) return fail_for("cannot close", path_);
  return {};
}

void File::discard() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  File file = TRY(File::open(path, O_RDONLY));
  std::string content;
  constexpr std::size_t step = 64 * 1024;
  for (;;) {
    const std::size_t filled = content.size();
    content.resize(filled + step);
    const std::size_t got = TRY(file.read(content.data() + filled, step));
    content.resize(filled + got);
    if (got == 0) return content;
    if (content.size() > limit) {
      return fail(ErrorCode::invalid_input, quoted(path) + " is larger than " + std::to_string(limit) + " bytes");
    }
  }
}

Result<void> write_file_atomically(const std::string& path, std::string_view content, mode_t mode) {
  const std::string temporary = path + ".tmp";
  auto replace = [&]() -> Result<void> {
    // A leftover of a crash could have another mode: a new file gets ours.
    TRY(remove_file(temporary));
    File file = TRY(File::open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode));
    TRY(file.write(content));
    TRY(file.sync());
    TRY(file.close());
    TRY(rename_file(temporary, path));
    return sync_directory(parent_directory(path));
  };
  Result<void> result = replace();
  if (!result) ::unlink(temporary.c_str());
  return result;
}

Result<void> make_directories(const std::string& path, mode_t mode) {
  if (path.empty()) return {};
  std::size_t end = 0;
  while (end != std::string::npos) {
    end = path.find('/', end + 1);
    const std::string prefix = path.substr(0, end);
    if (::mkdir(prefix.c_str(), mode) == 0) {
      (void)sync_directory(parent_directory(prefix));  // The folder above may be one that we may not open.
      continue;
    }
    struct stat status{};
    const int reason = errno;
    // Not only EEXIST: a folder that exists on a read-only file system gives EROFS, an automounted one EACCES.
    if (::stat(prefix.c_str(), &status) == 0) {
      if (S_ISDIR(status.st_mode)) continue;
      errno = ENOTDIR;
    } else {
      errno = reason;
    }
    return fail_errno("cannot make the folder " + quoted(prefix));
  }
  return {};
}

Result<void> sync_directory(const std::string& path) {
  File folder = TRY(File::open(path, O_RDONLY | O_DIRECTORY));
  // Some file systems (FUSE, old network ones) know no sync of a folder and say EINVAL: nothing more can be done there.
  if (::fsync(folder.descriptor()) != 0 && errno != EINVAL) return fail_for("cannot sync the folder", path);
  return {};
}

Result<void> rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return fail_errno("cannot rename " + quoted(from) + " to " + quoted(to));
  return {};
}

Result<bool> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  return fail_errno("cannot remove " + quoted(path));
}

bool path_exists(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0;
}

Result<std::vector<DirectoryEntry>> list_directory(const std::string& path) {
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) return fail_for("cannot open the folder", path);
  std::vector<DirectoryEntry> entries;
  errno = 0;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") {
      bool is_directory = entry->d_type == DT_DIR;
      if (entry->d_type == DT_UNKNOWN) {
        struct stat status{};
        is_directory = ::lstat((path + "/" + name).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
      }
      entries.push_back({name, is_directory});
    }
    errno = 0;
  }
  const int reason = errno;
  ::closedir(folder);
  if (reason != 0) {
    errno = reason;
    return fail_for("cannot read the folder", path);
  }
  std::ranges::sort(entries);
  return entries;
}

Result<std::uint64_t> free_space(const std::string& path) {
  struct statvfs status{};
  if (::statvfs(path.c_str(), &status) != 0) return fail_for("cannot look at the file system of", path);
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

std::string parent_directory(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(slash == 0 ? "/" : path.substr(0, slash));
}

}  // namespace itemize
