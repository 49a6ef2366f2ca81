// Buffer: bytes being written, without the zero-filling that std::string::resize would do on the hot path.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace itemize {

/// A growing run of bytes. Move-only; clear() keeps the memory.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { std::free(data_); }

  const char* data() const { return data_; }
  char* data() { return data_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {data_, size_}; }
  std::string_view view(std::size_t begin, std::size_t size) const { return {data_ + begin, size}; }
  void clear() { size_ = 0; }
  void truncate(std::size_t size) { size_ = size; }

  /// Makes room for `extra` more bytes and returns where they go; call advance() with what was used.
  char* reserve(std::size_t extra) {
    if (size_ + extra > capacity_) [[unlikely]] grow(size_ + extra);
    return data_ + size_;
  }
  void advance(std::size_t used) { size_ += used; }
  void append(std::string_view text) {
    char* place = reserve(text.size());
    if (!text.empty()) std::memcpy(place, text.data(), text.size());
    size_ += text.size();
  }
  void append(char byte) {
    *reserve(1) = byte;
    ++size_;
  }

 private:
  void swap(Buffer& other) {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  void grow(std::size_t needed) {
    std::size_t capacity = capacity_ == 0 ? 4096 : capacity_ * 2;
    if (capacity < needed) capacity = needed;
    char* data = static_cast<char*>(std::realloc(data_, capacity));
    if (data == nullptr) throw std::bad_alloc();
    data_ = data;
    capacity_ = capacity;
  }
  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace itemize
