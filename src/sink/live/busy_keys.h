// BusyKeys: hashes of the keys that are under way, so that one key is never written twice at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace itemize::sink {

/// A set of 64-bit hashes, open addressing. Two keys with one hash only make the second wait for the first.
class BusyKeys {
 public:
  explicit BusyKeys(std::size_t slots = 4096) : slots_(slots) {}

  bool contains(std::uint64_t hash) const { return slots_[find(normal(hash))] != 0; }

  void insert(std::uint64_t hash) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    std::uint64_t& slot = slots_[find(normal(hash))];
    if (slot == 0) ++size_;
    slot = normal(hash);
  }

  void erase(std::uint64_t hash) {
    std::size_t hole = find(normal(hash));
    if (slots_[hole] == 0) return;
    --size_;
    // Linear probing without tombstones: whatever follows and would not be found across the hole moves into it.
    for (std::size_t next = following(hole); slots_[next] != 0; next = following(next)) {
      const std::size_t home = slots_[next] & (slots_.size() - 1);
      const bool reachable = hole <= next ? (hole < home && home <= next) : (hole < home || home <= next);
      if (reachable) continue;
      slots_[hole] = slots_[next];
      hole = next;
    }
    slots_[hole] = 0;
  }

  std::size_t size() const { return size_; }

 private:
  static std::uint64_t normal(std::uint64_t hash) { return hash == 0 ? 1 : hash; }  // 0 marks an empty slot
  std::size_t following(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }
  std::size_t find(std::uint64_t hash) const {
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != 0 && slots_[slot] != hash) slot = following(slot);
    return slot;
  }
  void grow() {
    std::vector<std::uint64_t> old(slots_.size() * 2);
    old.swap(slots_);
    for (const std::uint64_t hash : old) {
      if (hash != 0) slots_[find(hash)] = hash;
    }
  }

  std::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
};

}  // namespace itemize::sink
