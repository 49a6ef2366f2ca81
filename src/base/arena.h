// Arena: memory for the values of one batch, given back all at once.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace itemize {

/// A bump allocator. Pointers stay valid until reset(); reset() keeps the blocks, so a steady load allocates nothing.
/// Not thread-safe: one worker, one arena.
class Arena {
 public:
  explicit Arena(std::size_t block_size = 256 * 1024) : block_size_(block_size) {}

  char* allocate(std::size_t size, std::size_t alignment = 1) {
    std::size_t start = (used_ + alignment - 1) & ~(alignment - 1);
    if (start + size > capacity_) [[unlikely]] {
      next_block(size + alignment);
      start = (used_ + alignment - 1) & ~(alignment - 1);
    }
    used_ = start + size;
    return current_ + start;
  }
  template <class T>
  T* allocate_array(std::size_t count) {
    return reinterpret_cast<T*>(allocate(count * sizeof(T), alignof(T)));
  }
  std::string_view copy(std::string_view text) {
    char* place = allocate(text.size());
    if (!text.empty()) std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }
  /// Forgets every value; memory is kept for the next batch (blocks for oversized values are freed).
  void reset();
  std::size_t bytes_reserved() const { return reserved_; }

 private:
  void next_block(std::size_t at_least);

  struct Block {
    std::unique_ptr<char[]> data;
    std::size_t size;
  };
  std::size_t block_size_;
  std::vector<Block> blocks_;
  std::size_t block_index_ = 0;  // blocks_[block_index_ - 1] is current
  char* current_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
  std::size_t reserved_ = 0;
};

}  // namespace itemize
