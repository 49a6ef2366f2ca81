#include "aws/http.h"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <mutex>

#include "base/crc32.h"
#include "base/text.h"

namespace itemize::aws {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

/// One easy handle with the texts it points at; used again and again.
struct Transfer {
  CURL* easy = nullptr;
  std::string url;
  std::string method;
  std::vector<std::string> headers;
  std::vector<curl_slist> header_list;
  HttpResponse response;
  HttpClient::Completion done;
  SteadyClock::time_point deadline;
  std::size_t most_response_bytes = 0;
  int times_sent = 0;  // libcurl sends a request again by itself when a kept connection turns out to be dead
  bool too_long = false;
  bool active = false;
  std::array<char, CURL_ERROR_SIZE> error_text{};
};

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) {  // a new head: of the last answer, after 100-continue or a proxy's own
    transfer.response.date.clear();
    transfer.response.crc32.reset();
    return size;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  HttpResponse& response = transfer.response;
  if (same_without_case(name, "x-amz-crc32")) {
    std::uint32_t crc = 0;
    if (std::from_chars(value.data(), value.data() + value.size(), crc).ec == std::errc()) response.crc32 = crc;
  } else if (same_without_case(name, "date")) {
    response.date = value;
  } else if (same_without_case(name, "x-amzn-requestid")) {
    response.request_id = value;
  } else if (same_without_case(name, "x-amzn-errortype")) {
    response.error_type = value;
  } else if (same_without_case(name, "content-type")) {
    response.content_type = value;
  } else if (same_without_case(name, "x-aws-ec2-metadata-token-ttl-seconds")) {
    response.token_ttl = value;
  }
  return size;
}

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.response.body.size() + size > transfer.most_response_bytes) {
    transfer.too_long = true;
    return 0;
  }
  transfer.response.body.append(data, size);
  return size;
}

int on_sending(void* user, char*, char*, int, int) {
  ++static_cast<Transfer*>(user)->times_sent;
  return CURL_PREREQFUNC_OK;
}

/// The answer's delivery and the reason, from libcurl's verdict.
void judge(Transfer& transfer, CURLcode code) {
  HttpResponse& response = transfer.response;
  if (code == CURLE_OK) {
    if (response.crc32 && crc32(response.body) != *response.crc32) {
      response.delivery = Delivery::unknown;
      response.failure = "the answer was damaged on its way (X-Amz-Crc32 does not fit)";
    }
    return;
  }
  response.delivery = transfer.times_sent == 0 ? Delivery::not_sent : Delivery::unknown;
  response.failure = transfer.error_text[0] != '\0' ? transfer.error_text.data() : curl_easy_strerror(code);
  if (transfer.too_long) response.failure = "the answer is longer than " + std::to_string(transfer.most_response_bytes) + " bytes";
}

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(HttpOptions options) : options_(std::move(options)) {}
  ~CurlClient() override;
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  Result<void> start();
  void submit(const HttpRequest& request, Completion done) override;
  void poll(milliseconds wait) override;
  void wake() override {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);  // full means that a wake is already waiting
  }
  std::size_t in_flight() const override { return in_flight_; }

 private:
  static int on_socket(CURL*, curl_socket_t socket, int what, void* user, void* known);
  static int on_timer(CURLM*, long wait_ms, void* user);
  Transfer* idle_transfer();
  void prepare(Transfer& transfer, const HttpRequest& request);
  bool handle_events(milliseconds wait);
  milliseconds waiting_time(milliseconds wait) const;
  void run_timer();
  void complete_finished();
  void complete(Transfer& transfer);
  void expire(SteadyClock::time_point now);

  HttpOptions options_;
  CURLM* multi_ = nullptr;
  int epoll_ = -1;
  int wake_ = -1;
  bool timer_set_ = false;
  SteadyClock::time_point timer_;
  std::vector<std::unique_ptr<Transfer>> transfers_;
  std::vector<Transfer*> idle_;
  std::size_t in_flight_ = 0;
  SteadyClock::time_point next_deadline_ = SteadyClock::time_point::max();
};

