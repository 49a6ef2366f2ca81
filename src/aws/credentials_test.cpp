// Every place that credentials come from, against stubs inside the test.
#include "aws/credentials.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "aws/credential_sources.h"
#include "aws/testing/fake_server.h"

namespace itemize::aws {
namespace {

using testing::FakeReply;
using testing::FakeRequest;
using testing::FakeServer;

std::string credentials_json(const std::string& id, const std::string& expiration) {
  return R"({"Code":"Success","Version":1,"AccessKeyId":")" + id + R"(","SecretAccessKey":"secret","Token":"token-)" + id +
         R"(","Expiration":")" + expiration + R"("})";
}

std::string sts_xml(const std::string& id) {
  return "<R><Credentials><AccessKeyId>" + id + "</AccessKeyId><SecretAccessKey>se&amp;cret</SecretAccessKey><SessionToken>token-" + id +
         "</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></R>";
}

class CredentialsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/itemize-aws-XXXXXX";
    folder = ::mkdtemp(name);
    set("AWS_EC2_METADATA_DISABLED", "true");
    set("AWS_CONFIG_FILE", folder + "/config");
    set("AWS_SHARED_CREDENTIALS_FILE", folder + "/credentials");
    set("AWS_REGION", "eu-west-1");
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void set(const std::string& name, const std::string& value) { variables[name] = value; }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder + "/" + name) << text;
    return folder + "/" + name;
  }
  std::shared_ptr<CredentialsProvider> provider(const std::string& profile = {}) {
    CredentialsOptions options;
    options.environment = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    options.profile = profile;
    return default_credentials(options, clock);
  }
  Result<SharedCredentials> get(const std::string& profile = {}) { return provider(profile)->get(); }

  std::string folder;
  std::map<std::string, std::string, std::less<>> variables;
  std::shared_ptr<ManualClock> clock =
      std::make_shared<ManualClock>(Clock::Time(std::chrono::seconds(1'700'000'000)));  // 2023-11-14T22:13:20Z
};

TEST_F(CredentialsTest, NoneAnywhereIsAnErrorThatHelps) {
  const auto none = get();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::permission);
  EXPECT_NE(none.error().hint.find("AWS_PROFILE"), std::string::npos);
}

TEST_F(CredentialsTest, OfTheEnvironmentComeFirstUnlessAProfileIsNamed) {
  file("credentials", "[dev]\naws_access_key_id = PROFILE\naws_secret_access_key = s\n");
  set("AWS_ACCESS_KEY_ID", "ENVIRONMENT");
  EXPECT_FALSE(get()) << "half of a pair";
  set("AWS_SECRET_ACCESS_KEY", "s");
  set("AWS_SESSION_TOKEN", "t");
  EXPECT_EQ(get().value()->access_key_id, "ENVIRONMENT");
  EXPECT_EQ(get().value()->session_token, "t");
  EXPECT_EQ(get("dev").value()->access_key_id, "PROFILE");
  EXPECT_EQ(get("absent").error().code, ErrorCode::not_found);
}

TEST_F(CredentialsTest, OfAContainer) {
  std::string authorization;
  const FakeServer server([&](const FakeRequest& request) {
    authorization = request.headers.at("authorization");
    return FakeReply{request.target == "/role" ? 200 : 404, credentials_json("CONTAINER", "2023-11-15T00:00:00Z"), {}};
  });
  set("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/role");
  set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file("token", "Bearer abc\n"));
  const auto found = get();
  ASSERT_TRUE(found) << found.error().to_string();
  EXPECT_EQ((*found)->access_key_id, "CONTAINER");
  EXPECT_EQ((*found)->session_token, "token-CONTAINER");
  EXPECT_TRUE((*found)->expires_at);
  EXPECT_EQ(authorization, "Bearer abc");
  set("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/other");
  EXPECT_NE(get().error().message.find("404"), std::string::npos);
  set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/role");
  EXPECT_NE(get().error().message.find("https"), std::string::npos) << "never in the open to a stranger";
  set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file("token", "a\nEvil: b"));
  set("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/role");
  EXPECT_FALSE(get()) << "a token cannot add a header";
}

