// Any text as a template and as an expression: parsed, bound, and where that succeeds evaluated over one row.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "expr/world_for_tests.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace itemize;
  using namespace itemize::expr;
  if (size > 4096) return 0;
  static World world;
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const bool is_template : {true, false}) {
    const auto program = is_template ? compile_template(text, world.scope) : compile_expression(text, world.scope);
    if (!program) {
      if (program.error().empty()) std::abort();  // a refusal says why
      for (const Diagnostic& diagnostic : program.error())
        if (diagnostic.offset > text.size() || diagnostic.message.empty()) std::abort();
      continue;
    }
    world.arena.reset();
    const auto value = program->evaluate(world.row, world.context, world.arena);
    Buffer out;
    out.append("before");
    const auto appended = program->append_text(world.row, world.context, world.arena, out);
    // Whatever happens, what was there stays; a failure leaves nothing behind.
    if (!out.view().starts_with("before")) std::abort();
    if ((!appended || !*appended) && out.size() != 6) std::abort();
    if (value && value->is_null() && appended && *appended && is_template) std::abort();
  }
  return 0;
}
