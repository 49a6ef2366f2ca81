// The verbs, one file each; main.cpp lists them.
#pragma once

#include "cli/arguments.h"

namespace itemize::cli {

// Each declares its options on its subcommand and sets a callback that leaves the exit status in `status`.
void add_init(Arguments& arguments, int& status);
void add_inspect(Arguments& arguments, int& status);
void add_check(Arguments& arguments, int& status);
void add_preview(Arguments& arguments, int& status);
void add_explain(Arguments& arguments, int& status);
void add_create(Arguments& arguments, int& status);
void add_export(Arguments& arguments, int& status);
void add_load(Arguments& arguments, int& status);
void add_plan(Arguments& arguments, int& status);
void add_control(Arguments& arguments, int& status);
void add_status(Arguments& arguments, int& status);
void add_reset(Arguments& arguments, int& status);

}  // namespace itemize::cli
