// The types that Lua does not have: exact numbers and binaries as userdata, lists and sets as marks on tables, null.
#include <charconv>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <string>

#include "base/decimal.h"
#include "item/number_text.h"
#include "transform/script/lua_state.h"
#include "transform/script/lua_values.h"

namespace itemize::transform::script {
namespace {

/// Digits of a result: far beyond what DynamoDB holds, far below what would take long.
constexpr std::size_t most_digits = 400;

void push_bytes(lua_State* state, std::string_view bytes, const char* type) {
  void* const block = lua_newuserdatauv(state, bytes.size(), 0);
  if (!bytes.empty()) std::memcpy(block, bytes.data(), bytes.size());
  luaL_setmetatable(state, type);
}

std::string_view bytes_at(lua_State* state, int index) {
  return {static_cast<const char*>(lua_touserdata(state, index)), lua_rawlen(state, index)};
}

std::optional<Decimal> decimal_at(lua_State* state, int index) {
  if (lua_isinteger(state, index)) return decimal_from(lua_tointeger(state, index));
  if (lua_type(state, index) == LUA_TNUMBER) {
    Buffer text;
    if (!item::append_float(lua_tonumber(state, index), false, text).written()) return std::nullopt;
    return parse_decimal(text.view());
  }
  std::optional<Decimal> number;
  if (luaL_testudata(state, index, number_name) != nullptr) {
    number = parse_decimal(bytes_at(state, index));
  } else if (lua_type(state, index) == LUA_TSTRING) {
    std::size_t size = 0;
    const char* const text = lua_tolstring(state, index, &size);
    number = parse_decimal({text, size});
  }
  return number && number->kind == Decimal::Kind::finite && number->digits.size() <= most_digits ? number : std::nullopt;
}

Decimal operand(lua_State* state, int index) {
  auto number = decimal_at(state, index);
  if (!number) luaL_error(state, "a %s cannot be used as an exact number", luaL_typename(state, index));
  return *std::move(number);
}

int push_result(lua_State* state, const Decimal& number) {
  const std::string text = canonical_text(number);
  if (text.size() > most_digits) return luaL_error(state, "an exact number has got more than %d digits", static_cast<int>(most_digits));
  push_bytes(state, text, number_name);
  return 1;
}

template <Decimal (*operation)(const Decimal&, const Decimal&)>
int arithmetic(lua_State* state) {
  const Decimal left = operand(state, 1);
  return push_result(state, operation(left, operand(state, 2)));
}

int division(lua_State* state) {
  const Decimal left = operand(state, 1);
  const auto result = divide(left, operand(state, 2));
  if (!result) return luaL_error(state, "division by zero");
  return push_result(state, *result);
}

int negation(lua_State* state) { return push_result(state, negate(operand(state, 1))); }

template <int least, int most>
int comparison(lua_State* state) {
  const Decimal left = operand(state, 1);
  const int order = compare(left, operand(state, 2));
  lua_pushboolean(state, order >= least && order <= most);
  return 1;
}

int text_of_bytes(lua_State* state) {
  const std::string_view bytes = bytes_at(state, 1);
  lua_pushlstring(state, bytes.data(), bytes.size());
  return 1;
}

int concatenation(lua_State* state) {
  luaL_tolstring(state, 1, nullptr);
  luaL_tolstring(state, 2, nullptr);
  lua_concat(state, 2);
  return 1;
}

int length_of_bytes(lua_State* state) {
  lua_pushinteger(state, static_cast<lua_Integer>(lua_rawlen(state, 1)));
  return 1;
}

int equal_binaries(lua_State* state) {
  lua_pushboolean(state, luaL_testudata(state, 1, binary_name) != nullptr && luaL_testudata(state, 2, binary_name) != nullptr &&
                             bytes_at(state, 1) == bytes_at(state, 2));
  return 1;
}

/// number(x): x exactly, and to be calculated with exactly.
int make_number(lua_State* state) {
  luaL_checkany(state, 1);
  return push_result(state, operand(state, 1));
}

/// tonumber(x): as Lua's; an exact number becomes the float that is nearest.
int to_number(lua_State* state) {
  luaL_checkany(state, 1);
  if (luaL_testudata(state, 1, number_name) != nullptr) {
    lua_pushnumber(state, to_double(operand(state, 1)));
  } else if (!lua_isnoneornil(state, 2)) {
    return luaL_error(state, "tonumber takes one argument in a script");
  } else if (lua_type(state, 1) == LUA_TNUMBER) {
    lua_settop(state, 1);
  } else {
    std::size_t size = 0;
    const char* const text = lua_type(state, 1) == LUA_TSTRING ? lua_tolstring(state, 1, &size) : nullptr;
    if (text == nullptr || lua_stringtonumber(state, text) != size + 1) lua_pushnil(state);
  }
  return 1;
}

int make_binary(lua_State* state) {
  std::size_t size = 0;
  luaL_argexpected(state, lua_type(state, 1) == LUA_TSTRING, 1, "string");
  const char* const text = lua_tolstring(state, 1, &size);
  push_bytes(state, {text, size}, binary_name);
  return 1;
}

template <const char* const& mark>
int marked(lua_State* state) {
  if (lua_isnone(state, 1)) lua_newtable(state);
  luaL_checktype(state, 1, LUA_TTABLE);
  lua_settop(state, 1);
  luaL_setmetatable(state, mark);
  return 1;
}

void make_type(lua_State* state, const char* name, std::initializer_list<luaL_Reg> methods) {
  luaL_newmetatable(state, name);
  for (const luaL_Reg& method : methods) {
    lua_pushcfunction(state, method.func);
    lua_setfield(state, -2, method.name);
  }
  lua_pushboolean(state, 0);
  lua_setfield(state, -2, "__metatable");
  lua_pop(state, 1);
}

}  // namespace

void push_number(lua_State* state, std::string_view text) {
  constexpr std::size_t sure_integer_digits = 18;
  constexpr std::size_t sure_float_digits = 15;  // such a decimal survives the way to a double and back
  const bool negative = text.starts_with('-');
  const bool whole = text.find('.') == text.npos;
  if (whole) {
    std::int64_t value = 0;
    if (text.size() <= sure_integer_digits) {
      for (const char digit : text.substr(negative ? 1 : 0)) value = value * 10 + (digit - '0');
      return lua_pushinteger(state, negative ? -value : value);
    }
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc() && end == text.data() + text.size()) return lua_pushinteger(state, value);
    return push_bytes(state, text, number_name);
  }
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc() && end == text.data() + text.size()) {
    if (text.size() <= sure_float_digits) return lua_pushnumber(state, value);
    Buffer back;
    if (item::append_float(value, false, back).written() && back.view() == text) return lua_pushnumber(state, value);
  }
  push_bytes(state, text, number_name);
}

