#include "aws/http.h"

#include <gtest/gtest.h>

#include <thread>

#include "aws/testing/fake_server.h"
#include "base/crc32.h"

namespace itemize::aws {
namespace {

using testing::FakeReply;
using testing::FakeRequest;
using testing::FakeServer;
using std::chrono::milliseconds;

std::unique_ptr<HttpClient> client() { return *HttpClient::open({}); }

HttpResponse post(HttpClient& http, const std::string& url, std::string_view body, milliseconds timeout = milliseconds(10'000)) {
  HttpRequest request;
  request.url = url;
  request.body = body;
  request.headers = {"Expect:"};
  request.timeout = timeout;
  return fetch(http, request);
}

TEST(Http, SendsTheBodyAndReadsTheAnswer) {
  FakeServer server([](const FakeRequest& request) {
    return FakeReply{201, request.method + " " + request.target + " " + request.headers.at("x-one") + " " + request.body, {"Date: Mon, 23 Nov 2026 08:34:27 GMT", "x-amzn-RequestId: r1"}};
  });
  const auto http = client();
  HttpRequest request;
  const std::string url = server.url() + "/path";
  request.url = url;
  request.headers = {"X-One: 1", "Expect:"};
  request.body = "hello";
  const HttpResponse response = fetch(*http, request);
  EXPECT_EQ(response.delivery, Delivery::answered);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "POST /path 1 hello");
  EXPECT_EQ(response.date, "Mon, 23 Nov 2026 08:34:27 GMT");
  EXPECT_EQ(response.request_id, "r1");
}

TEST(Http, KeepsConnections) {
  FakeServer server([](const FakeRequest&) { return FakeReply{200, "ok"}; });
  const auto http = client();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(post(*http, server.url(), "x").body, "ok");
  EXPECT_EQ(server.connections(), 1);
}

TEST(Http, HasManyInFlight) {
  std::atomic<int> waiting{0};
  FakeServer server([&](const FakeRequest& request) {
    ++waiting;
    while (waiting < 10) std::this_thread::yield();  // answers only when all ten are here together
    return FakeReply{200, request.body};
  });
  const auto http = client();
  const std::string url = server.url();
  std::vector<std::string> bodies;
  for (int i = 0; i < 10; ++i) bodies.push_back("body " + std::to_string(i));
  int done = 0;
  for (int i = 0; i < 10; ++i) {
    HttpRequest request;
    request.url = url;
    request.body = bodies[static_cast<std::size_t>(i)];
    http->submit(request, [&, i](HttpResponse& response) {
      EXPECT_EQ(response.body, bodies[static_cast<std::size_t>(i)]);
      ++done;
    });
  }
  EXPECT_EQ(http->in_flight(), 10U);
  while (done < 10) http->poll(milliseconds(1'000));
  EXPECT_EQ(http->in_flight(), 0U);
}

TEST(Http, TellsNotSentFromUnknown) {
  const auto http = client();
  int port = 0;
  {
    FakeServer gone([](const FakeRequest&) { return FakeReply{}; });
    port = gone.port();
  }
  const HttpResponse refused = post(*http, "http://127.0.0.1:" + std::to_string(port), "x");
  EXPECT_EQ(refused.delivery, Delivery::not_sent);
  EXPECT_FALSE(refused.failure.empty());

  FakeServer cutting([](const FakeRequest&) { return FakeReply{.manner = FakeReply::Manner::close_without_answer}; });
  EXPECT_EQ(post(*http, cutting.url(), "x").delivery, Delivery::unknown);

  FakeServer half([](const FakeRequest&) { return FakeReply{.body = "long enough to be cut", .manner = FakeReply::Manner::cut_in_the_middle}; });
  EXPECT_EQ(post(*http, half.url(), "x").delivery, Delivery::unknown);

  FakeServer silent([](const FakeRequest&) { return FakeReply{.manner = FakeReply::Manner::never}; });
  const HttpResponse late = post(*http, silent.url(), "x", milliseconds(50));
  EXPECT_EQ(late.delivery, Delivery::unknown);
  EXPECT_NE(late.failure.find("time allowed"), std::string::npos);
}

TEST(Http, AnAnswerThatWaitsIsReadThoughItsTimeIsOver) {
  std::atomic<bool> answered{false};
  FakeServer server([&](const FakeRequest&) {
    answered = true;
    return FakeReply{200, std::string(300'000, 'x')};
  });
  const auto http = client();
  const std::string url = server.url();
  HttpRequest request;
  request.url = url;
  request.body = "x";
  request.timeout = milliseconds(200);
  std::string body;
  http->submit(request, [&](HttpResponse& response) {
    EXPECT_EQ(response.delivery, Delivery::answered) << response.failure;
    body = response.body;
  });
  while (!answered) http->poll(milliseconds(10));
  std::this_thread::sleep_for(milliseconds(400));  // the thread is busy elsewhere, longer than the time-out
  while (http->in_flight() > 0) http->poll(milliseconds(10));
  EXPECT_EQ(body.size(), 300'000U);
}

TEST(Http, ChecksTheCrcOfAnAnswer) {
  std::atomic<bool> damage{false};
  FakeServer server([&](const FakeRequest&) {
    const std::string body = "{\"a\":1}";
    return FakeReply{200, body, {"x-amz-crc32: " + std::to_string(crc32(body) + (damage ? 1 : 0))}};
  });
  const auto http = client();
  EXPECT_EQ(post(*http, server.url(), "x").delivery, Delivery::answered);
  damage = true;
  const HttpResponse damaged = post(*http, server.url(), "x");
  EXPECT_EQ(damaged.delivery, Delivery::unknown);
  EXPECT_NE(damaged.failure.find("Crc32"), std::string::npos);
}

TEST(Http, CutsOffAnAnswerThatIsTooLong) {
  FakeServer server([](const FakeRequest&) { return FakeReply{200, std::string(100'000, 'x')}; });
  const auto http = client();
  HttpRequest request;
  const std::string url = server.url();
  request.url = url;
  request.most_response_bytes = 50'000;
  const HttpResponse response = fetch(*http, request);
  EXPECT_EQ(response.delivery, Delivery::unknown);
  EXPECT_NE(response.failure.find("longer than 50000"), std::string::npos);
  EXPECT_LE(response.body.size(), 50'000U);
}

TEST(Http, TellsWhenADeadConnectionMadeItSendTwice) {
  std::atomic<int> count{0};
  FakeServer server([&](const FakeRequest&) {
    FakeReply reply{200, "ok"};
    // The first is answered well; the second dies on the kept connection, before any answer.
    if (++count == 2) reply.manner = FakeReply::Manner::close_without_answer;
    return reply;
  });
  const auto http = client();
  EXPECT_FALSE(post(*http, server.url(), "x").sent_twice);
  const HttpResponse second = post(*http, server.url(), "x");
  EXPECT_EQ(second.body, "ok");
  EXPECT_EQ(count, 3);
  EXPECT_TRUE(second.sent_twice);
}

TEST(Http, CanBeWoken) {
  const auto http = client();
  std::thread waker([&] { http->wake(); });
  const auto start = std::chrono::steady_clock::now();
  http->poll(milliseconds(60'000));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  waker.join();
}

TEST(Url, IsTakenApart) {
  const auto url = parse_url("http://127.0.0.1:8000");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "127.0.0.1");
  EXPECT_EQ(url->port, 8000);
  EXPECT_EQ(url->path, "/");
  EXPECT_EQ(url->authority(), "127.0.0.1:8000");
  EXPECT_TRUE(url->is_loopback());

  const auto full = parse_url("HTTPS://dynamodb.eu-west-1.amazonaws.com:443/a/b?c=d#e");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->authority(), "dynamodb.eu-west-1.amazonaws.com");
  EXPECT_EQ(full->path, "/a/b");
  EXPECT_EQ(full->query, "c=d");
  EXPECT_FALSE(full->is_loopback());

  const auto six = parse_url("http://[::1]:8000/");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->host, "::1");
  EXPECT_EQ(six->authority(), "[::1]:8000");
  EXPECT_TRUE(six->is_loopback());
}

TEST(Url, WhatIsNoneIsSaidSo) {
  for (const char* text : {"", "localhost:8000", "ftp://a", "http://", "http://:80", "http://a:b", "http://a:0", "http://a:70000", "http://[::1", "http://user:secret@host/"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, ErrorCode::invalid_input);
    EXPECT_EQ(url.error().to_string().find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace itemize::aws
