// A Lua script of an item type. Lua itself stays behind this header.
#pragma once

#include <memory>
#include <string>

#include "transform/row_script.h"

namespace itemize::transform {

/// An Error where the program does not compile or defines no function transform.
Result<std::unique_ptr<RowScript>> make_lua_script(const model::Script& script, const Program::Compiled& program,
                                                   const CompiledItem& compiled);

/// What is wrong with a program, as Lua says it ("order.lua:3: ..."); empty: nothing.
std::string problem_of_lua(const model::Script& script);

}  // namespace itemize::transform