CurlClient::~CurlClient() {
  for (const auto& transfer : transfers_) {
    if (transfer->active) curl_multi_remove_handle(multi_, transfer->easy);
    curl_easy_cleanup(transfer->easy);
  }
  if (multi_ != nullptr) curl_multi_cleanup(multi_);
  if (epoll_ >= 0) close(epoll_);
  if (wake_ >= 0) close(wake_);
}

Result<void> CurlClient::start() {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return fail_errno("cannot watch sockets (epoll_create1)");
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_ < 0) return fail_errno("cannot make an eventfd");
  epoll_event event{.events = EPOLLIN, .data = {.fd = wake_}};
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) != 0) return fail_errno("cannot watch an eventfd");
  multi_ = curl_multi_init();
  if (multi_ == nullptr) return fail(ErrorCode::internal, "libcurl could not start");
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlClient::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlClient::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.most_connections));
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  return {};
}

int CurlClient::on_socket(CURL*, curl_socket_t socket, int what, void* user, void* known) {
  auto& client = *static_cast<CurlClient*>(user);
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(client.epoll_, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  event.data.fd = socket;
  if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
  const int operation = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (epoll_ctl(client.epoll_, operation, socket, &event) != 0 && operation == EPOLL_CTL_ADD) {
    epoll_ctl(client.epoll_, EPOLL_CTL_MOD, socket, &event);
  }
  curl_multi_assign(client.multi_, socket, user);  // any pointer that is not null: "known"
  return 0;
}

int CurlClient::on_timer(CURLM*, long wait_ms, void* user) {
  auto& client = *static_cast<CurlClient*>(user);
  client.timer_set_ = wait_ms >= 0;
  if (client.timer_set_) client.timer_ = SteadyClock::now() + milliseconds(wait_ms);
  return 0;
}

Transfer* CurlClient::idle_transfer() {
  if (!idle_.empty()) {
    Transfer* transfer = idle_.back();
    idle_.pop_back();
    return transfer;
  }
  transfers_.push_back(std::make_unique<Transfer>());
  Transfer& transfer = *transfers_.back();
  transfer.easy = curl_easy_init();
  if (transfer.easy == nullptr) throw std::bad_alloc();
  CURL* easy = transfer.easy;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error_text.data());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &on_sending);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 64L * 1024);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  if (!options_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
  return &transfer;
}

void CurlClient::prepare(Transfer& transfer, const HttpRequest& request) {
  CURL* easy = transfer.easy;
  if (transfer.url != request.url) {
    transfer.url = request.url;
    curl_easy_setopt(easy, CURLOPT_URL, transfer.url.c_str());
    const auto url = parse_url(transfer.url);
    const bool direct = !options_.use_proxy || (url && url->is_loopback());
    curl_easy_setopt(easy, CURLOPT_PROXY, direct ? "" : nullptr);
  }
  if (transfer.method != request.method) {
    transfer.method = request.method;
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    if (request.method == "POST") curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method == "GET" || request.method == "POST" ? nullptr : transfer.method.c_str());
  }
  if (request.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data() == nullptr ? "" : request.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  transfer.headers.resize(request.headers.size());
  transfer.header_list.resize(request.headers.size());
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    transfer.headers[i] = request.headers[i];
    transfer.header_list[i] = {transfer.headers[i].data(), i + 1 < request.headers.size() ? &transfer.header_list[i + 1] : nullptr};
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.header_list.empty() ? nullptr : transfer.header_list.data());
}

void CurlClient::submit(const HttpRequest& request, Completion done) {
  Transfer& transfer = *idle_transfer();
  prepare(transfer, request);
  std::string body = std::move(transfer.response.body);
  body.clear();
  transfer.response = HttpResponse{};
  transfer.response.body = std::move(body);
  transfer.done = std::move(done);
  transfer.deadline = SteadyClock::now() + request.timeout;
  transfer.most_response_bytes = request.most_response_bytes;
  transfer.times_sent = 0;
  transfer.too_long = false;
  transfer.error_text[0] = '\0';
  transfer.active = true;
  next_deadline_ = std::min(next_deadline_, transfer.deadline);
  ++in_flight_;
  curl_multi_add_handle(multi_, transfer.easy);
}

