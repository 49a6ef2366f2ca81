#include "base/arena.h"

namespace itemize {

void Arena::next_block(std::size_t at_least) {
  while (block_index_ < blocks_.size() && blocks_[block_index_].size < at_least) ++block_index_;
  if (block_index_ == blocks_.size()) {
    const std::size_t size = at_least > block_size_ ? at_least : block_size_;
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    reserved_ += size;
  }
  current_ = blocks_[block_index_].data.get();
  capacity_ = blocks_[block_index_].size;
  used_ = 0;
  ++block_index_;
}

void Arena::reset() {
  std::erase_if(blocks_, [this](const Block& block) {
    if (block.size <= block_size_) return false;
    reserved_ -= block.size;
    return true;
  });
  block_index_ = 0;
  current_ = nullptr;
  capacity_ = 0;
  used_ = 0;
}

}  // namespace itemize
