// For tests: a disk that is soon full, and a user who may not write.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>

namespace itemize::testing {

/// A tmpfs of so many bytes. Needs root; the test skips with reason() where the mount is refused.
class SmallDisk {
 public:
  explicit SmallDisk(std::size_t bytes) {
    char name[] = "/tmp/itemize-disk-XXXXXX";
    folder_ = ::mkdtemp(name);
    const std::string options = "size=" + std::to_string(bytes);
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, options.c_str()) == 0;
    if (!mounted_) reason_ = std::string("no small disk here: mount says ") + std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    ::rmdir(folder_.c_str());
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::string& folder() const { return folder_; }
  bool mounted() const { return mounted_; }
  const std::string& reason() const { return reason_; }

  /// Leaves less than a page free.
  void fill() const {
    std::FILE* file = std::fopen(filler().c_str(), "w");
    const std::string block(4096, 'x');
    std::setvbuf(file, nullptr, _IONBF, 0);
    while (std::fwrite(block.data(), 1, block.size(), file) == block.size()) {
    }
    std::fclose(file);
  }
  void free() const { std::filesystem::remove(filler()); }

 private:
  std::string filler() const { return folder_ + "/filler"; }
  std::string folder_;
  std::string reason_;
  bool mounted_ = false;
};

/// Runs `body` in a child process that is the user nobody (root may write everywhere). Its first gtest failure, or what it
/// throws, makes the result false. When we are not root, the child is simply us.
inline bool as_nobody(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t nobody = 65534;
    if (::getuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0)) ::_exit(2);
    body();
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace itemize::testing