void CurlClient::run_timer() {
  if (!timer_set_ || SteadyClock::now() < timer_) return;
  timer_set_ = false;
  int running = 0;
  curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
}

milliseconds CurlClient::waiting_time(milliseconds wait) const {
  const auto until = std::min(timer_set_ ? timer_ : SteadyClock::time_point::max(), next_deadline_);
  if (until == SteadyClock::time_point::max()) return wait;
  const auto left = std::chrono::ceil<milliseconds>(until - SteadyClock::now());
  return std::clamp(left, milliseconds(0), wait);
}

bool CurlClient::handle_events(milliseconds wait) {
  std::array<epoll_event, 64> events;
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(waiting_time(wait).count()));
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wake_) {
      std::uint64_t ignored = 0;
      [[maybe_unused]] const ssize_t size = read(wake_, &ignored, sizeof ignored);
      continue;
    }
    int what = 0;
    if ((event.events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
    if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
    if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
    int running = 0;
    curl_multi_socket_action(multi_, event.data.fd, what, &running);
  }
  return count > 0;
}

void CurlClient::complete(Transfer& transfer) {
  curl_multi_remove_handle(multi_, transfer.easy);
  transfer.active = false;
  transfer.response.sent_twice = transfer.times_sent > 1;
  --in_flight_;
  const Completion done = std::move(transfer.done);
  transfer.done = nullptr;
  // The transfer is given back after the call: the completion may submit, and must not overwrite the response that it reads.
  done(transfer.response);
  if (transfer.response.body.capacity() > (256U << 10)) transfer.response.body = {};
  idle_.push_back(&transfer);
}

void CurlClient::complete_finished() {
  std::vector<std::pair<Transfer*, CURLcode>> finished;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    void* user = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
    finished.emplace_back(static_cast<Transfer*>(user), message->data.result);
  }
  for (const auto& [transfer, code] : finished) {
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    transfer->response.status = static_cast<int>(status);
    judge(*transfer, code);
    complete(*transfer);
  }
}

void CurlClient::expire(SteadyClock::time_point now) {
  if (now < next_deadline_) return;
  next_deadline_ = SteadyClock::time_point::max();
  std::vector<Transfer*> expired;
  for (const auto& transfer : transfers_) {
    if (!transfer->active) continue;
    if (transfer->deadline <= now)
      expired.push_back(transfer.get());
    else
      next_deadline_ = std::min(next_deadline_, transfer->deadline);
  }
  for (Transfer* transfer : expired) {
    transfer->response.delivery = transfer->times_sent == 0 ? Delivery::not_sent : Delivery::unknown;
    transfer->response.failure = transfer->times_sent == 0 ? "no connection within the time allowed" : "no answer within the time allowed";
    complete(*transfer);
  }
}

void CurlClient::poll(milliseconds wait) {
  const std::size_t before = in_flight_;
  run_timer();
  complete_finished();
  const bool idle = in_flight_ == before;
  bool events = handle_events(idle ? wait : milliseconds(0));
  run_timer();
  complete_finished();
  if (SteadyClock::now() < next_deadline_) return;
  while (events) {  // a deadline has passed: first read everything that already waits in the sockets
    events = handle_events(milliseconds(0));
    run_timer();
    complete_finished();
  }
  expire(SteadyClock::now());
}

}  // namespace

Result<std::unique_ptr<HttpClient>> HttpClient::open(const HttpOptions& options) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  auto client = std::make_unique<CurlClient>(options);
  TRY(client->start());
  return client;
}

HttpResponse fetch(HttpClient& client, const HttpRequest& request) {
  HttpResponse answer;
  bool ended = false;
  client.submit(request, [&](HttpResponse& response) {
    answer = std::move(response);
    ended = true;
  });
  while (!ended) client.poll(std::chrono::milliseconds(1000));
  return answer;
}

}  // namespace itemize::aws
