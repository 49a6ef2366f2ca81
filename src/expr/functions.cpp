#include "expr/functions.h"

namespace itemize::expr {

const std::vector<Function>& functions() {
  static const std::vector<Function> table = [] {
    std::vector<Function> all;
    add_text_functions(all);
    add_number_functions(all);
    add_time_functions(all);
    add_key_functions(all);
    return all;
  }();
  return table;
}

}  // namespace itemize::expr
