// The verbs, one file each; main.cpp lists them.
#pragma once

namespace CLI {
class App;
}

namespace itemize::cli {

// Each declares its options on its subcommand and sets a callback that leaves the exit status in `status`.
void add_init(CLI::App& app, int& status);
void add_inspect(CLI::App& app, int& status);
void add_check(CLI::App& app, int& status);
void add_preview(CLI::App& app, int& status);
void add_explain(CLI::App& app, int& status);
void add_create(CLI::App& app, int& status);
void add_export(CLI::App& app, int& status);
void add_load(CLI::App& app, int& status);
void add_status(CLI::App& app, int& status);
void add_reset(CLI::App& app, int& status);

}  // namespace itemize::cli
