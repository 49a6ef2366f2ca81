#include "pipeline/script_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

extern char** environ;

namespace itemize::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

/// How long a program may take to end when its input has.
constexpr auto patience = std::chrono::seconds(2);
/// After its first answer: a program that writes a greeting, or two lines for one, has written the second by then.
constexpr int quiet_milliseconds = 50;

std::string in_words(int status) {
  if (WIFSIGNALED(status))
    return std::string("was killed by signal ") + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

void close_end(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

}  // namespace

ScriptProcess::~ScriptProcess() {
  if (running()) end(false);
}

Result<void> ScriptProcess::start() {
  int input[2], output[2];
  if (::pipe2(input, O_CLOEXEC) != 0) return fail_errno("cannot make a pipe");
  if (::pipe2(output, O_CLOEXEC) != 0) return close_end(input[0]), close_end(input[1]), fail_errno("cannot make a pipe");
  to_child_ = input[1];
  from_child_ = output[0];
  ::fcntl(to_child_, F_SETFL, O_NONBLOCK);
  ::fcntl(from_child_, F_SETFL, O_NONBLOCK);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  if (!log_path_.empty()) posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (!script_.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, script_.folder.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  // A group of its own: Ctrl-C is for us, and we end it when its work is done.
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::vector<char*> arguments;
  for (const std::string& argument : script_.exec) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const int error = ::posix_spawnp(&child_, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(input[0]);
  ::close(output[1]);
  if (error != 0) {
    child_ = -1;
    close_end(to_child_);
    close_end(from_child_);
    return fail(ErrorCode::not_found, "the program '" + script_.exec[0] + "' cannot be started: " + std::strerror(error),
                "exec: is a program and its arguments, looked for as a shell does");
  }
  fresh_ = true;
  buffer_.clear();
  return {};
}

std::string ScriptProcess::end(bool now) {
  close_end(to_child_);
  const auto until = Clock::now() + patience;
  int status = 0;
  pid_t ended = 0;
  while (!now && (ended = ::waitpid(child_, &status, WNOHANG)) == 0 && Clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  if (ended == 0) {
    ::kill(-child_, SIGKILL);
    while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  close_end(from_child_);
  child_ = -1;
  return in_words(status);
}

/// False where it does not read any more.
bool ScriptProcess::write_some(std::span<const std::string> lines) {
  while (line_ < lines.size()) {
    const std::string& line = lines[line_];
    // The line's end is one more byte behind it.
    const bool at_end = offset_ == line.size();
    const ssize_t written = at_end ? ::write(to_child_, "\n", 1) : ::write(to_child_, line.data() + offset_, line.size() - offset_);
    if (written < 0) return errno == EAGAIN || errno == EINTR;
    if (at_end)
      ++line_, offset_ = 0;
    else
      offset_ += static_cast<std::size_t>(written);
  }
  return true;
}

/// False at the end of its output.
Result<bool> ScriptProcess::read_some(std::size_t wanted, std::vector<std::string>& answers) {
  char bytes[64 * 1024];
  const ssize_t size = ::read(from_child_, bytes, sizeof(bytes));
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  if (size == 0) return false;
  std::string_view rest(bytes, static_cast<std::size_t>(size));
  for (std::size_t stop = rest.find('\n'); stop != rest.npos; stop = rest.find('\n')) {
    buffer_ += rest.substr(0, stop);
    rest.remove_prefix(stop + 1);
    if (answers.size() == wanted)
      return fail(ErrorCode::invalid_input, "the program '" + script_.exec[0] + "' answers more lines than it was given",
                  "it must write exactly one line for each line that it reads, and nothing else to its standard output");
    answers.push_back(std::exchange(buffer_, {}));
    fresh_ = false;
    blamed_ = 0;
  }
  buffer_ += rest;
  if (buffer_.size() > most_answer_bytes)
    return fail(ErrorCode::invalid_input, "the program '" + script_.exec[0] + "' answers a line of more than 64 MB");
  return true;
}

/// Lines that nobody asked for would be taken for the answers to other rows.
Result<void> ScriptProcess::expect_quiet(int milliseconds) {
  pollfd output = {from_child_, POLLIN, 0};
  if (::poll(&output, 1, milliseconds) <= 0 || (output.revents & POLLIN) == 0) return {};
  std::vector<std::string> none;
  TRY(read_some(0, none));
  return {};
}

Result<std::optional<std::string>> ScriptProcess::exchange(std::span<const std::string> lines, std::vector<std::string>& answers) {
  line_ = offset_ = 0;
  const auto timeout = std::chrono::seconds(script_.timeout_seconds);
  auto until = Clock::now() + timeout;
  bool writable = true;
  while (answers.size() < lines.size()) {
    pollfd ends[2] = {{from_child_, POLLIN, 0}, {to_child_, POLLOUT, 0}};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) {
      end(true);
      return "the program gave no answer within " + std::to_string(script_.timeout_seconds) + " seconds";
    }
    const nfds_t count = writable && line_ < lines.size() ? 2 : 1;
    if (::poll(ends, count, static_cast<int>(left.count()) + 1) < 0 && errno != EINTR)
      return fail_errno("cannot wait for the program '" + script_.exec[0] + "'");
    if (count == 2 && ends[1].revents != 0) writable = write_some(lines);
    if (ends[0].revents == 0) continue;
    const std::size_t before = answers.size();
    if (!TRY(read_some(lines.size(), answers))) return "the program " + end(false);
    if (answers.size() > before) until = Clock::now() + timeout;
  }
  return std::nullopt;
}

Result<std::vector<transform::LineProgram::Answer>> ScriptProcess::ask(std::span<const std::string> lines) {
  std::vector<Answer> answers;
  bool alone = false;
  while (answers.size() < lines.size()) {
    if (!running()) TRY(start());
    const bool was_fresh = fresh_;
    const std::size_t first = answers.size();
    std::vector<std::string> got;
    if (!was_fresh) TRY(expect_quiet(0));
    const auto trouble = TRY(exchange(lines.subspan(first, alone || was_fresh ? 1 : lines.size() - first), got));
    for (std::string& answer : got) answers.emplace_back(std::move(answer));
    if (!trouble) {
      if (was_fresh) TRY(expect_quiet(quiet_milliseconds));
      continue;
    }
    if (alone && was_fresh && got.empty()) {
      answers.push_back(std::unexpected(*trouble + " at this row"));
      alone = false;
      if (++blamed_ == most_blamed)
        return fail(ErrorCode::invalid_input, *trouble + " at " + std::to_string(most_blamed) + " rows one after another",
                    log_path_.empty() ? "what it says stands above" : "what it says stands in " + log_path_);
      continue;
    }
    if (running()) end(true);
    alone = true;
  }
  return answers;
}

}  // namespace itemize::pipeline
