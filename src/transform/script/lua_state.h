// LuaState: a Lua interpreter that can compute and nothing else: no files, no processes, no clock, no chance, no code but the script's.
//
// Errors of Lua are C++ exceptions (Debian's liblua5.4-c++): destructors run. Only protected calls may enter Lua.
#pragma once

#include <cstddef>
#include <cstdint>
#include <lua.hpp>
#include <string>

namespace itemize::transform::script {

/// What one call of a script may use. Fixed, so that a row that passes today passes tomorrow.
inline constexpr std::size_t most_memory = 64 * 1024 * 1024;  ///< Bytes of everything that the interpreter holds.
inline constexpr int most_instructions = 10'000'000;          ///< Of Lua's machine; about a tenth of a second.

class LuaState {
 public:
  /// Throws std::bad_alloc where there is no memory at all.
  LuaState();
  ~LuaState();
  LuaState(const LuaState&) = delete;

  lua_State* get() const { return state_; }

  enum class Ending : std::uint8_t { ok, error, out_of_memory, stuck };
  /// Calls the function below its `arguments` on the stack, keeping to the bounds; results as lua_pcall leaves them. After anything but
  /// ok the message is on the stack's top.
  Ending call(int arguments, int results);

 private:
  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
  static void on_count(lua_State* state, lua_Debug* about);

  std::size_t used_ = 0;
  bool stuck_ = false;
  lua_State* state_ = nullptr;
};

/// What a script may call: Lua's own functions that only compute, and those for DynamoDB's types (number, binary, list, set, null).
/// Within a protected call.
void open_libraries(lua_State* state);
/// The metatables and functions of the types that Lua does not have; called by open_libraries.
void open_types(lua_State* state);
/// pairs and next in the order of the keys, so that the same row gives the same item everywhere; called by open_libraries.
void open_pairs(lua_State* state);

}  // namespace itemize::transform::script
