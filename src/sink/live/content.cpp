#include "sink/live/content.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/hash.h"
#include "item/dynamodb_json.h"
#include "sink/live/batch_answer.h"

namespace itemize::sink {
namespace {

/// Builds one text in which every part stands with its length, so that no two items share one.
class Canonical {
 public:
  void add(const item::Item& item) {
    for (const auto& [name, value] : item) {
      add_text('n', name);
      std::visit(*this, value.value);
    }
    text_ += '.';
  }
  const std::string& text() const { return text_; }

  void operator()(const item::StringValue& value) { add_text('S', value.value); }
  void operator()(const item::NumberValue& value) { add_text('N', canonical_number(value.value)); }
  void operator()(const item::BinaryValue& value) { add_text('B', value.value); }
  void operator()(const item::BooleanValue& value) { text_ += value.value ? '1' : '0'; }
  void operator()(const item::NullValue&) { text_ += '_'; }
  void operator()(const item::ListValue& value) {
    text_ += 'L';
    for (const item::AttributeValue& element : value.elements) std::visit(*this, element.value);
    text_ += '.';
  }
  void operator()(const item::MapValue& value) {
    text_ += 'M';
    add(value.entries);
  }
  void operator()(const item::StringSet& value) { add_set('s', value.elements); }
  void operator()(const item::BinarySet& value) { add_set('b', value.elements); }
  void operator()(const item::NumberSet& value) {
    std::vector<std::string> elements;
    for (const std::string& element : value.elements) elements.push_back(canonical_number(element));
    add_set('#', std::move(elements));
  }

 private:
  void add_text(char kind, std::string_view value) {
    text_ += kind;
    text_.append(std::to_string(value.size())).append(":").append(value);
  }
  void add_set(char kind, std::vector<std::string> elements) {
    std::ranges::sort(elements);
    text_ += kind;
    for (const std::string& element : elements) add_text('e', element);
    text_ += '.';
  }

  std::string text_;
};

}  // namespace

std::uint64_t content_of(const item::Item& item) {
  Canonical canonical;
  canonical.add(item);
  return hash64(canonical.text());
}

Result<std::uint64_t> content_of(std::string_view item_json) { return content_of(TRY(item::parse_item(item_json))); }

}  // namespace itemize::sink
