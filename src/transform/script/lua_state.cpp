#include "transform/script/lua_state.h"

#include <cstdlib>
#include <new>

namespace itemize::transform::script {
namespace {

LuaState* owner_of(lua_State* state) { return *static_cast<LuaState**>(lua_getextraspace(state)); }

}  // namespace

LuaState::LuaState() : state_(lua_newstate(&LuaState::allocate, this)) {
  if (state_ == nullptr) throw std::bad_alloc();
  *static_cast<LuaState**>(lua_getextraspace(state_)) = this;
}

LuaState::~LuaState() { lua_close(state_); }

void* LuaState::allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  auto& state = *static_cast<LuaState*>(self);
  if (block == nullptr) old_size = 0;  // it says what kind of value is made
  if (new_size == 0) {
    state.used_ -= old_size;
    std::free(block);
    return nullptr;
  }
  if (new_size > old_size && state.used_ + (new_size - old_size) > most_memory) return nullptr;
  void* const moved = std::realloc(block, new_size);
  if (moved != nullptr) state.used_ += new_size - old_size;
  return moved;
}

/// Once over the bound, every further instruction fails: a script cannot catch this (pcall) and go on.
void LuaState::on_count(lua_State* state, lua_Debug*) {
  owner_of(state)->stuck_ = true;
  lua_sethook(state, &LuaState::on_count, LUA_MASKCOUNT, 1);
  luaL_error(state, "it did not come to an end");
}

LuaState::Ending LuaState::call(int arguments, int results) {
  stuck_ = false;
  lua_sethook(state_, &LuaState::on_count, LUA_MASKCOUNT, most_instructions);
  const int status = lua_pcall(state_, arguments, results, 0);
  lua_sethook(state_, nullptr, 0, 0);
  if (stuck_) {
    if (status == LUA_OK) lua_pushnil(state_);  // something to stand where a message would
    return Ending::stuck;
  }
  if (status == LUA_OK) return Ending::ok;
  if (status == LUA_ERRMEM) {
    lua_gc(state_, LUA_GCCOLLECT);
    return Ending::out_of_memory;
  }
  return Ending::error;
}

}  // namespace itemize::transform::script
