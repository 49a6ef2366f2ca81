#include "transform/script/lua_script.h"

#include "transform/script/lua_state.h"
#include "transform/script/lua_values.h"

namespace itemize::transform {
namespace {

using script::LuaReader;
using script::LuaState;

/// The function's name in every script.
constexpr const char* function_name = "transform";

std::string text_at_top(lua_State* state) {
  if (lua_type(state, -1) != LUA_TSTRING) return std::string("an error that is a ") + luaL_typename(state, -1);
  std::size_t size = 0;
  const char* const text = lua_tolstring(state, -1, &size);
  return {text, size};
}

/// Runs the script's text once, in an environment of its own; leaves the function on the stack.
int load(lua_State* state) {
  const auto& script = *static_cast<const model::Script*>(lua_touserdata(state, 1));
  script::open_libraries(state);  // the environment, and the metatable that guards it
  const int environment = lua_absindex(state, -2);
  const int guard = lua_absindex(state, -1);
  lua_getfield(state, guard, "__index");
  const int library = lua_absindex(state, -1);
  lua_newtable(state);
  lua_pushvalue(state, library);
  lua_setfield(state, -2, "__index");
  lua_setmetatable(state, environment);
  // As many lines as stand before it in its file, so that messages name the right one.
  const std::string text = std::string(static_cast<std::size_t>(std::max(0, script.first_line - 1)), '\n') + script.lua;
  if (luaL_loadbufferx(state, text.data(), text.size(), ("=" + script.name).c_str(), "t") != LUA_OK) return lua_error(state);
  lua_pushvalue(state, environment);
  lua_setupvalue(state, -2, 1);
  lua_call(state, 0, 0);
  // What it defined moves behind the guard: nothing can be written any more.
  for (lua_pushnil(state); lua_next(state, environment) != 0;) {
    lua_pushvalue(state, -2);
    lua_pushvalue(state, -2);
    lua_rawset(state, library);
    lua_pop(state, 1);
    lua_pushvalue(state, -1);
    lua_pushnil(state);
    lua_rawset(state, environment);
  }
  lua_pushvalue(state, guard);
  lua_setmetatable(state, environment);
  if (lua_getfield(state, library, function_name) != LUA_TFUNCTION)
    return luaL_error(state, "%s: the script defines no function %s(item, row)", script.name.c_str(), function_name);
  return 1;
}

/// The script's function onto the stack. Empty, or what is wrong.
std::string load_into(LuaState& lua, const model::Script& script) {
  lua_State* const state = lua.get();
  lua_pushcfunction(state, &load);
  lua_pushlightuserdata(state, const_cast<model::Script*>(&script));
  switch (lua.call(1, 1)) {
    case LuaState::Ending::ok:
      return {};
    case LuaState::Ending::error:
      return text_at_top(state);
    case LuaState::Ending::out_of_memory:
      return "the script needs more than 64 MB to be loaded";
    case LuaState::Ending::stuck:
      return "the script does not come to an end while it is loaded";
  }
  return {};
}

class LuaScript : public RowScript {
 public:
  LuaScript(const Program::Compiled& program, const CompiledItem& compiled) : program_(program), compiled_(compiled) {}

  /// Empty, or what is wrong.
  std::string open(const model::Script& script) {
    if (std::string problem = load_into(lua_, script); !problem.empty()) return problem;
    lua_State* const state = lua_.get();
    lua_Debug about;
    lua_pushvalue(state, -1);
    lua_getinfo(state, ">u", &about);
    wants_row_ = about.nparams > 1 || about.isvararg != 0;
    return {};  // the function stays at the stack's bottom
  }

  Result<void> give(std::size_t index, std::span<const row::Cell> row, const item::TableItems& made, ScriptOutput& output) override {
    output.begin_row(index, row);
    for (const item::Put& put : made.puts) {
      output.made_of(made.key(put));
      if (!TRY(take_one(row, made.framed(put), output))) return {};
    }
    output.end_row();
    return {};
  }

  Result<void> finish(const row::RowBatch&, ScriptOutput&) override { return {}; }

 private:
  struct Call {
    LuaScript& self;
    std::span<const row::Cell> row;
    std::string_view item;
    ScriptOutput& output;
    bool rejected = false;
  };

