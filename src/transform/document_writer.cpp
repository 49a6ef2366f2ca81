// JSON documents as DynamoDB documents, on the fly: events in, DynamoDB JSON out.
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "item/limits.h"
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
    if (!begin_value()) return false;
    output_.out.append("{\"N\":\"");
    if (write_number_text(row::Cell::view_of(row::CellKind::decimal_text, text), output_) == Written::value) {
      output_.out.append("\"}");
      return true;
    }
    // The parser has seen that it is a number: one that cannot even be counted in.
    if (output_.rejection.reason == Reason::type_mismatch)
      return refuse(Reason::number_range, "the document has a number of more digits than can be read");
    return false;
  }
  bool string(std::string_view text) override {
    if (!begin_value()) return false;
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
    output_.out.append(level.count++ == 0 ? "\"" : ",\"");
    const std::size_t begin = output_.out.size();
    if (!item::append_escaped(output_.out, text)) return refuse(Reason::invalid_utf8, "a key of the document is not valid UTF-8");
    if (!is_new_key(level, begin)) return refuse(Reason::duplicate_attribute, "the document has the same key twice in one object");
    output_.out.append("\":");
    output_.size += static_cast<std::uint32_t>(text.size()) + 1;
    return true;
  }

 private:
  /// A key's place in the output.
  struct Key {
    std::size_t begin;
    std::size_t size;
  };
  struct Level {
    bool object = false;
    std::size_t count = 0;
    std::size_t first_key = 0;   ///< In keys_.
    std::set<std::string> many;  ///< All keys, once there are more than a few.
  };
  static constexpr std::size_t few = 24;

  /// Looks for the key that was just written among those of its object: in the output itself while they are few.
  bool is_new_key(Level& level, std::size_t begin) {
    const std::string_view key = output_.out.view(begin, output_.out.size() - begin);
    const auto text_of = [this](const Key& other) { return output_.out.view(other.begin, other.size); };
    if (keys_.size() - level.first_key < few) {
      for (std::size_t index = level.first_key; index < keys_.size(); ++index)
        if (keys_[index].size == key.size() && text_of(keys_[index]) == key) return false;
      keys_.push_back({begin, key.size()});
      return true;
    }
    if (level.many.empty())
      for (std::size_t index = level.first_key; index < keys_.size(); ++index) level.many.emplace(text_of(keys_[index]));
    return level.many.emplace(key).second;
  }

  bool refuse(Reason reason, std::string sentence) {
    output_.refuse(reason, std::move(sentence));
    return false;
  }
  /// In a list: the comma, and the byte that each element costs. (An object's are key()'s.)
  bool begin_value() {
    if (too_large(output_)) return false;
    if (levels_.empty() || levels_.back().object) return true;
    if (levels_.back().count++ > 0) output_.out.append(',');
    output_.size += 1;
    return true;
  }
  bool plain(std::string_view text, std::uint32_t size) {
    if (!begin_value()) return false;
    output_.out.append(text);
    output_.size += size;
    return true;
  }
  bool open(std::string_view text, bool object) {
    if (depth_ + static_cast<int>(levels_.size()) >= item::nesting_depth_limit)
      return refuse(Reason::document_depth, "the document is nested deeper than 32 levels");
    if (!begin_value()) return false;
    output_.out.append(text);
    output_.size += 3;
    levels_.push_back({object, 0, keys_.size(), {}});
    return true;
  }
  bool close(std::string_view text) {
    keys_.resize(levels_.back().first_key);
    levels_.pop_back();
    output_.out.append(text);
    return true;
  }

  int depth_;
  ValueOutput& output_;
  std::vector<Level> levels_;
  std::vector<Key> keys_;
};

}  // namespace

Written write_document(std::string_view json, int depth, ValueOutput& output) {
  DocumentWriter writer(depth, output);
  const Result<bool> result = json::parse_events(json, writer);
  if (!result) return output.refuse(Reason::invalid_json, result.error().message);
  return *result ? Written::value : Written::refused;
}

}  // namespace itemize::transform
