// A table's index and a key as one run of bytes: what KeyGroups groups by.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace itemize::pipeline {

/// Writes both into `buffer` (reused) and returns them as one.
inline std::string_view join_table_key(std::size_t table, std::string_view key, std::string& buffer) {
  const auto number = static_cast<std::uint32_t>(table);
  buffer.assign(reinterpret_cast<const char*>(&number), sizeof number);
  buffer += key;
  return buffer;
}

inline std::size_t table_of(std::string_view joined) {
  std::uint32_t number = 0;
  std::memcpy(&number, joined.data(), sizeof number);
  return number;
}

inline std::string_view key_of(std::string_view joined) { return joined.substr(sizeof(std::uint32_t)); }

}  // namespace itemize::pipeline
