// DynamoDB JSON and cells into Lua.
#include <cstdint>
#include <cstring>
#include <optional>

#include "row/cell_text.h"
#include "transform/script/lua_values.h"
#include "transform/value_writer.h"

namespace itemize::transform::script {
namespace {

int hex_digit(char byte) {
  return byte >= '0' && byte <= '9' ? byte - '0' : (byte | 0x20) >= 'a' && (byte | 0x20) <= 'f' ? (byte | 0x20) - 'a' + 10 : -1;
}

/// Reads the DynamoDB JSON that this room writes: no blanks, numbers canonical, escapes as append_escaped makes them. Checked all the
/// same: what is not so gives false, never a wrong value.
class StagedText {
 public:
  StagedText(lua_State* state, std::string_view text) : state_(state), at_(text.data()), end_(text.data() + text.size()) {}

  bool item() { return map() && at_ == end_; }

 private:
  bool skip(std::string_view expected) {
    if (static_cast<std::size_t>(end_ - at_) < expected.size() || std::memcmp(at_, expected.data(), expected.size()) != 0) return false;
    at_ += expected.size();
    return true;
  }
  bool skip(char expected) {
    if (at_ == end_ || *at_ != expected) return false;
    ++at_;
    return true;
  }

  /// {"name":value,...} as a table.
  bool map() {
    luaL_checkstack(state_, 8, "an item is nested too deep");
    lua_newtable(state_);
    if (!skip('{')) return false;
    if (skip('}')) return true;
    do {
      if (!string() || !skip(':') || !value()) return false;
      lua_rawset(state_, -3);
    } while (skip(','));
    return skip('}');
  }

  bool value() {
    if (!skip("{\"")) return false;
    const std::string_view type = upto_quote();
    if (!skip("\":")) return false;
    return typed(type) && skip('}');
  }

  bool typed(std::string_view type) {
    if (type == "S") return string();
    if (type == "N") return number();
    if (type == "BOOL") {
      const bool is_true = skip("true");
      if (!is_true && !skip("false")) return false;
      lua_pushboolean(state_, is_true);
      return true;
    }
    if (type == "M") return map();
    if (type == "L") return elements(list_name, [this] { return value(); });
    if (type == "NULL") return push_null(state_), skip("true");
    if (type == "B") return binary();
    if (type == "SS") return elements(set_name, [this] { return string(); });
    if (type == "NS") return elements(set_name, [this] { return number(); });
    if (type == "BS") return elements(set_name, [this] { return binary(); });
    return false;
  }

  template <class Element>
  bool elements(const char* mark, const Element& element) {
    luaL_checkstack(state_, 8, "an item is nested too deep");
    lua_newtable(state_);
    luaL_setmetatable(state_, mark);
    if (!skip('[')) return false;
    if (skip(']')) return true;
    lua_Integer count = 0;
    do {
      if (!element()) return false;
      lua_rawseti(state_, -2, ++count);
    } while (skip(','));
    return skip(']');
  }

  std::string_view upto_quote() {
    const void* const quote = std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_));
    const char* const begin = at_;
    at_ = quote == nullptr ? end_ : static_cast<const char*>(quote);
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  bool number() {
    if (!skip('"')) return false;
    const std::string_view text = upto_quote();
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    if (text.size() == first || text.find_first_not_of("0123456789.", first) != text.npos) return false;
    push_number(state_, text);
    return skip('"');
  }

  bool string() {
    if (!skip('"')) return false;
    const std::string_view plain = upto_quote();
    if (plain.find('\\') == plain.npos) [[likely]] {
      lua_pushlstring(state_, plain.data(), plain.size());
      return skip('"');
    }
    at_ -= plain.size();
    return escaped();
  }

  /// A string with escapes, up to and with its closing quote.
  bool escaped() {
    Buffer text;
    while (at_ != end_ && *at_ != '"') {
      if (*at_ != '\\') {
        text.append(*at_++);
        continue;
      }
      if (++at_ == end_) return false;
      const char letter = *at_++;
      constexpr std::string_view letters = "\"\\/bfnrt";
      constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
      if (const std::size_t known = letters.find(letter); known != letters.npos) {
        text.append(meanings[known]);
      } else if (letter != 'u' || end_ - at_ < 4 || at_[0] != '0' || at_[1] != '0' || hex_digit(at_[2]) < 0 || hex_digit(at_[2]) > 7 ||
                 hex_digit(at_[3]) < 0) {
        return false;  // only control characters are written so
      } else {
        text.append(static_cast<char>(hex_digit(at_[2]) * 16 + hex_digit(at_[3])));
        at_ += 4;
      }
    }
    lua_pushlstring(state_, text.data(), text.size());
    return skip('"');
  }

  bool binary() {
    if (!skip('"')) return false;
    std::string_view text = upto_quote();
    if (text.size() % 4 != 0) return false;
    while (text.ends_with('=')) text.remove_suffix(1);
    Buffer bytes;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char byte : text) {
      const int value = byte >= 'A' && byte <= 'Z'   ? byte - 'A'
                        : byte >= 'a' && byte <= 'z' ? byte - 'a' + 26
                        : byte >= '0' && byte <= '9' ? byte - '0' + 52
                        : byte == '+'                ? 62
                        : byte == '/'                ? 63
                                                     : -1;
      if (value < 0) return false;
      bits = bits << 6 | static_cast<std::uint32_t>(value);
      held += 6;
      if (held < 8) continue;
      held -= 8;
      bytes.append(static_cast<char>(bits >> held & 0xFF));
    }
    push_binary(state_, bytes.view());
    return skip('"');
  }

  lua_State* state_;
  const char* at_;
  const char* end_;
};

}  // namespace

bool push_attributes(lua_State* state, std::string_view text) { return StagedText(state, text).item(); }

void push_cell(lua_State* state, const row::Cell& cell, const row::Type& type, Buffer& scratch) {
  using row::CellKind;
  switch (cell.kind) {
    case CellKind::null:
      return lua_pushnil(state);
    case CellKind::boolean:
      return lua_pushboolean(state, cell.i != 0);
    case CellKind::int64:
      return lua_pushinteger(state, cell.i);
    case CellKind::float64:
      return lua_pushnumber(state, cell.d);
    case CellKind::text:
      lua_pushlstring(state, cell.data, cell.size);
      return;
    case CellKind::bytes:
      return push_binary(state, cell.view());
    default:
      break;
  }
  scratch.clear();
  scratch.append("{\"x\":");
  ValueOutput output{scratch, 0, {}};
  if (write_value(cell, type, 0, output) == Written::value) {
    scratch.append('}');
    const int top = lua_gettop(state);
    if (push_attributes(state, scratch.view())) {
      lua_getfield(state, -1, "x");
      lua_remove(state, -2);
      return;
    }
    lua_settop(state, top);
  }
  scratch.clear();
  if (row::append_text(cell, type, scratch) != row::TextStatus::ok) return lua_pushnil(state);
  lua_pushlstring(state, scratch.data(), scratch.size());
}

}  // namespace itemize::transform::script
