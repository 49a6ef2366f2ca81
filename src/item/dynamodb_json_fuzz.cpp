// DynamoDB JSON, whatever comes: read or refused; what is read is written, read again as the same item, and counts the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "item/dynamodb_json.h"

namespace item = itemize::item;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto first = item::parse_item(input);
  if (!first) return 0;
  const std::string text = item::to_json(*first);
  const auto second = item::parse_item(text);
  if (!second || !item::equal(*first, *second) || item::to_json(*second) != text) std::abort();
  if (item::size_of(*first) != item::size_of(*second)) std::abort();
  return 0;
}
