#include "sink/live/batch_answer.h"

#include <charconv>
#include <cstdlib>
#include <unordered_map>

namespace itemize::sink {
namespace {

double number_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  if (value == nullptr || value->number() == nullptr) return 0;
  return std::strtod(value->number()->text.c_str(), nullptr);
}

double index_units(const json::Value& capacity, std::string_view kind) {
  double sum = 0;
  if (const json::Value* indexes = capacity.find(kind); indexes != nullptr && indexes->object() != nullptr) {
    for (const auto& [name, index] : *indexes->object()) sum += number_of(index, "CapacityUnits");
  }
  return sum;
}

void add_capacity(const json::Value& capacity, BatchAnswer& into) {
  into.write_units += number_of(capacity, "CapacityUnits");
  into.index_write_units += index_units(capacity, "GlobalSecondaryIndexes") + index_units(capacity, "LocalSecondaryIndexes");
}

void read_capacity(const json::Value& answer, BatchAnswer& into) {
  const json::Value* list = answer.find("ConsumedCapacity");
  if (list == nullptr || list->array() == nullptr) return;
  for (const json::Value& capacity : *list->array()) add_capacity(capacity, into);
}

/// The attributes of a {"PutRequest":{"Item":..}} or {"DeleteRequest":{"Key":..}}.
const json::Value* attributes_of(const json::Value& write) {
  if (const json::Value* put = write.find("PutRequest")) return put->find("Item");
  if (const json::Value* erase = write.find("DeleteRequest")) return erase->find("Key");
  return nullptr;
}

std::unordered_map<std::string, std::size_t> identities(const WriteRequest& request, std::span<const std::string> key_names) {
  std::unordered_map<std::string, std::size_t> entries;
  for (std::size_t i = 0; i < request.entries().size(); ++i) {
    const auto key = json::parse(request.key(request.entries()[i]));
    if (key) entries.emplace(key_identity(*key, key_names), i);
  }
  return entries;
}

void mark_all(BatchAnswer& answer, std::size_t count) {
  answer.unprocessed.assign(count, true);
  answer.unprocessed_count = count;
}

}  // namespace

std::string canonical_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t e = text.find_first_of("eE");
  long exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view digits = text.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  }
  std::string digits;
  bool fraction = false;
  for (const char letter : text.substr(0, e)) {
    if (letter == '.') {
      fraction = true;
      continue;
    }
    digits += letter;
    if (fraction) --exponent;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  while (!digits.empty() && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  if (digits.empty()) return "0";
  return (negative ? "-" : "") + digits + "e" + std::to_string(exponent);
}

std::string key_identity(const json::Value& attributes, std::span<const std::string> key_names) {
  std::string identity;
  for (const std::string& name : key_names) {
    const json::Value* attribute = attributes.find(name);
    if (attribute == nullptr || attribute->object() == nullptr || attribute->object()->empty()) return {};
    const auto& [type, value] = attribute->object()->front();
    if (value.string() == nullptr) return {};
    const std::string text = type == "N" ? canonical_number(*value.string()) : *value.string();
    identity.append(type).append(std::to_string(text.size())).append(":").append(text);
  }
  return identity;
}

Result<BatchAnswer> read_batch_answer(std::string_view text, const WriteRequest& request, std::span<const std::string> key_names) {
  BatchAnswer answer;
  if (text == R"({"UnprocessedItems":{}})") return answer;
  const json::Value parsed = TRY(json::parse(text));
  // DynamoDB always says what it left undone. Whoever answers without (a captive portal, a health check) has stored nothing.
  const json::Value* tables = parsed.find("UnprocessedItems");
  if (tables == nullptr || tables->object() == nullptr) return fail(ErrorCode::unavailable, "the answer to BatchWriteItem says nothing of UnprocessedItems");
  read_capacity(parsed, answer);
  if (tables->object()->empty()) return answer;

  const auto entries = identities(request, key_names);
  answer.unprocessed.assign(request.entries().size(), false);
  for (const auto& [table, writes] : *tables->object()) {
    if (writes.array() == nullptr) continue;
    for (const json::Value& write : *writes.array()) {
      const json::Value* attributes = attributes_of(write);
      const auto found = attributes == nullptr ? entries.end() : entries.find(key_identity(*attributes, key_names));
      if (found == entries.end()) {
        mark_all(answer, request.entries().size());
        return answer;
      }
      if (!answer.unprocessed[found->second]) ++answer.unprocessed_count;
      answer.unprocessed[found->second] = true;
    }
  }
  return answer;
}

Result<BatchAnswer> read_put_answer(std::string_view text) {
  const json::Value parsed = TRY(json::parse(text));
  // It was asked for: whoever answers without has stored nothing.
  const json::Value* capacity = parsed.find("ConsumedCapacity");
  if (capacity == nullptr || capacity->object() == nullptr) return fail(ErrorCode::unavailable, "the answer to PutItem says nothing of ConsumedCapacity");
  BatchAnswer answer;
  add_capacity(*capacity, answer);
  return answer;
}

Result<std::string> item_in_the_way(std::string_view text) {
  const json::Value parsed = TRY(json::parse(text));
  const json::Value* item = parsed.find("Item");
  if (item == nullptr || item->object() == nullptr) return fail(ErrorCode::unavailable, "the refusal does not hold the item that is there");
  return json::to_text(*item);
}

}  // namespace itemize::sink
