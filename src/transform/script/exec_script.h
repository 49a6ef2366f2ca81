// A program of the user's as the script of an item type: one line of JSON for each row, one line back.
//
//   to it:   {"item":{"PK":{"S":"ORDER#1"},...},"row":{"id":{"N":"1"},...}}
//   from it: {"item":{...}}, {"items":[{...},...]}, null or {"items":[]} for none, {"reject":"why"}
#pragma once

#include <memory>

#include "transform/row_script.h"

namespace itemize::transform {

Result<std::unique_ptr<RowScript>> make_exec_script(const OpenProgram& open_program, const Program::Compiled& program,
                                                    const CompiledItem& compiled);

}  // namespace itemize::transform
