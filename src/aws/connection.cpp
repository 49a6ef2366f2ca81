#include <array>
#include <ctime>

#include "aws/session.h"
#include "base/retry.h"

namespace itemize::aws {
namespace {

using std::chrono::milliseconds;

/// Waits for one call between two attempts, and for a control operation as a whole.
constexpr Backoff kControlBackoff{milliseconds(100), milliseconds(5'000)};

/// Whether, after repair(), the same request may succeed.
bool is_worth_repeating(const Answer& answer) {
  if (answer.has_trouble) return answer.trouble.code == ErrorCode::unavailable;
  if (answer.kind != Answer::Kind::refused) return true;
  switch (answer.error.remedy()) {
    case Remedy::slow_down:
    case Remedy::try_again:
    case Remedy::renew_credentials:
    case Remedy::adjust_clock:
      return true;
    case Remedy::split:
    case Remedy::give_up:
      return false;
  }
  return false;
}

Error as_error(const Answer& answer, const Url& endpoint) {
  if (answer.has_trouble) return answer.trouble;
  if (answer.kind == Answer::Kind::refused) return answer.error.to_error();
  return Error{ErrorCode::unavailable, "cannot reach " + endpoint.origin() + ": " + answer.failure,
               endpoint.is_loopback() ? "is DynamoDB Local running there?" : "check the network, the proxy settings and the region", {}};
}

}  // namespace

std::optional<Clock::Time> parse_http_date(const std::string& text) {
  std::tm parts{};
  const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return Clock::Time(std::chrono::seconds(timegm(&parts)));
}

Connection::Connection(std::shared_ptr<Session> session, std::unique_ptr<HttpClient> http)
    : session_(std::move(session)), http_(std::move(http)), signer_(session_->region, session_->service) {
  const Url& endpoint = session_->endpoint;
  url_ = endpoint.origin() + endpoint.path;
  host_ = endpoint.authority();
  user_agent_header_ = "User-Agent: " + session_->user_agent;
}

Result<std::unique_ptr<Connection>> Connection::open(std::shared_ptr<Session> session) {
  auto http = TRY(HttpClient::open(session->http));
  return std::unique_ptr<Connection>(new Connection(std::move(session), std::move(http)));
}

void Connection::submit(const Call& call, Completion done) {
  auto credentials = session_->credentials->get();
  if (!credentials) {
    Answer answer;
    answer.kind = Answer::Kind::not_sent;
    answer.failure = credentials.error().message;
    answer.trouble = std::move(credentials).error();
    answer.has_trouble = true;
    failed_.emplace_back(std::move(done), std::move(answer));
    return;
  }
  const SharedCredentials used = *std::move(credentials);
  const Clock::Time signed_at = session_->clock->utc() + std::chrono::seconds(session_->clock_skew_seconds.load(std::memory_order_relaxed));
  const std::string date = amz_date(signed_at);
  std::array<std::pair<std::string_view, std::string_view>, 5> headers;
  std::size_t count = 0;
  headers[count++] = {"content-type", call.content_type};
  headers[count++] = {"host", host_};
  headers[count++] = {"x-amz-date", date};
  if (!used->session_token.empty()) headers[count++] = {"x-amz-security-token", used->session_token};
  if (!call.target.empty()) headers[count++] = {"x-amz-target", call.target};
  const std::string payload_hash = sha256_hex(call.body);
  const SigningInput input{"POST", session_->endpoint.path, {}, {headers.data(), count}, payload_hash};
  const std::string authorization = signer_.authorization(input, *used, date);

  std::array<std::string, 5> lines;
  for (std::size_t i = 0; i < count; ++i) lines[i].append(headers[i].first).append(": ").append(headers[i].second);
  const std::string authorization_line = "Authorization: " + authorization;
  HttpRequest request;
  request.url = url_;
  request.body = call.body;
  request.timeout = call.timeout;
  request.most_response_bytes = call.most_response_bytes;
  request.headers = {"Expect:", "Accept:", user_agent_header_, authorization_line};
  for (std::size_t i = 0; i < count; ++i) request.headers.push_back(lines[i]);
  http_->submit(request, [this, used, signed_at, done = std::move(done)](HttpResponse& response) {
    Answer answer;
    interpret(response, used, signed_at, answer);
    done(answer);
    if (response.body.empty()) response.body = std::move(answer.body);  // gives the memory back for the next response
  });
}

void Connection::interpret(HttpResponse& response, const SharedCredentials& used, Clock::Time, Answer& answer) {
  answer.sent_twice = response.sent_twice;
  if (response.delivery != Delivery::answered) {
    answer.kind = response.delivery == Delivery::not_sent ? Answer::Kind::not_sent : Answer::Kind::unknown;
    answer.failure = std::move(response.failure);
    return;
  }
  if (response.status >= 200 && response.status < 300) {
    answer.body = std::move(response.body);
    response.body.clear();
    return;
  }
  answer.kind = Answer::Kind::refused;
  answer.error = parse_service_error(response.status, response.body, response.error_type, response.request_id);
  answer.body = std::move(response.body);
  response.body.clear();
  repair(used, response.date, answer);
}

void Connection::repair(const SharedCredentials& used, const std::string& server_date, Answer& answer) {
  const Remedy remedy = answer.error.remedy();
  if (remedy == Remedy::renew_credentials) {
    if (auto renewed = session_->credentials->expired(used); !renewed) {
      answer.trouble = std::move(renewed).error();
      answer.has_trouble = true;
    }
  } else if (remedy == Remedy::adjust_clock) {
    const auto server = parse_http_date(server_date);
    if (!server) return;
    const auto skew = std::chrono::duration_cast<std::chrono::seconds>(*server - session_->clock->utc()).count();
    session_->clock_skew_seconds.store(skew, std::memory_order_relaxed);
  }
}

void Connection::poll(milliseconds wait) {
  if (!failed_.empty()) {
    auto failed = std::exchange(failed_, {});
    for (auto& [done, answer] : failed) done(answer);
    wait = milliseconds(0);
  }
  http_->poll(wait);
}

Answer Connection::call(const Call& call) {
  Answer result;
  bool ended = false;
  submit(call, [&](Answer& answer) {
    result = std::move(answer);
    ended = true;
  });
  while (!ended) poll(milliseconds(1'000));
  return result;
}

Result<std::string> Connection::call_until(const Call& call, milliseconds patience, ServiceError* refusal) {
  const Clock& clock = *session_->clock;
  const auto give_up_at = clock.now() + patience;
  Jitter jitter(static_cast<std::uint64_t>(clock.now().time_since_epoch().count()));
  for (unsigned attempt = 1;; ++attempt) {
    Answer answer = this->call(call);
    if (answer.kind == Answer::Kind::ok) return std::move(answer.body);
    if (!is_worth_repeating(answer) || clock.now() >= give_up_at) {
      if (refusal != nullptr) *refusal = answer.error;
      return std::unexpected(as_error(answer, session_->endpoint));
    }
    const auto until = clock.now() + jitter.wait(kControlBackoff, attempt);
    while (clock.now() < until) poll(std::chrono::ceil<milliseconds>(until - clock.now()));
  }
}

}  // namespace itemize::aws
