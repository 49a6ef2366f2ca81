#include <gtest/gtest.h>

#include "aws/session.h"
#include "aws/testing/fake_server.h"

namespace itemize::aws {
namespace {

using testing::FakeReply;
using testing::FakeRequest;
using testing::FakeServer;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::shared_ptr<Session> session_with(const FakeServer& server, std::shared_ptr<CredentialsProvider> credentials) {
  auto session = std::make_shared<Session>();
  session->service = "dynamodb";
  session->region = "eu-west-1";
  session->endpoint = *parse_url(server.url());
  session->credentials = std::move(credentials);
  return session;
}

Credentials key(const std::string& id) { return {id, "secret-" + id, "token-" + id, std::nullopt, "test"}; }

/// Gives key "1" until it is told that it has expired, then "2", and so on.
class CountingProvider final : public CredentialsProvider {
 public:
  Result<SharedCredentials> get() override { return current_; }
  Result<void> expired(const SharedCredentials& used) override {
    if (used == current_) current_ = std::make_shared<const Credentials>(key(std::to_string(++count_)));
    return {};
  }

 private:
  int count_ = 1;
  SharedCredentials current_ = std::make_shared<const Credentials>(key("1"));
};

constexpr Call kCall{.target = "DynamoDB_20120810.ListTables", .body = "{}"};

TEST(Connection, SignsWhatItSends) {
  FakeServer server([](const FakeRequest& request) {
    EXPECT_EQ(request.headers.at("x-amz-target"), "DynamoDB_20120810.ListTables");
    EXPECT_EQ(request.headers.at("content-type"), "application/x-amz-json-1.0");
    EXPECT_EQ(request.headers.at("x-amz-security-token"), "token-a");
    EXPECT_EQ(request.headers.at("user-agent"), "itemize");
    // The server's own computation, from what arrived.
    Signer signer("eu-west-1", "dynamodb");
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    for (const char* name : {"content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"}) headers.emplace_back(name, request.headers.at(name));
    const std::string hash = sha256_hex(request.body);
    EXPECT_EQ(request.headers.at("authorization"), signer.authorization({request.method, request.target, "", headers, hash}, key("a"), request.headers.at("x-amz-date")));
    return FakeReply{200, "{}"};
  });
  const auto connection = *Connection::open(session_with(server, fixed_credentials(key("a"))));
  EXPECT_EQ(connection->call(kCall).kind, Answer::Kind::ok);
}

TEST(Connection, RenewsExpiredCredentialsAndGoesOn) {
  FakeServer server([](const FakeRequest& request) {
    if (request.headers.at("x-amz-security-token") == "token-1") {
      return FakeReply{400, R"({"__type":"com.amazon.coral.service#ExpiredTokenException","message":"The security token included in the request is expired"})"};
    }
    return FakeReply{200, R"({"ok":true})"};
  });
  const auto connection = *Connection::open(session_with(server, std::make_shared<CountingProvider>()));
  const auto answer = connection->call_until(kCall, seconds(10));
  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(*answer, R"({"ok":true})");
}

TEST(Connection, ExpiredCredentialsThatCannotBeRenewedAreAPermissionError) {
  FakeServer server([](const FakeRequest&) { return FakeReply{400, R"({"__type":"x#ExpiredTokenException","message":"expired"})"}; });
  const auto connection = *Connection::open(session_with(server, fixed_credentials(key("a"))));
  const auto answer = connection->call_until(kCall, seconds(10));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::permission);
  EXPECT_EQ(answer.error().to_string().find("secret"), std::string::npos);
}

TEST(Connection, WrongCredentialsAreAnErrorAtOnce) {
  std::atomic<int> requests{0};
  FakeServer server([&](const FakeRequest&) {
    ++requests;
    return FakeReply{400, R"({"__type":"com.amazon.coral.service#UnrecognizedClientException","message":"The security token included in the request is invalid."})"};
  });
  const auto connection = *Connection::open(session_with(server, fixed_credentials(key("a"))));
  const auto answer = connection->call_until(kCall, seconds(30));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::permission);
  EXPECT_FALSE(answer.error().hint.empty());
  EXPECT_EQ(requests, 1);
}

TEST(Connection, AdjustsToTheServersClock) {
  // A server two hours ahead: it refuses what is dated before its own time, and says its time in Date.
  const auto server_time = std::chrono::system_clock::now() + std::chrono::hours(2);
  const std::time_t seconds_there = std::chrono::system_clock::to_time_t(server_time);
  char date[64];
  std::tm parts{};
  gmtime_r(&seconds_there, &parts);
  std::strftime(date, sizeof date, "Date: %a, %d %b %Y %H:%M:%S GMT", &parts);
  const std::string there = amz_date(server_time - std::chrono::minutes(15));
  std::atomic<int> requests{0};
  FakeServer server([&](const FakeRequest& request) {
    ++requests;
    if (request.headers.at("x-amz-date") < there) {
      return FakeReply{400, R"({"__type":"x#InvalidSignatureException","message":"Signature expired: 20261123T083427Z is now earlier than 20261123T101927Z"})", {date}};
    }
    return FakeReply{200, "{}"};
  });
  auto session = session_with(server, fixed_credentials(key("a")));
  const auto connection = *Connection::open(session);
  ASSERT_TRUE(connection->call_until(kCall, seconds(10)));
  EXPECT_EQ(requests, 2);
  EXPECT_NEAR(static_cast<double>(session->clock_skew_seconds.load()), 7'200, 5);
}

TEST(Connection, RetriesThrottlesFaultsAndCutConnections) {
  std::atomic<int> requests{0};
  FakeServer server([&](const FakeRequest&) {
    switch (++requests) {
      case 1: return FakeReply{400, R"({"__type":"x#ThrottlingException","message":"slow down"})"};
      case 2: return FakeReply{500, R"({"__type":"x#InternalServerError","message":""})"};
      case 3: return FakeReply{503, "<html>busy</html>"};
      case 4: return FakeReply{.manner = FakeReply::Manner::close_without_answer};
      default: return FakeReply{200, "{}"};
    }
  });
  const auto connection = *Connection::open(session_with(server, fixed_credentials(key("a"))));
  const auto answer = connection->call_until(kCall, seconds(30));
  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(requests, 5);
}

TEST(Connection, GivesUpWhenPatienceIsOver) {
  FakeServer server([](const FakeRequest&) { return FakeReply{503, ""}; });
  const auto connection = *Connection::open(session_with(server, fixed_credentials(key("a"))));
  const auto answer = connection->call_until(kCall, milliseconds(0));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
}

TEST(HttpDate, IsRead) {
  EXPECT_EQ(parse_http_date("Sun, 30 Aug 2015 12:36:00 GMT"), Clock::Time(seconds(1'440'938'160)));
  EXPECT_FALSE(parse_http_date("yesterday"));
  EXPECT_FALSE(parse_http_date(""));
}

}  // namespace
}  // namespace itemize::aws
