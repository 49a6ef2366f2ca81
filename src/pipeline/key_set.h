// KeySet: hashes of keys, and whether one is among them. 64 bits of a good hash stand for the key: where a false match does no harm.
#pragma once

#include <cstdint>
#include <vector>

namespace itemize::pipeline {

class KeySet {
 public:
  /// True where it was not there.
  bool insert(std::uint64_t key) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    std::uint64_t& slot = slots_[place_of(normal(key))];
    if (slot != 0) return false;
    slot = normal(key);
    ++size_;
    return true;
  }
  bool contains(std::uint64_t key) const { return !slots_.empty() && slots_[place_of(normal(key))] != 0; }
  std::size_t size() const { return size_; }

 private:
  static std::uint64_t normal(std::uint64_t key) { return key == 0 ? 1 : key; }  // 0 marks an empty slot
  std::size_t place_of(std::uint64_t key) const {
    std::size_t slot = key & (slots_.size() - 1);
    while (slots_[slot] != 0 && slots_[slot] != key) slot = (slot + 1) & (slots_.size() - 1);
    return slot;
  }
  void grow() {
    std::vector<std::uint64_t> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    for (const std::uint64_t key : old)
      if (key != 0) slots_[place_of(key)] = key;
  }

  std::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
};

}  // namespace itemize::pipeline
