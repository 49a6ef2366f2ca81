// Big-endian values in bytes that came from outside: every read is checked against what is left.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace itemize::source::postgres {

template <class Integer>
Integer load(const char* bytes) {
  Integer value;
  std::memcpy(&value, bytes, sizeof value);
  if constexpr (sizeof value == 1)
    return value;
  else if constexpr (std::endian::native == std::endian::little)
    return std::byteswap(value);
  else
    return value;
}

/// Takes values from the front. After the first that is not there, `broken` stays true and every further value is zero.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  template <class Integer>
  Integer take() {
    if (left() < sizeof(Integer)) return stop(), Integer{};
    const auto value = load<Integer>(at_);
    at_ += sizeof(Integer);
    return value;
  }
  double real() { return std::bit_cast<double>(take<std::uint64_t>()); }
  std::string_view bytes(std::size_t size) {
    if (left() < size) return stop(), std::string_view{};
    const std::string_view taken(at_, size);
    at_ += size;
    return taken;
  }
  /// An int32 length and so many bytes; `null` for -1.
  std::string_view field(bool& null) {
    const auto size = take<std::int32_t>();
    null = size == -1;
    if (null) return {};
    if (size < 0) return stop(), std::string_view{};
    return bytes(static_cast<std::size_t>(size));
  }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  bool broken() const { return broken_; }
  /// Everything was there and nothing is over.
  bool complete() const { return !broken_ && at_ == end_; }

 private:
  void stop() {
    broken_ = true;
    at_ = end_;
  }
  const char* at_;
  const char* end_;
  bool broken_ = false;
};

}  // namespace itemize::source::postgres
