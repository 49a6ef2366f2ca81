// HashMap: 64-bit hashes to 64-bit values, for sets that stay small while millions of keys pass through: no memory is taken or given
// back for each of them, as std::unordered_map does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace itemize::pipeline {

/// Open addressing with linear probing. Keys must be well mixed in their low bits.
class HashMap {
 public:
  explicit HashMap(std::size_t slots = 1024) : slots_(slots) {}  ///< A power of two.

  std::size_t size() const { return size_; }

  /// nullptr where it is not there. Valid until the next change.
  std::uint64_t* find(std::uint64_t key) {
    Slot& slot = slots_[place_of(normal(key))];
    return slot.key == 0 ? nullptr : &slot.value;
  }

  void set(std::uint64_t key, std::uint64_t value) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    Slot& slot = slots_[place_of(normal(key))];
    if (slot.key == 0) ++size_;
    slot = {normal(key), value};
  }

  void erase(std::uint64_t key) {
    std::size_t hole = place_of(normal(key));
    if (slots_[hole].key == 0) return;
    --size_;
    // Without tombstones: whatever follows and would not be found across the hole moves into it.
    for (std::size_t next = following(hole); slots_[next].key != 0; next = following(next)) {
      const std::size_t home = slots_[next].key & (slots_.size() - 1);
      const bool reachable = hole <= next ? (hole < home && home <= next) : (hole < home || home <= next);
      if (reachable) continue;
      slots_[hole] = slots_[next];
      hole = next;
    }
    slots_[hole] = {};
  }

 private:
  struct Slot {
    std::uint64_t key = 0;  ///< 0: empty.
    std::uint64_t value = 0;
  };

  /// 0 marks an empty slot; what stands for it is no small number, because small numbers (append ids) are keys too.
  static std::uint64_t normal(std::uint64_t key) { return key == 0 ? 0x9E3779B97F4A7C15ULL : key; }
  std::size_t following(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }
  std::size_t place_of(std::uint64_t key) const {
    std::size_t slot = key & (slots_.size() - 1);
    while (slots_[slot].key != 0 && slots_[slot].key != key) slot = following(slot);
    return slot;
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.key != 0) slots_[place_of(slot.key)] = slot;
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace itemize::pipeline
