// FakeServer: a small HTTP/1.1 server inside the test program, on a free loopback port, that answers what a test tells it to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace itemize::aws::testing {

struct FakeRequest {
  std::string method;
  std::string target;                          ///< Path and query.
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
  std::string raw_head;
};

struct FakeReply {
  int status = 200;
  std::string body;
  std::vector<std::string> headers;            ///< "Name: value"
  enum class Manner { answer, close_without_answer, cut_in_the_middle, never } manner = Manner::answer;
  bool close_after = false;                    ///< The connection dies after the answer without saying so.
};

/// One thread a connection; the handler may be called by several at once.
class FakeServer {
 public:
  using Handler = std::function<FakeReply(const FakeRequest&)>;

  explicit FakeServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0) std::abort();
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~FakeServer() {
    {
      const std::lock_guard guard(lock_);
      stopping_ = true;
      shutdown(listener_, SHUT_RDWR);
      for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
    }
    stopped_.notify_all();
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    close(listener_);
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }
  int connections() const { return accepted_.load(); }

 private:
  void accept_all() {
    while (true) {
      const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const std::lock_guard guard(lock_);
      if (connection < 0 || stopping_) {
        if (connection >= 0) close(connection);
        return;
      }
      ++accepted_;
      connections_.push_back(connection);
      threads_.emplace_back([this, connection] { serve(connection); });
    }
  }

  void serve(int connection) {
    std::string buffer;
    FakeRequest request;
    while (receive(connection, buffer, request)) {
      if (!reply(connection, handler_(request))) break;
    }
    const std::lock_guard guard(lock_);
    std::erase(connections_, connection);
    close(connection);
  }

  static bool more(int connection, std::string& buffer) {
    char piece[65536];
    const ssize_t size = recv(connection, piece, sizeof piece, 0);
    if (size <= 0) return false;
    buffer.append(piece, static_cast<std::size_t>(size));
    return true;
  }

  static bool receive(int connection, std::string& buffer, FakeRequest& request) {
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
      if (!more(connection, buffer)) return false;
    }
    request = {};
    request.raw_head = buffer.substr(0, end);
    const std::size_t first = request.raw_head.find(' ');
    const std::size_t second = request.raw_head.find(' ', first + 1);
    request.method = request.raw_head.substr(0, first);
    request.target = request.raw_head.substr(first + 1, second - first - 1);
    std::size_t line = request.raw_head.find("\r\n");
    while (line != std::string::npos) {
      const std::size_t next = request.raw_head.find("\r\n", line + 2);
      const std::string text = request.raw_head.substr(line + 2, next == std::string::npos ? next : next - line - 2);
      const std::size_t colon = text.find(':');
      std::string name = text.substr(0, colon);
      std::ranges::transform(name, name.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
      std::string value = text.substr(colon + 1);
      value.erase(0, value.find_first_not_of(' '));
      request.headers[name] = value;
      line = next;
    }
    const std::size_t length = std::strtoul(request.headers["content-length"].c_str(), nullptr, 10);
    while (buffer.size() < end + 4 + length) {
      if (!more(connection, buffer)) return false;
    }
    request.body = buffer.substr(end + 4, length);
    buffer.erase(0, end + 4 + length);
    return true;
  }

  bool reply(int connection, const FakeReply& reply) {
    if (reply.manner == FakeReply::Manner::close_without_answer) return false;
    if (reply.manner == FakeReply::Manner::never) {
      std::unique_lock guard(lock_);
      stopped_.wait(guard, [this] { return stopping_; });
      return false;
    }
    std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " Said\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n";
    for (const std::string& header : reply.headers) text += header + "\r\n";
    text += "\r\n" + reply.body;
    if (reply.manner == FakeReply::Manner::cut_in_the_middle) text.resize(text.size() - std::max<std::size_t>(1, reply.body.size() / 2));
    send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    return reply.manner == FakeReply::Manner::answer && !reply.close_after;
  }

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> accepted_{0};
  std::mutex lock_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace itemize::aws::testing
