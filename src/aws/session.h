// Session: where to go and who we are, for all connections of a program to one service. Connection: one thread's requests.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/credentials.h"
#include "aws/http.h"
#include "aws/service_error.h"
#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/error.h"

namespace itemize::aws {

/// What all connections share. Thread-safe.
struct Session {
  std::string service;                      ///< As signatures name it: "dynamodb", "sts".
  std::string region;
  Url endpoint;
  std::shared_ptr<CredentialsProvider> credentials;
  HttpOptions http;
  std::string user_agent = "itemize";
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
  /// Seconds that AWS's clock is ahead of ours; learnt from the Date of a refused request.
  std::atomic<std::int64_t> clock_skew_seconds{0};
};

struct SessionOptions {
  std::string region;                       ///< The model's target; empty: the environment's, the profile's, the instance's.
  std::string endpoint;
  std::string profile;
  Environment environment = process_environment();
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
};

/// A session by AWS's standard settings. Errors: no region found anywhere; an endpoint that is no URL; an unreadable ~/.aws file.
Result<std::shared_ptr<Session>> open_session(std::string_view service, const SessionOptions& options);

/// One request to a JSON or query service.
struct Call {
  std::string_view target;                  ///< X-Amz-Target: "DynamoDB_20120810.BatchWriteItem"; empty for query services (STS).
  std::string_view content_type = "application/x-amz-json-1.0";
  std::string_view body;                    ///< Must live until the answer.
  std::chrono::milliseconds timeout{10'000};
  std::size_t most_response_bytes = 32 << 20;
};

/// What came back.
struct Answer {
  enum class Kind : std::uint8_t {
    ok,            ///< 2xx; body is the service's answer.
    refused,       ///< The service said no: `error`.
    not_sent,      ///< No connection, or no credentials (`trouble` then): nothing reached the service.
    unknown,       ///< The request may have been, or may yet be, carried out.
  };
  Kind kind = Kind::ok;
  std::string body;              ///< Also where refused: it may hold more than the error (the item that stood in the way).
  ServiceError error;            ///< Where refused.
  std::string failure;           ///< Where not_sent or unknown: why.
  Error trouble;                 ///< Where credentials could not be had: permission and the like.
  bool has_trouble = false;
  bool sent_twice = false;       ///< libcurl sent it again over a new connection: an earlier copy may be carried out too.
};

/// Signs and sends; many calls in flight. One thread. It does not retry: it repairs what it can for the next attempt (renews
/// expired credentials, adjusts for a skewed clock) and tells.
class Connection {
 public:
  using Completion = std::function<void(Answer&)>;

  static Result<std::unique_ptr<Connection>> open(std::shared_ptr<Session> session);

  /// `done` is called by poll(), or at once (from poll) where there are no credentials.
  void submit(const Call& call, Completion done);
  void poll(std::chrono::milliseconds wait);
  void wake() { http_->wake(); }
  std::size_t in_flight() const { return http_->in_flight() + failed_.size(); }

  /// One call, waited for, without retries.
  Answer call(const Call& call);
  /// One call with retries: throttles, passing faults, expired credentials and skewed clocks, for at most `patience`.
  Result<std::string> call_until(const Call& call, std::chrono::milliseconds patience, ServiceError* refusal = nullptr);

  Session& session() { return *session_; }

 private:
  Connection(std::shared_ptr<Session> session, std::unique_ptr<HttpClient> http);
  void interpret(HttpResponse& response, const SharedCredentials& used, Clock::Time signed_at, Answer& answer);
  void repair(const SharedCredentials& used, const std::string& server_date, Answer& answer);

  std::shared_ptr<Session> session_;
  std::unique_ptr<HttpClient> http_;
  Signer signer_;
  std::string url_;
  std::string host_;
  std::string user_agent_header_;
  std::vector<std::pair<Completion, Answer>> failed_;   // to be completed by the next poll
};

/// "Mon, 23 Nov 2026 08:34:27 GMT" (RFC 9110, 5.6.7) as a time; none if it is no such text.
std::optional<Clock::Time> parse_http_date(const std::string& text);

}  // namespace itemize::aws
