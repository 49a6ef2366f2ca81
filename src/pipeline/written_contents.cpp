#include "pipeline/written_contents.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/hash.h"

namespace itemize::pipeline {

std::uint64_t written_number(std::size_t table, std::string_view key, std::uint64_t content) {
  const std::uint64_t parts[] = {table, content};
  return hash64(key, hash64({reinterpret_cast<const char*>(parts), sizeof parts}));
}

Result<WrittenContents> WrittenContents::open(std::span<const std::string> logs, const std::string& folder) {
  WrittenContents contents;
  const std::string path = folder + "/contents.sorted";
  File sorted = TRY(File::open(path, O_RDWR | O_CREAT | O_TRUNC, 0600));
  TRY(remove_file(path));  // it lives as long as it is mapped
  std::vector<char> buffer(1 << 20);
  std::uint64_t bytes = 0;
  for (const std::string& log : logs) {
    File file = TRY(File::open(log, O_RDONLY));
    std::uint64_t left = TRY(file.size()) / sizeof(std::uint64_t) * sizeof(std::uint64_t);
    while (left > 0) {
      const std::size_t got = TRY(file.read(buffer.data(), std::min<std::uint64_t>(left, buffer.size())));
      if (got == 0) return fail(ErrorCode::io, "'" + log + "' became shorter while it was read");
      TRY(sorted.write({buffer.data(), got}));
      left -= got;
      bytes += got;
    }
  }
  if (bytes == 0) return contents;
  void* mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, sorted.descriptor(), 0);
  if (mapped == MAP_FAILED) return fail_errno("cannot map '" + path + "'");
  auto* numbers = static_cast<std::uint64_t*>(mapped);
  contents.numbers_ = numbers;
  contents.size_ = bytes / sizeof(std::uint64_t);
  std::sort(numbers, numbers + contents.size_);
  return contents;
}

WrittenContents::WrittenContents(WrittenContents&& other) noexcept : numbers_(std::exchange(other.numbers_, nullptr)), size_(std::exchange(other.size_, 0)) {}

WrittenContents& WrittenContents::operator=(WrittenContents&& other) noexcept {
  std::swap(numbers_, other.numbers_);
  std::swap(size_, other.size_);
  return *this;
}

WrittenContents::~WrittenContents() {
  if (numbers_ != nullptr) ::munmap(const_cast<std::uint64_t*>(numbers_), size_ * sizeof(std::uint64_t));
}

bool WrittenContents::contains(std::uint64_t number) const { return std::binary_search(numbers_, numbers_ + size_, number); }

}  // namespace itemize::pipeline
