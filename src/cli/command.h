// Command: what every verb shares: the folder, the environment, how to speak to people and to programs.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/arguments.h"

namespace itemize::cli {

inline constexpr const char* version = ITEMIZE_VERSION;

/// Exit statuses (DESIGN.md, "What a person sees").
enum ExitStatus : int { all_well = 0, with_findings = 1, could_not_run = 2 };

struct Common {
  std::string folder = ".";            ///< -C
  std::string environment;             ///< --env
  std::vector<std::string> selected;   ///< --select, sorted, each once
  std::string where;                   ///< --where
  std::string sample;                  ///< --sample, as written
  std::string sample_of;               ///< --of
  std::string profile;                 ///< --profile: of AWS
  bool json = false;
  bool quiet = false;
};

/// A verb: its options on a subcommand, and what it does. `run` gives the exit status; an Error is status 2.
struct Verb {
  const char* name;
  const char* summary;
  void (*add)(Arguments& arguments, int& status);   ///< Declares options and sets the callback, which stores the status.
};

/// Options that nearly every verb takes.
void add_common(Arguments& arguments, Common& common, bool with_select = true);

/// --where, --sample and --of: for verbs that read many rows.
void add_row_options(Arguments& arguments, Common& common);

/// Prints an Error on stderr.
int report(const Error& error);
/// The status of a verb's Result: `report` for an Error.
int status_of(Result<int> result);

/// Stops at the first SIGINT or SIGTERM; the second kills. For the length of the process.
std::stop_token stop_on_signals();

}  // namespace itemize::cli
