#include "cli/hooks.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <thread>

#include "base/closest.h"

extern char** environ;

namespace itemize::cli {
namespace {

const std::vector<std::string> events{"on_throttle", "on_reject", "on_done", "on_error"};
constexpr auto patience = std::chrono::seconds(60);

/// Starts it with `input` on its standard input; -1 where it cannot be started.
pid_t start(const std::string& command, const std::string& input) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return -1;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  const char* arguments[] = {"sh", "-c", command.c_str(), nullptr};
  pid_t child = -1;
  if (::posix_spawn(&child, "/bin/sh", &actions, nullptr, const_cast<char**>(arguments), environ) != 0) child = -1;
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[0]);
  // Documents are far smaller than a pipe's 64 KB: this does not wait for the reader.
  [[maybe_unused]] const auto written = ::write(ends[1], input.data(), input.size());
  ::close(ends[1]);
  return child;
}

}  // namespace

Result<Hooks> Hooks::parse(const std::vector<std::string>& settings) {
  Hooks hooks;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    const std::string event = setting.substr(0, equals);
    if (std::ranges::find(events, event) == events.end() || equals == std::string::npos || equals + 1 == setting.size()) {
      const std::string near = closest(event, events);
      return fail(ErrorCode::invalid_input, "--hook '" + setting + "' is not EVENT=COMMAND",
                  near.empty() || near == event ? "events are on_throttle, on_reject, on_done and on_error" : "did you mean '" + near + "'?");
    }
    hooks.commands_[event] = setting.substr(equals + 1);
  }
  return hooks;
}

void Hooks::fire(const std::string& event, json::Object details) const {
  const auto command = commands_.find(event);
  if (command == commands_.end()) return;
  details.insert(details.begin(), {"event", json::Value{event}});
  const pid_t child = start(command->second, json::to_text({std::move(details)}) + "\n");
  if (child < 0) {
    std::fprintf(stderr, "hook %s: cannot be run: %s\n", event.c_str(), std::strerror(errno));
    return;
  }
  const auto deadline = std::chrono::steady_clock::now() + patience;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      std::fprintf(stderr, "hook %s: still runs after a minute; not waited for any more\n", event.c_str());
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  const std::string how = WIFEXITED(status) ? "with status " + std::to_string(WEXITSTATUS(status)) : "by signal " + std::to_string(WTERMSIG(status));
  std::fprintf(stderr, "hook %s: ended %s\n", event.c_str(), how.c_str());
}

}  // namespace itemize::cli
