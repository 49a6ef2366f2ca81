// HTTP: many requests in flight on one thread, over libcurl, whose headers stay in http.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace itemize::aws {

/// What all requests of one client have in common.
struct HttpOptions {
  std::chrono::milliseconds connect_timeout{5'000};
  std::string ca_file;          ///< PEM bundle; empty: the system's. See ca_bundle() in settings.h.
  bool use_proxy = true;        ///< HTTPS_PROXY, NO_PROXY and the like as curl reads them; never for a loopback address.
  std::size_t most_connections = 64;
};

/// One request. Texts are copied by submit(), the body is not: it must live, unchanged, until the completion is called.
struct HttpRequest {
  std::string_view method = "POST";           ///< GET, POST, PUT.
  std::string_view url;
  std::vector<std::string_view> headers;      ///< "Name: value"
  std::string_view body;
  std::chrono::milliseconds timeout{10'000};  ///< For everything after submit().
  std::size_t most_response_bytes = 32 << 20; ///< A longer answer is cut off and fails.
};

/// What became of a request that got no whole answer.
enum class Delivery : std::uint8_t {
  answered,   ///< There is a whole answer.
  not_sent,   ///< Not one byte of the request left: no connection.
  unknown,    ///< It may or may not have been carried out, now or later: time-out, reset, cut or damaged answer.
};

struct HttpResponse {
  Delivery delivery = Delivery::answered;
  std::string failure;          ///< Why, where not answered; for people.
  bool sent_twice = false;      ///< A kept connection was dead and the request was sent again: the first may have been carried out too.
  int status = 0;
  std::string body;
  std::string date;             ///< The headers that callers of this room need.
  std::string request_id;
  std::string error_type;
  std::string content_type;
  std::string token_ttl;
  std::optional<std::uint32_t> crc32;
};

/// A window of requests, driven by poll(). One thread, but wake(). Connections are kept and reused.
class HttpClient {
 public:
  using Completion = std::function<void(HttpResponse&)>;

  static Result<std::unique_ptr<HttpClient>> open(const HttpOptions& options);
  virtual ~HttpClient() = default;  ///< Abandons what is in flight; its completions are not called.

  /// Never fails and never calls `done` itself: poll() does.
  virtual void submit(const HttpRequest& request, Completion done) = 0;
  /// Moves bytes, and calls the completions of what has ended. Waits for at most `wait` if there is nothing to do.
  /// A time-out is only declared when nothing more of the answer waits to be read: a thread that was away finds its answers.
  virtual void poll(std::chrono::milliseconds wait) = 0;
  /// Ends a waiting poll(). Any thread.
  virtual void wake() = 0;
  virtual std::size_t in_flight() const = 0;
};

/// One request, waited for: for credentials and control operations.
HttpResponse fetch(HttpClient& client, const HttpRequest& request);

/// "http" or "https", host, port, path of a URL; an Error (invalid_input) if it is not one.
struct Url {
  std::string scheme;
  std::string host;       ///< Without brackets for IPv6.
  int port = 0;           ///< The scheme's default where none is written.
  std::string path;       ///< "/" at least.
  std::string query;      ///< Without '?'.

  /// As the Host header writes it: with the port only where it is not the scheme's default.
  std::string authority() const;
  std::string origin() const { return scheme + "://" + authority(); }
  bool is_loopback() const;
};
Result<Url> parse_url(std::string_view text);

}  // namespace itemize::aws
