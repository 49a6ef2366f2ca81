#include "cli/command.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

namespace itemize::cli {

void add_common(Arguments& arguments, Common& common, bool with_select) {
  arguments.text("-C,--folder", common.folder, "DIR", "the migration's folder (default: the current one)");
  arguments.text("--env", common.environment, "NAME", "an environment of the model; its state is kept apart");
  if (with_select) arguments.list("--select", common.selected, "ITEM,...", "only these item types (Name,Name,...)");
  arguments.text("--profile", common.profile, "NAME", "a profile of ~/.aws/config");
  arguments.flag("--json", common.json, "one JSON document on standard output, text for people on standard error");
}

void add_row_options(Arguments& arguments, Common& common) {
  arguments.text("--where", common.where, "CONDITION", "only rows that satisfy it, beside the model's own where (its expression language)");
  arguments.text("--sample", common.sample, "SHARE%", "only about this share of the rows of --of, such as 1%, and rows related to them by foreign keys");
  arguments.text("--of", common.sample_of, "ITEM", "the item type that --sample is a share of");
}

int report(const Error& error) {
  std::fflush(stdout);
  std::fprintf(stderr, "itemize: %s\n", error.to_string().c_str());
  return could_not_run;
}

int status_of(Result<int> result) { return result ? *result : report(result.error()); }

namespace {

int signal_pipe[2] = {-1, -1};

void on_signal(int number) {
  // Only what a handler may do (signal-safety(7)); the second time the signal has its usual effect.
  const char byte = 0;
  [[maybe_unused]] const auto written = ::write(signal_pipe[1], &byte, 1);
  ::signal(number, SIG_DFL);
}

}  // namespace

std::stop_token stop_on_signals() {
  static std::stop_source source;
  static const bool installed = [] {
    if (::pipe(signal_pipe) != 0) return false;
    std::thread([] {
      char byte = 0;
      while (::read(signal_pipe[0], &byte, 1) < 0) {}
      std::fprintf(stderr, "\nstopping; what is done is kept, the same command carries on (once more kills)\n");
      source.request_stop();
    }).detach();
    ::signal(SIGINT, on_signal);
    ::signal(SIGTERM, on_signal);
    return true;
  }();
  (void)installed;
  return source.get_token();
}

}  // namespace itemize::cli
