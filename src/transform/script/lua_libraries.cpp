// What scripts may call. A list of what is there rather than of what is not: what a later Lua adds stays out.
#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "transform/script/lua_state.h"

namespace itemize::transform::script {
namespace {

/// Copies functions of the library that `open` opens into a new table (on the stack's top).
void copy_library(lua_State* state, lua_CFunction open, std::initializer_list<const char*> names) {
  lua_pushcfunction(state, open);
  lua_call(state, 0, 1);
  lua_newtable(state);
  for (const char* name : names) {
    lua_getfield(state, -2, name);
    lua_setfield(state, -2, name);
  }
  lua_remove(state, -2);
}

/// As Lua's, without finalizers: they would run at some time, within some other row.
int set_metatable(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  luaL_argexpected(state, lua_isnoneornil(state, 2) || lua_istable(state, 2), 2, "nil or table");
  if (luaL_getmetafield(state, 1, "__metatable") != LUA_TNIL) return luaL_error(state, "cannot change a protected metatable");
  if (lua_istable(state, 2) && lua_getfield(state, 2, "__gc") != LUA_TNIL) return luaL_error(state, "__gc is not to be had in a script");
  lua_settop(state, 2);
  lua_setmetatable(state, 1);
  return 1;
}

/// What Lua would write as its address is not the same in the next run.
void check_has_text(lua_State* state, int index) {
  const int type = lua_type(state, index);
  if (type != LUA_TTABLE && type != LUA_TFUNCTION && type != LUA_TUSERDATA && type != LUA_TTHREAD) return;
  if (luaL_getmetafield(state, index, "__tostring") == LUA_TNIL) luaL_error(state, "a %s has no text", lua_typename(state, type));
  lua_pop(state, 1);
}

int to_string(lua_State* state) {
  luaL_checkany(state, 1);
  check_has_text(state, 1);
  luaL_tolstring(state, 1, nullptr);
  return 1;
}

/// Upvalue: Lua's own.
int format(lua_State* state) {
  const std::string_view text = luaL_checkstring(state, 1);
  for (std::size_t at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
    at = text.find_first_not_of("-+ #0123456789.", at + 1);
    if (at == text.npos) break;
    if (text[at] == 'p') return luaL_error(state, "format: %%p, an address, is not the same in the next run");
  }
  const int arguments = lua_gettop(state);
  for (int argument = 2; argument <= arguments; ++argument) check_has_text(state, argument);
  lua_pushvalue(state, lua_upvalueindex(1));
  lua_insert(state, 1);
  lua_call(state, arguments, 1);
  return 1;
}

int no_new_global(lua_State* state) {
  const char* const name = lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : "?";
  return luaL_error(state, "the global '%s' cannot be written: nothing is kept from row to row (write local %s)", name, name);
}

/// Names in the order of their bytes, numbers before them.
void push_sorted_keys(lua_State* state, int table) {
  struct Name {
    std::string_view text;
    int place;
  };
  std::vector<Name> names;
  std::vector<std::pair<lua_Number, int>> numbers;
  lua_newtable(state);  // all keys, as lua_next gives them
  const int all = lua_gettop(state);
  int count = 0;
  lua_pushnil(state);
  while (lua_next(state, table) != 0) {
    lua_pop(state, 1);
    lua_pushvalue(state, -1);
    lua_rawseti(state, all, ++count);
    if (lua_type(state, -1) == LUA_TSTRING) {
      std::size_t size = 0;
      const char* const text = lua_tolstring(state, -1, &size);
      names.push_back({{text, size}, count});
    } else if (lua_type(state, -1) == LUA_TNUMBER) {
      numbers.emplace_back(lua_tonumber(state, -1), count);
    } else {
      luaL_error(state, "pairs: the table has a key that is neither text nor a number");
    }
  }
  std::ranges::sort(names, {}, &Name::text);
  std::ranges::sort(numbers);
  lua_createtable(state, count, 0);
  int at = 0;
  for (const auto& [number, place] : numbers) {
    lua_rawgeti(state, all, place);
    lua_rawseti(state, -2, ++at);
  }
  for (const Name& name : names) {
    lua_rawgeti(state, all, name.place);
    lua_rawseti(state, -2, ++at);
  }
  lua_remove(state, all);
}

/// Upvalues: the table, its keys, how many were given.
int next_pair(lua_State* state) {
  lua_Integer at = lua_tointeger(state, lua_upvalueindex(3));
  while (true) {
    if (lua_rawgeti(state, lua_upvalueindex(2), ++at) == LUA_TNIL) return 1;
    lua_pushvalue(state, -1);
    if (lua_rawget(state, lua_upvalueindex(1)) != LUA_TNIL) break;  // not taken out meanwhile
    lua_pop(state, 2);
  }
  lua_pushinteger(state, at);
  lua_replace(state, lua_upvalueindex(3));
  return 2;
}

int sorted_pairs(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  lua_settop(state, 1);
  lua_pushvalue(state, 1);
  push_sorted_keys(state, 1);
  lua_pushinteger(state, 0);
  lua_pushcclosure(state, &next_pair, 3);
  lua_pushvalue(state, 1);
  lua_pushnil(state);
  return 3;
}

/// Only to ask whether a table is empty: its first pair.
int first_pair(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  if (!lua_isnoneornil(state, 2)) return luaL_error(state, "next(table, key) is not to be had in a script: use pairs");
  push_sorted_keys(state, 1);
  if (lua_rawgeti(state, -1, 1) == LUA_TNIL) return 1;
  lua_pushvalue(state, -1);
  lua_rawget(state, 1);
  return 2;
}

}  // namespace

void open_pairs(lua_State* state) {
  lua_pushcfunction(state, &sorted_pairs);
  lua_setfield(state, -2, "pairs");
  lua_pushcfunction(state, &first_pair);
  lua_setfield(state, -2, "next");
}

void open_libraries(lua_State* state) {
  copy_library(state, luaopen_base,
               {"assert", "error", "getmetatable", "ipairs", "pcall", "rawequal", "rawget", "rawlen", "select", "type", "xpcall"});
  const int environment = lua_gettop(state);
  lua_pushcfunction(state, &set_metatable);
  lua_setfield(state, environment, "setmetatable");
  lua_pushcfunction(state, &to_string);
  lua_setfield(state, environment, "tostring");
  copy_library(state, luaopen_string,
               {"byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "pack", "packsize", "rep", "reverse", "sub",
                "unpack", "upper"});
  lua_getfield(state, -1, "format");
  lua_pushcclosure(state, &format, 1);
  lua_setfield(state, -2, "format");
  // Methods of strings (("x"):rep(3)) are those that are to be had, no others.
  lua_pushliteral(state, "");
  lua_getmetatable(state, -1);
  lua_pushvalue(state, -3);
  lua_setfield(state, -2, "__index");
  lua_pushboolean(state, 0);
  lua_setfield(state, -2, "__metatable");
  lua_pop(state, 2);
  lua_setfield(state, environment, "string");
  copy_library(state, luaopen_table, {"concat", "insert", "move", "pack", "remove", "sort", "unpack"});
  lua_setfield(state, environment, "table");
  copy_library(state, luaopen_utf8, {"char", "charpattern", "codepoint", "codes", "len", "offset"});
  lua_setfield(state, environment, "utf8");
  copy_library(state, luaopen_math,
               {"abs",        "acos", "asin",       "atan", "ceil", "cos", "deg", "exp",  "floor", "fmod",      "huge", "log", "max",
                "maxinteger", "min",  "mininteger", "modf", "pi",   "rad", "sin", "sqrt", "tan",   "tointeger", "type", "ult"});
  lua_setfield(state, environment, "math");
  open_pairs(state);
  open_types(state);
  // The script reads these through an empty table; what it defines while it is loaded stays in that one (see LuaScript).
  lua_newtable(state);
  lua_newtable(state);
  lua_pushvalue(state, environment);
  lua_setfield(state, -2, "__index");
  lua_pushcfunction(state, &no_new_global);
  lua_setfield(state, -2, "__newindex");
  lua_pushboolean(state, 0);
  lua_setfield(state, -2, "__metatable");
  lua_remove(state, environment);
}

}  // namespace itemize::transform::script
