// Between DynamoDB's values and Lua's, both ways, without loss:
//
//   S    a string                      BOOL  true, false
//   N    an integer or a float where that holds it exactly; else a number of its own kind, with exact + - * and comparisons
//   B    a binary: #b, tostring(b)     NULL  the constant null (absent: nil)
//   L    a table 1..n, marked as list  M     a table by names
//   SS NS BS  a table 1..n, marked as set
//
// On the way back an unmarked table is L where it has elements 1..n, else M.
#pragma once

#include <lua.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "row/cell.h"
#include "row/type.h"
#include "transform/item_writer.h"

namespace itemize::transform::script {

inline constexpr const char* number_name = "itemize.number";
inline constexpr const char* binary_name = "itemize.binary";
inline constexpr const char* list_name = "itemize.list";
inline constexpr const char* set_name = "itemize.set";

/// All of these only within a protected call: they throw Lua's errors where memory ends.

/// Canonical decimal text as the number that holds it exactly.
void push_number(lua_State* state, std::string_view text);
void push_binary(lua_State* state, std::string_view bytes);
void push_null(lua_State* state);
/// An attribute map in the compact DynamoDB JSON that this room writes: {"PK":{"S":"..."}}. False where it is something else.
bool push_attributes(lua_State* state, std::string_view text);
/// The cell as its attribute's default value would be; nil where DynamoDB could not hold it and it has no text.
void push_cell(lua_State* state, const row::Cell& cell, const row::Type& type, Buffer& scratch);

/// Items from Lua's tables.
class LuaReader {
 public:
  LuaReader(lua_State* state, ItemWriter& writer) : state_(state), writer_(writer) {}
  /// The table at `index` as the attributes of the item that was begun; those of `first` stand first, the others in the order of their
  /// names.
  bool item(int index, const std::vector<KeyRule>& first);

 private:
  bool value(int index);
  bool table(int index);
  bool list(int index, lua_Integer size);
  bool set(int index);
  bool entries(int index, const std::vector<KeyRule>* first);
  bool named(int index, std::string_view name);
  bool has_mark(int index, const char* name);

  lua_State* state_;
  ItemWriter& writer_;
  std::vector<std::string_view> names_;
};

}  // namespace itemize::transform::script
