#include "base/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace itemize {
namespace {

std::string now_in_words() {
  const std::time_t now = std::time(nullptr);
  std::tm civil{};
  ::gmtime_r(&now, &civil);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &civil);
  return text;
}

std::unexpected<Error> fail_held(File& file) {
  std::string holder(512, '\0');
  // Empty in the instant between another process's lock and its first write.
  holder.resize(file.read(holder.data(), holder.size()).value_or(0));
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  if (holder.empty()) holder = "another process";
  return fail(ErrorCode::conflict, "'" + file.path() + "' is locked by " + holder,
              "one writing command at a time in a folder: wait for the other one, or stop it");
}

}  // namespace

Result<LockFile> LockFile::acquire(const std::string& path, const std::string& holder) {
  File file = TRY(File::open(path, O_RDWR | O_CREAT, 0600));
  while (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return fail_held(file);
    auto failure = fail_errno("cannot lock '" + path + "'");
    failure.error().hint = "its file system knows no locks: put the folder on a local disk";
    return failure;
  }
  LockFile lock(std::move(file));
  // Only a note for others: on a full disk the lock itself still holds, and the command may be the one that frees space.
  (void)lock.file_.truncate(0);
  (void)lock.file_.write(holder + ", pid " + std::to_string(::getpid()) + ", since " + now_in_words() + "\n");
  return lock;
}

LockFile::~LockFile() {
  // So that the next reader of the file is not told of us. Closing gives the lock back.
  if (file_.is_open()) (void)::ftruncate(file_.descriptor(), 0);
}

}  // namespace itemize
