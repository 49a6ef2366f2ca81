#include "pipeline/control.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "base/closest.h"
#include "base/file.h"

namespace itemize::pipeline {
namespace {

constexpr std::size_t longest_command = 4096;
constexpr int answer_patience_milliseconds = 10'000;

/// A socket's address holds 107 bytes of path (unix(7)): through /proc, a folder of any length has a short name.
struct SocketPlace {
  File folder;
  sockaddr_un address{};
};

Result<SocketPlace> place_of(const std::string& state_folder) {
  SocketPlace place{TRY(File::open(state_folder, O_PATH | O_DIRECTORY))};
  const std::string path = "/proc/self/fd/" + std::to_string(place.folder.descriptor()) + "/control.sock";
  place.address.sun_family = AF_UNIX;
  std::memcpy(place.address.sun_path, path.c_str(), path.size() + 1);
  return place;
}

/// Closes itself.
struct Socket {
  int descriptor = -1;
  ~Socket() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

void send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // whoever asked is gone
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// Up to the first line break, the end, or the limits.
std::string read_line(int socket, std::size_t most) {
  std::string line;
  char buffer[4096];
  while (line.size() < most && line.find('\n') == std::string::npos) {
    pollfd ready{socket, POLLIN, 0};
    if (::poll(&ready, 1, answer_patience_milliseconds) <= 0) break;
    const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    line.append(buffer, static_cast<std::size_t>(got));
  }
  return line.substr(0, line.find('\n'));
}

}  // namespace

Result<std::string> obey(const ControlHandlers& handlers, const std::string& command) {
  const std::size_t equals = command.find('=');
  const std::string verb = command.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : command.substr(equals + 1);
  if (verb == "rate" && !value.empty()) TRY(handlers.rate(value));
  else if (verb == "connections" && !value.empty()) TRY(handlers.connections(value));
  else if (command == "pause") handlers.pause();
  else if (command == "resume") handlers.resume();
  else if (command == "stop") handlers.stop();
  else if (command != "status") {
    static const std::vector<std::string> known{"status", "pause", "resume", "stop", "rate", "connections"};
    const std::string near = closest(verb, known);
    return fail(ErrorCode::invalid_input, "there is no control command '" + command + "'",
                near.empty() ? "there are status, pause, resume, rate=WCU, rate=PERCENT%, connections=N and stop" : "did you mean '" + near + (near == "rate" || near == "connections" ? "=...'?" : "'?"));
  }
  return handlers.status();
}

struct ControlServer::State {
  ControlHandlers handlers;
  std::string path;
  Socket listening;
  int wake[2] = {-1, -1};
  std::thread thread;

  void serve() {
    while (true) {
      pollfd waiting[2] = {{listening.descriptor, POLLIN, 0}, {wake[0], POLLIN, 0}};
      if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return;
      if (waiting[1].revents != 0) return;
      if ((waiting[0].revents & POLLIN) == 0) continue;
      const Socket connection{::accept4(listening.descriptor, nullptr, nullptr, SOCK_CLOEXEC)};
      if (connection.descriptor < 0) continue;
      const Result<std::string> answer = obey(handlers, read_line(connection.descriptor, longest_command));
      send_all(connection.descriptor, answer ? "ok " + *answer + "\n" : "error " + answer.error().message + (answer.error().hint.empty() ? "" : "; " + answer.error().hint) + "\n");
    }
  }
};

ControlServer::ControlServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<ControlServer>> ControlServer::listen(const std::string& state_folder, ControlHandlers handlers) {
  auto state = std::make_unique<State>();
  state->handlers = std::move(handlers);
  state->path = state_folder + "/control.sock";
  TRY(remove_file(state->path));
  const SocketPlace place = TRY(place_of(state_folder));
  state->listening.descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (state->listening.descriptor < 0) return fail_errno("cannot make a socket");
  // Before anybody can connect: nobody else may.
  ::fchmod(state->listening.descriptor, 0600);
  if (::bind(state->listening.descriptor, reinterpret_cast<const sockaddr*>(&place.address), sizeof place.address) != 0) return fail_errno("cannot make the socket '" + state->path + "'");
  ::chmod(state->path.c_str(), 0600);
  if (::listen(state->listening.descriptor, 8) != 0) return fail_errno("cannot listen on '" + state->path + "'");
  if (::pipe2(state->wake, O_CLOEXEC) != 0) return fail_errno("cannot make a pipe");
  state->thread = std::thread([raw = state.get()] { raw->serve(); });
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(state)));
}

ControlServer::~ControlServer() {
  [[maybe_unused]] const auto written = ::write(state_->wake[1], "x", 1);
  state_->thread.join();
  ::close(state_->wake[0]);
  ::close(state_->wake[1]);
  (void)remove_file(state_->path);
}

Result<std::string> send_command(const std::string& state_folder, const std::string& command) {
  const auto nobody = [&] { return fail(ErrorCode::not_found, "no load or export runs in this folder", "control speaks to a running one; is the folder (-C) or the environment (--env) another?"); };
  if (!path_exists(state_folder + "/control.sock")) return nobody();
  const SocketPlace place = TRY(place_of(state_folder));
  const Socket socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (socket.descriptor < 0) return fail_errno("cannot make a socket");
  if (::connect(socket.descriptor, reinterpret_cast<const sockaddr*>(&place.address), sizeof place.address) != 0) {
    if (errno == ECONNREFUSED || errno == ENOENT) return nobody();
    return fail_errno("cannot reach '" + state_folder + "/control.sock'");
  }
  send_all(socket.descriptor, command + "\n");
  const std::string answer = read_line(socket.descriptor, 1 << 20);
  if (answer.starts_with("ok ")) return answer.substr(3);
  if (answer.starts_with("error ")) return fail(ErrorCode::invalid_input, answer.substr(6));
  return fail(ErrorCode::unavailable, "the running command gave no answer", "try again");
}

}  // namespace itemize::pipeline