TEST_F(CredentialsTest, OfAnInstanceByTokenOnly) {
  const FakeServer server([](const FakeRequest& request) {
    if (request.method == "PUT" && request.target == "/latest/api/token")
      return FakeReply{request.headers.contains("x-aws-ec2-metadata-token-ttl-seconds") ? 200 : 400, "session", {}};
    const auto token = request.headers.find("x-aws-ec2-metadata-token");
    if (token == request.headers.end() || token->second != "session") return FakeReply{401, "", {}};
    if (request.target == "/latest/meta-data/iam/security-credentials/") return FakeReply{200, "my-role\n", {}};
    if (request.target == "/latest/meta-data/iam/security-credentials/my-role")
      return FakeReply{200, credentials_json("INSTANCE", "2099-01-01T00:00:00Z"), {}};
    return FakeReply{404, "", {}};
  });
  variables.erase("AWS_EC2_METADATA_DISABLED");
  set("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url() + "/");
  const auto found = get();
  ASSERT_TRUE(found) << found.error().to_string();
  EXPECT_EQ((*found)->access_key_id, "INSTANCE");
  set("AWS_EC2_METADATA_DISABLED", "true");
  EXPECT_FALSE(get());
}

TEST_F(CredentialsTest, OfAWebIdentity) {
  std::string body;
  const FakeServer sts([&](const FakeRequest& request) {
    body = request.body;
    EXPECT_FALSE(request.headers.contains("authorization")) << "this call is not signed";
    return FakeReply{200, sts_xml("WEB"), {}};
  });
  set("AWS_ENDPOINT_URL_STS", sts.url());
  set("AWS_WEB_IDENTITY_TOKEN_FILE", file("token", "ey.J+/=\n"));
  EXPECT_NE(get().error().message.find("AWS_ROLE_ARN"), std::string::npos);
  set("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/loader");
  const auto found = get();
  ASSERT_TRUE(found) << found.error().to_string();
  EXPECT_EQ((*found)->access_key_id, "WEB");
  EXPECT_EQ((*found)->secret_access_key, "se&cret");
  EXPECT_NE(body.find("Action=AssumeRoleWithWebIdentity"), std::string::npos);
  EXPECT_NE(body.find("WebIdentityToken=ey.J%2B%2F%3D"), std::string::npos) << body;
  EXPECT_NE(body.find("RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Floader"), std::string::npos) << body;
}

TEST_F(CredentialsTest, OfARoleThatAProfileAssumes) {
  std::string authorization;
  std::string body;
  const FakeServer sts([&](const FakeRequest& request) {
    authorization = request.headers.at("authorization");
    body = request.body;
    return FakeReply{200, sts_xml("ROLE"), {}};
  });
  set("AWS_ENDPOINT_URL_STS", sts.url());
  file("config",
       "[profile base]\naws_access_key_id = BASE\naws_secret_access_key = s\n"
       "[profile job]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\nexternal_id = x/y\nduration_seconds = 900\n"
       "[profile loop]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = pool\n[profile pool]\nrole_arn = "
       "arn:aws:iam::1:role/b\nsource_profile = loop\n"
       "[profile mfa]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me\n");
  const auto found = get("job");
  ASSERT_TRUE(found) << found.error().to_string();
  EXPECT_EQ((*found)->access_key_id, "ROLE");
  EXPECT_NE(authorization.find("Credential=BASE/"), std::string::npos);
  EXPECT_NE(body.find("Action=AssumeRole&"), std::string::npos);
  EXPECT_NE(body.find("ExternalId=x%2Fy"), std::string::npos);
  EXPECT_NE(body.find("DurationSeconds=900"), std::string::npos);
  EXPECT_NE(get("loop").error().message.find("each other"), std::string::npos);
  EXPECT_NE(get("mfa").error().message.find("MFA"), std::string::npos);
}

TEST_F(CredentialsTest, OfACommand) {
  const std::string script = file("give.sh", "#!/bin/sh\necho '" + credentials_json("COMMAND", "2099-01-01T00:00:00Z") + "'\n");
  ::chmod(script.c_str(), 0700);
  file("config", "[profile tool]\ncredential_process = " + script + "\n[profile broken]\ncredential_process = exit 3\n");
  EXPECT_EQ(get("tool").value()->access_key_id, "COMMAND");
  const auto broken = get("broken");
  EXPECT_EQ(broken.error().code, ErrorCode::permission);
  EXPECT_NE(broken.error().message.find("status 3"), std::string::npos);
}

TEST_F(CredentialsTest, AreRenewedBeforeTheyRunOutAndWhenAwsSaysSo) {
  std::atomic<int> asked{0};
  std::atomic<bool> broken{false};
  const FakeServer server([&](const FakeRequest&) {
    if (broken) return FakeReply{500, "", {}};
    const int number = ++asked;
    return FakeReply{200,
                     credentials_json("K" + std::to_string(number), number == 1 ? "2023-11-14T23:13:20Z" : "2023-11-15T05:13:20Z"),
                     {}};  // 1 h, then 7 h from the start
  });
  set("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url());
  const auto credentials = provider();
  EXPECT_EQ(credentials->get().value()->access_key_id, "K1");
  clock->advance(std::chrono::minutes(40));
  EXPECT_EQ(credentials->get().value()->access_key_id, "K1") << "20 minutes left";
  clock->advance(std::chrono::minutes(10));
  broken = true;
  EXPECT_EQ(credentials->get().value()->access_key_id, "K1") << "trouble with renewing can wait while they are good";
  broken = false;
  clock->advance(std::chrono::seconds(31));
  EXPECT_EQ(credentials->get().value()->access_key_id, "K2");
  ASSERT_TRUE(credentials->expired(credentials->get().value()));
  EXPECT_EQ(credentials->get().value()->access_key_id, "K3");
}

TEST_F(CredentialsTest, AreFetchedOnceForAllThreadsThatWait) {
  std::atomic<int> asked{0};
  const FakeServer server([&](const FakeRequest&) {
    const int number = ++asked;
    return FakeReply{200, credentials_json("K" + std::to_string(number), "2099-01-01T00:00:00Z"), {}};
  });
  set("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url());
  const auto credentials = provider();
  const auto all_expire = [&] {
    const SharedCredentials used = credentials->get().value();
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) threads.emplace_back([&] { EXPECT_TRUE(credentials->expired(used)); });
  };
  all_expire();
  all_expire();
  EXPECT_EQ(asked, 3) << "the first, and one for each time that they expired";
}

TEST_F(CredentialsTest, ThatCannotBeRenewedAreAnErrorOnceTheyHaveExpired) {
  set("AWS_ACCESS_KEY_ID", "A");
  set("AWS_SECRET_ACCESS_KEY", "s");
  const auto credentials = provider();
  const auto used = credentials->get().value();
  const auto expired = credentials->expired(used);
  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.error().code, ErrorCode::permission);
  EXPECT_EQ(expired.error().to_string().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace itemize::aws