void push_binary(lua_State* state, std::string_view bytes) { push_bytes(state, bytes, binary_name); }

void push_null(lua_State* state) { lua_pushlightuserdata(state, nullptr); }

void open_types(lua_State* state) {
  make_type(state, number_name,
            {{"__add", &arithmetic<&add>},
             {"__sub", &arithmetic<&subtract>},
             {"__mul", &arithmetic<&multiply>},
             {"__div", &division},
             {"__unm", &negation},
             {"__eq", &comparison<0, 0>},
             {"__lt", &comparison<-1, -1>},
             {"__le", &comparison<-1, 0>},
             {"__tostring", &text_of_bytes},
             {"__concat", &concatenation}});
  make_type(state, binary_name, {{"__tostring", &text_of_bytes}, {"__len", &length_of_bytes}, {"__eq", &equal_binaries}});
  make_type(state, list_name, {});
  make_type(state, set_name, {});
  for (const luaL_Reg& function : {luaL_Reg{"number", &make_number}, luaL_Reg{"tonumber", &to_number}, luaL_Reg{"binary", &make_binary},
                                   luaL_Reg{"list", &marked<list_name>}, luaL_Reg{"set", &marked<set_name>}}) {
    lua_pushcfunction(state, function.func);
    lua_setfield(state, -2, function.name);
  }
  push_null(state);
  lua_setfield(state, -2, "null");
}

}  // namespace itemize::transform::script
