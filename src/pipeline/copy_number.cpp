#include "pipeline/copy_number.h"

#include <algorithm>
#include <string>

#include "base/json.h"
#include "item/limits.h"

namespace itemize::pipeline {
namespace {

/// What a key's text ends with, behind the value of its last attribute.
constexpr std::string_view key_end = "\"}}";

const model::BoundAttribute* attribute_of(const model::BoundModel& model, std::size_t item_type, const std::string& name) {
  const model::BoundItem* item = model.item(item_type);
  if (item == nullptr) return nullptr;
  const auto found = std::ranges::find(item->attributes, name, &model::BoundAttribute::name);
  return found == item->attributes.end() ? nullptr : &*found;
}

/// The key attribute that takes the number would be longer than DynamoDB allows.
std::optional<item::Rejection> too_large_key(const model::BoundModel& model, std::string_view key, std::size_t item_type,
                                             std::size_t suffix) {
  const Result<json::Value> parsed = json::parse(key);
  const json::Object* object = parsed ? std::get_if<json::Object>(&parsed->content) : nullptr;
  if (object == nullptr || object->empty()) return item::Rejection{item::Reason::key_type, "", "the key cannot take the number of a copy"};
  const auto& [name, value] = object->back();
  const model::BoundAttribute* bound = attribute_of(model, item_type, name);
  const bool sort = bound != nullptr && (bound->sort || bound->index_sort);
  const std::size_t most = sort ? item::sort_key_length_limit : item::partition_key_length_limit;
  const std::size_t bytes = value.text("S").size() + suffix;
  if (bytes <= most) return std::nullopt;
  return item::Rejection{
      item::Reason::key_too_large, name,
      "with the number of a copy the key has " + std::to_string(bytes) + " bytes; DynamoDB takes " + std::to_string(most)};
}

/// `text` with `suffix` before the end of the key in it; the key's text is `key_size` long and begins at `begin`.
void append_with(std::string_view text, std::size_t begin, std::size_t key_size, std::string_view suffix, Buffer& out) {
  const std::size_t end_of_value = begin + key_size - key_end.size();
  out.append(text.substr(0, end_of_value));
  out.append(suffix);
  out.append(text.substr(end_of_value));
}

}  // namespace

std::optional<item::Rejection> append_numbered(const model::BoundModel& model, item::TableItems& items, item::Put& put,
                                               std::uint64_t number, Buffer& text) {
  const std::string_view framed = items.framed(put);
  if (number == 1) {
    put.text_begin = text.size();
    text.append(framed);
    return std::nullopt;
  }
  const std::string key(items.key(put));
  const std::string suffix = "#" + std::to_string(number);
  // An item begins with its key attributes, in the key's own order and words.
  const std::size_t begin = framed.find(std::string_view(key).substr(0, key.size() - 1));
  if (begin == std::string_view::npos || !key.ends_with(key_end))
    return item::Rejection{item::Reason::key_type, "", "the key cannot take the number of a copy"};
  if (auto rejection = too_large_key(model, key, put.item_type, suffix.size())) return rejection;
  if (put.item_size + suffix.size() > item::item_size_limit)
    return item::Rejection{item::Reason::item_too_large, "",
                           "with the number of a copy in its key the item has " + std::to_string(put.item_size + suffix.size()) +
                               " bytes; DynamoDB takes 409,600 (400 KB)"};
  const std::size_t text_begin = text.size();
  append_with(framed, begin, key.size(), suffix, text);
  const std::size_t key_begin = items.keys.size();
  append_with(key, 0, key.size(), suffix, items.keys);
  put.text_begin = text_begin;
  put.text_size += static_cast<std::uint32_t>(suffix.size());
  put.item_size += static_cast<std::uint32_t>(suffix.size());
  put.key_begin = key_begin;
  put.key_size += static_cast<std::uint32_t>(suffix.size());
  return std::nullopt;
}

}  // namespace itemize::pipeline
