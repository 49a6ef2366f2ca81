// JSON documents as DynamoDB documents, on the fly: events in, DynamoDB JSON out.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/json.h"
#include "item/limits.h"
#include "item/number.h"
#include "item/string_text.h"
#include "transform/value_writer.h"

namespace itemize::transform {
namespace {

using item::Reason;

class DocumentWriter : public json::Events {
 public:
  DocumentWriter(int depth, ValueOutput& output) : depth_(depth), output_(output) {}

  bool null() override { return plain("{\"NULL\":true}", 1); }
  bool boolean(bool value) override { return plain(value ? "{\"BOOL\":true}" : "{\"BOOL\":false}", 1); }
  bool number(std::string_view text) override {
    row::Cell cell = row::Cell::view_of(row::CellKind::decimal_text, text);
    begin_value();
    output_.out.append("{\"N\":\"");
    if (write_number_text(cell, output_) != Written::value) return false;
    output_.out.append("\"}");
    return true;
  }
  bool string(std::string_view text) override {
    begin_value();
    output_.out.append("{\"S\":\"");
    if (write_string_text(text, output_) != Written::value) return false;
    output_.out.append("\"}");
    return true;
  }
  bool begin_array() override { return open("{\"L\":[", false); }
  bool end_array() override { return close("]}"); }
  bool begin_object() override { return open("{\"M\":{", true); }
  bool end_object() override { return close("}}"); }
  bool key(std::string_view text) override {
    if (text.empty()) return refuse(Reason::map_key_empty, "the document has an empty key");
    Level& level = levels_.back();
    if (!level.keys.emplace(text).second) return refuse(Reason::duplicate_attribute, "the document has the same key twice in one object");
    output_.out.append(level.count++ == 0 ? "\"" : ",\"");
    if (!item::append_escaped(output_.out, text)) return refuse(Reason::invalid_utf8, "a key of the document is not valid UTF-8");
    output_.out.append("\":");
    output_.size += static_cast<std::uint32_t>(text.size()) + 1;
    return true;
  }

 private:
  struct Level {
    bool object = false;
    std::size_t count = 0;
    std::set<std::string, std::less<>> keys;
  };

  bool refuse(Reason reason, std::string sentence) {
    output_.refuse(reason, std::move(sentence));
    return false;
  }
  /// In a list: the comma, and the byte that each element costs. (An object's are key()'s.)
  void begin_value() {
    if (levels_.empty() || levels_.back().object) return;
    if (levels_.back().count++ > 0) output_.out.append(',');
    output_.size += 1;
  }
  bool plain(std::string_view text, std::uint32_t size) {
    begin_value();
    output_.out.append(text);
    output_.size += size;
    return true;
  }
  bool open(std::string_view text, bool object) {
    if (depth_ + static_cast<int>(levels_.size()) >= item::nesting_depth_limit)
      return refuse(Reason::document_depth, "the document is nested deeper than 32 levels");
    begin_value();
    output_.out.append(text);
    output_.size += 3;
    levels_.push_back({object, 0, {}});
    return true;
  }
  bool close(std::string_view text) {
    levels_.pop_back();
    output_.out.append(text);
    return true;
  }

  int depth_;
  ValueOutput& output_;
  std::vector<Level> levels_;
};

}  // namespace

Written write_document(std::string_view json, int depth, ValueOutput& output) {
  DocumentWriter writer(depth, output);
  const Result<bool> result = json::parse_events(json, writer);
  if (!result) return output.refuse(Reason::invalid_json, result.error().message);
  return *result ? Written::value : Written::refused;
}

}  // namespace itemize::transform
