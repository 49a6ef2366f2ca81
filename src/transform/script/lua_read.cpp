// Lua's tables into items.
#include <algorithm>

#include "transform/script/lua_values.h"

namespace itemize::transform::script {

using item::Reason;

bool LuaReader::has_mark(int index, const char* name) {
  if (lua_getmetatable(state_, index) == 0) return false;
  luaL_getmetatable(state_, name);
  const bool same = lua_rawequal(state_, -1, -2) != 0;
  lua_pop(state_, 2);
  return same;
}

bool LuaReader::value(int index) {
  std::size_t size = 0;
  switch (lua_type(state_, index)) {
    case LUA_TBOOLEAN:
      return writer_.boolean(lua_toboolean(state_, index) != 0);
    case LUA_TNUMBER:
      return lua_isinteger(state_, index) ? writer_.integer(lua_tointeger(state_, index)) : writer_.real(lua_tonumber(state_, index));
    case LUA_TSTRING: {
      const char* const text = lua_tolstring(state_, index, &size);
      return writer_.string({text, size});
    }
    case LUA_TLIGHTUSERDATA:
      return writer_.null();
    case LUA_TTABLE:
      return table(index);
    case LUA_TUSERDATA: {
      const std::string_view bytes(static_cast<const char*>(lua_touserdata(state_, index)), lua_rawlen(state_, index));
      return luaL_testudata(state_, index, number_name) != nullptr ? writer_.number(bytes) : writer_.binary(bytes);
    }
    default:
      return writer_.refuse(Reason::script, std::string("a ") + luaL_typename(state_, index) + " is not a value of DynamoDB");
  }
}

bool LuaReader::table(int index) {
  luaL_checkstack(state_, 8, "an item is nested too deep");
  index = lua_absindex(state_, index);
  if (has_mark(index, set_name)) return set(index);
  const auto size = static_cast<lua_Integer>(lua_rawlen(state_, index));
  if (size > 0 || has_mark(index, list_name)) return list(index, size);
  return writer_.begin_map() && entries(index, nullptr) && writer_.end_map();
}

bool LuaReader::list(int index, lua_Integer size) {
  lua_Integer count = 0;
  for (lua_pushnil(state_); lua_next(state_, index) != 0; lua_pop(state_, 1)) ++count;
  if (count != size) return writer_.refuse(Reason::script, "a table has elements and names, or a list has a gap: neither L nor M");
  if (!writer_.begin_list()) return false;
  for (lua_Integer at = 1; at <= size; ++at) {
    if (lua_rawgeti(state_, index, at) == LUA_TNIL)
      return writer_.refuse(Reason::script, "a list has a gap (write null for an element without a value)");
    if (!value(-1)) return false;
    lua_pop(state_, 1);
  }
  return writer_.end_list();
}

bool LuaReader::set(int index) {
  const auto size = static_cast<lua_Integer>(lua_rawlen(state_, index));
  std::vector<std::string> elements;
  SetKind kind = SetKind::strings;
  for (lua_Integer at = 1; at <= size; ++at) {
    const int type = lua_rawgeti(state_, index, at);
    const bool number = type == LUA_TNUMBER || luaL_testudata(state_, -1, number_name) != nullptr;
    const bool binary = !number && luaL_testudata(state_, -1, binary_name) != nullptr;
    if (!number && !binary && type != LUA_TSTRING)
      return writer_.refuse(Reason::script, "a set holds strings, numbers or binaries, nothing else");
    const SetKind of_element = number ? SetKind::numbers : binary ? SetKind::binaries : SetKind::strings;
    if (at > 1 && of_element != kind) return writer_.refuse(Reason::script, "the elements of a set must be of one type");
    kind = of_element;
    if (type == LUA_TNUMBER && lua_isinteger(state_, -1) == 0) {
      Buffer text;
      ValueOutput ignored{text, 0, {}};
      if (write_number_text(row::Cell::real(row::CellKind::float64, lua_tonumber(state_, -1)), ignored) != Written::value)
        return writer_.refuse(ignored.rejection.reason, std::move(ignored.rejection.sentence));
      elements.emplace_back(text.view());
    } else {
      std::size_t bytes = 0;
      const char* const text = luaL_tolstring(state_, -1, &bytes);
      elements.emplace_back(text, bytes);
      lua_pop(state_, 1);
    }
    lua_pop(state_, 1);
  }
  lua_Integer count = 0;
  for (lua_pushnil(state_); lua_next(state_, index) != 0; lua_pop(state_, 1)) ++count;
  if (count != size) return writer_.refuse(Reason::script, "a set has names or a gap");
  return writer_.set(kind, elements);
}

/// The entry of that name, where the table has it.
bool LuaReader::named(int index, std::string_view name) {
  lua_pushlstring(state_, name.data(), name.size());
  const bool written = lua_rawget(state_, index) == LUA_TNIL || (writer_.name(name) && value(-1));
  lua_pop(state_, 1);
  return written;
}

bool LuaReader::entries(int index, const std::vector<KeyRule>* first) {
  const std::size_t begin = names_.size();
  const auto is_first = [first](std::string_view name) {
    return first != nullptr && std::ranges::any_of(*first, [name](const KeyRule& rule) { return rule.table_key && rule.name == name; });
  };
  for (lua_pushnil(state_); lua_next(state_, index) != 0; lua_pop(state_, 1)) {
    if (lua_type(state_, -2) != LUA_TSTRING)
      return writer_.refuse(Reason::script, std::string("a name must be a string, not a ") + luaL_typename(state_, -2));
    std::size_t size = 0;
    const char* const name = lua_tolstring(state_, -2, &size);
    if (!is_first({name, size})) names_.emplace_back(name, size);
  }
  std::sort(names_.begin() + static_cast<std::ptrdiff_t>(begin), names_.end());
  if (first != nullptr)
    for (const KeyRule& rule : *first)
      if (rule.table_key && !named(index, rule.name)) return false;
  const std::size_t end = names_.size();
  for (std::size_t at = begin; at < end; ++at)
    if (!named(index, names_[at])) return false;
  names_.resize(begin);
  return true;
}

bool LuaReader::item(int index, const std::vector<KeyRule>& first) {
  names_.clear();
  return entries(lua_absindex(state_, index), &first);
}

}  // namespace itemize::transform::script
