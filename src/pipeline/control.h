// Control: a running load or export listens on a Unix socket in the state folder, and does what it is told.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/error.h"

namespace itemize::pipeline {

/// What a command does; called on the server's thread. Errors go back to whoever gave it.
struct ControlHandlers {
  std::function<std::string()> status;                            ///< A JSON document.
  std::function<void()> pause;
  std::function<void()> resume;
  std::function<Result<void>(const std::string& value)> rate;         ///< "500" or "50%"
  std::function<Result<void>(const std::string& value)> connections;  ///< "2"
  std::function<void()> stop;
};

/// Listens until destroyed; the socket (mode 0600) is removed then. One command a connection: a line in, an answer out.
class ControlServer {
 public:
  /// A socket that a killed process left is replaced: the folder's lock says that we are alone.
  static Result<std::unique_ptr<ControlServer>> listen(const std::string& state_folder, ControlHandlers handlers);
  ~ControlServer();

 private:
  struct State;
  explicit ControlServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Sends one command to whoever runs in the folder and gives its answer. not_found where nobody does; invalid_input where the
/// command was refused.
Result<std::string> send_command(const std::string& state_folder, const std::string& command);

/// "pause" -> its handler; the answer is the status document, or the Error. Open for tests.
Result<std::string> obey(const ControlHandlers& handlers, const std::string& command);

}  // namespace itemize::pipeline
