// DynamoDB's limits, by the names of its developer guide ("Quotas in Amazon DynamoDB", "Supported data types").
#pragma once

#include <cstdint>

namespace itemize::item {

inline constexpr std::uint32_t item_size_limit = 400 * 1024;       ///< Bytes, names included.
inline constexpr std::uint32_t partition_key_length_limit = 2048;  ///< Bytes; at least 1.
inline constexpr std::uint32_t sort_key_length_limit = 1024;       ///< Bytes; at least 1.
/// L and M within one another. The guide's 32 levels count the value in the innermost one: DynamoDB Local takes a scalar in 31
/// lists and refuses even an empty list there.
inline constexpr int nesting_depth_limit = 31;
inline constexpr int number_precision_limit = 38;                     ///< Significant digits.
inline constexpr int number_highest_exponent = 125;                   ///< 9.99...E+125
inline constexpr int number_lowest_exponent = -130;                   ///< 1E-130
inline constexpr std::uint32_t write_unit_bytes = 1024;               ///< One WCU for each 1 KB begun: write_units().
inline constexpr std::uint32_t batch_write_items = 25;                ///< BatchWriteItem: requests in one call,
inline constexpr std::uint32_t batch_write_bytes = 16 * 1024 * 1024;  ///< and bytes.

/// What a write of an item of that many bytes takes, at least one.
constexpr std::uint64_t write_units(std::uint64_t bytes) { return bytes == 0 ? 1 : (bytes + write_unit_bytes - 1) / write_unit_bytes; }

}  // namespace itemize::item
