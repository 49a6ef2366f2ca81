// itemize control COMMAND: speaks to the load or export that runs in this folder.
#include <memory>

#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/workspace.h"
#include "pipeline/control.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
  std::string command;
};

Result<int> control(const Options& options) {
  const Output output(options.common);
  const std::string answer = TRY(pipeline::send_command(state_folder_of(options.common), options.command));
  const json::Value document = TRY_WITH("the answer of the running command", json::parse(answer));
  if (const json::Object* fields = document.object(); fields != nullptr) {
    for (const auto& [name, value] : *fields) {
      const std::string text = value.string() != nullptr ? *value.string() : json::to_text(value);
      if (!text.empty()) output.line(name + ": " + text);
    }
  }
  output.document(document);
  return all_well;
}

}  // namespace

void add_control(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_common(arguments, options->common, false);
  arguments.required("COMMAND", options->command, "", "status, pause, resume, stop, rate=WCU, rate=PERCENT% or connections=N");
  arguments.on_run(status, [options] { return status_of(control(*options)); });
}

}  // namespace itemize::cli
