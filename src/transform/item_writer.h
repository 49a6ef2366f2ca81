// ItemWriter: an item that a script made, written value by value and checked as DynamoDB will check it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "item/batch.h"
#include "item/limits.h"
#include "transform/item_builder.h"
#include "transform/program.h"
#include "transform/value_writer.h"

namespace itemize::transform {

enum class SetKind : char { strings = 'S', numbers = 'N', binaries = 'B' };

/// Writes one item after another at the end of a TableItems. Calls follow the item's form: begin(), then for each attribute its name and
/// exactly one value, then end(). Where a call gives false the item is refused: rejection() says why, and what it had written is gone.
class ItemWriter {
 public:
  ItemWriter(const Program::Compiled& program, const CompiledItem& compiled, std::int64_t now, item::TableItems& items);

  void begin();
  /// The name of an attribute, or of an entry of the map that is open.
  bool name(std::string_view text);

  bool string(std::string_view text);
  /// [+-]digits[.digits][e[+-]digits], at most 38 significant digits.
  bool number(std::string_view text);
  bool integer(std::int64_t value);
  bool real(double value);
  bool binary(std::string_view bytes);
  bool boolean(bool value);
  bool null();
  bool begin_list();
  bool end_list();
  bool begin_map();
  bool end_map();
  /// Empty: the attribute is absent, or (within a list or map) the item is refused.
  bool set(SetKind kind, const std::vector<std::string>& elements);

  /// Frames the item and adds its put, whose origin is that of `row`; absent: it is past its time to live.
  Step end(std::span<const row::Cell> row);
  bool refuse(item::Reason reason, std::string sentence);
  item::Rejection take_rejection() { return std::move(output_.rejection); }
  /// The text of the key of the item that was ended last, as {"PK":{...}}.
  std::string_view last_key() const { return key_.view(); }
  /// Takes the items back that were ended since `puts` was the number of puts.
  void take_back(std::size_t puts);

 private:
  struct Key {
    std::size_t begin = 0;  ///< Of name and value in the text; 0: not written.
    std::size_t size = 0;
  };

  bool begin_value();
  bool end_value();
  bool open(std::string_view text);
  bool typed_number(Written written);
  bool check_key(std::size_t rule);
  bool drop_attribute();
  bool refuse_value();

  const Program::Compiled& program_;
  const CompiledItem& compiled_;
  item::TableItems& items_;
  ValueOutput output_;
  std::int64_t now_;
  Buffer key_;
  std::vector<Key> keys_;
  std::vector<std::size_t> counts_;  ///< Of the lists and maps that are open: values so far.
  std::string attribute_;            ///< The attribute that is written.
  std::size_t text_begin_ = 0;
  std::size_t item_begin_ = 0;
  std::size_t attribute_begin_ = 0;  ///< Its comma,
  std::size_t value_begin_ = 0;      ///< and its value.
  std::string_view ttl_attribute_;   ///< Empty: nothing expires.
  std::size_t ttl_begin_ = 0;        ///< Its value's place; 0: absent.
  std::size_t attributes_ = 0;
  std::uint32_t size_before_ = 0;  ///< Before the attribute.
  bool named_ = false;             ///< A name was written, its value is to come.
};

}  // namespace itemize::transform