  /// One item through the script; false: the row was rejected.
  Result<bool> take_one(std::span<const row::Cell> row, std::string_view item, ScriptOutput& output) {
    lua_State* const state = lua_.get();
    Call call{*this, row, item, output};
    lua_settop(state, 1);
    lua_pushcfunction(state, &LuaScript::run);
    lua_pushvalue(state, 1);
    lua_pushlightuserdata(state, &call);
    switch (lua_.call(2, 0)) {
      case LuaState::Ending::ok:
        if (call.rejected) output.reject();
        return !call.rejected;
      case LuaState::Ending::error:
        output.reject_said(text_at_top(state));
        return false;
      case LuaState::Ending::out_of_memory:
        output.reject("the script needs more than 64 MB for this row");
        return false;
      case LuaState::Ending::stuck:
        break;
    }
    return fail(ErrorCode::invalid_input,
                "the script of " + compiled_.bound->item->name + " did not come to an end within 10,000,000 instructions, for the row " +
                    output.row_words(),
                "look for a loop without an end in " + compiled_.bound->item->script->name);
  }

  /// Stack: the function, the call.
  static int run(lua_State* state) {
    Call& call = *static_cast<Call*>(lua_touserdata(state, 2));
    lua_settop(state, 1);
    if (!script::push_attributes(state, call.item)) return luaL_error(state, "the item could not be given to the script");
    if (call.self.wants_row_) call.self.push_row(state, call.row);
    lua_call(state, call.self.wants_row_ ? 2 : 1, LUA_MULTRET);
    const int results = lua_gettop(state);
    if (results == 0) return luaL_error(state, "%s returned nothing: return the item, or nil to leave the row out", function_name);
    for (int result = 1; result <= results && !call.rejected; ++result) call.rejected = !call.self.take(state, result, call.output);
    return 0;
  }

  void push_row(lua_State* state, std::span<const row::Cell> row) {
    const auto& columns = compiled_.bound->script_columns;
    lua_createtable(state, 0, static_cast<int>(columns.size()));
    for (const auto& [name, slot] : columns) {
      if (row[slot].is_null()) continue;
      lua_pushlstring(state, name.data(), name.size());
      script::push_cell(state, row[slot], program_.table.types[slot], scratch_);
      lua_rawset(state, -3);
    }
  }

  /// An item, a list of items, or nil. False: the output's writer says why not.
  bool take(lua_State* state, int index, ScriptOutput& output) {
    if (lua_isnil(state, index)) return true;
    if (!lua_istable(state, index))
      luaL_error(state, "%s returned a %s: return an item, several, or nil", function_name, luaL_typename(state, index));
    const auto size = static_cast<lua_Integer>(lua_rawlen(state, index));
    if (size == 0) {
      lua_pushnil(state);
      if (lua_next(state, index) == 0) return true;  // an empty list
      lua_pop(state, 2);
      return take_item(state, index, output);
    }
    for (lua_Integer at = 1; at <= size; ++at) {
      if (lua_rawgeti(state, index, at) != LUA_TTABLE)
        luaL_error(state, "%s returned a list that holds a %s: a list of items holds items only", function_name, luaL_typename(state, -1));
      if (!take_item(state, -1, output)) return false;
      lua_pop(state, 1);
    }
    return true;
  }

  bool take_item(lua_State* state, int index, ScriptOutput& output) {
    output.writer().begin();
    return LuaReader(state, output.writer()).item(index, compiled_.key_rules) && output.end_item();
  }

  const Program::Compiled& program_;
  const CompiledItem& compiled_;
  LuaState lua_;
  Buffer scratch_;
  bool wants_row_ = false;
};

}  // namespace

Result<std::unique_ptr<RowScript>> make_lua_script(const model::Script& script, const Program::Compiled& program,
                                                   const CompiledItem& compiled) {
  auto made = std::make_unique<LuaScript>(program, compiled);
  if (const std::string problem = made->open(script); !problem.empty()) return fail(ErrorCode::invalid_input, problem);
  return made;
}

std::string problem_of_lua(const model::Script& script) {
  LuaState lua;
  return load_into(lua, script);
}

}  // namespace itemize::transform
