#include "aws/sigv4.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "base/json.h"

namespace itemize::aws {
namespace {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

Credentials example() { return {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "", std::nullopt, "test"}; }

TEST(SigV4, SignsTheDocumentedExample) {
  // "get-vanilla" of AWS's Signature Version 4 test suite.
  Signer signer("us-east-1", "service");
  const Headers headers = {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}};
  const std::string hash = sha256_hex("");
  EXPECT_EQ(signer.authorization({"GET", "/", "", headers, hash}, example(), "20150830T123600Z"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST(SigV4, MakesANewKeyForANewDayAndForNewCredentials) {
  Signer signer("us-east-1", "service");
  const Headers headers = {{"host", "a"}};
  const SigningInput input{"GET", "/", "", headers, "x"};
  const std::string first = signer.authorization(input, example(), "20150830T000000Z");
  const std::string next_day = signer.authorization(input, example(), "20150831T000000Z");
  Credentials other = example();
  other.secret_access_key += "x";
  const std::string with_other = signer.authorization(input, other, "20150830T000000Z");
  EXPECT_NE(first, next_day);
  EXPECT_NE(first, with_other);
  EXPECT_EQ(signer.authorization(input, example(), "20150830T000000Z"), first);
  EXPECT_EQ(Signer("us-east-1", "service").authorization(input, other, "20150830T000000Z"), with_other);
}

TEST(SigV4, WritesTheDate) { EXPECT_EQ(amz_date(std::chrono::system_clock::time_point(std::chrono::seconds(1'440'938'160))), "20150830T123600Z"); }

/// Lines of test/aws/sigv4_cases.py: requests signed by botocore. Empty where botocore is not installed.
std::vector<std::string> botocore_cases(int count, int seed) {
  const auto script = std::filesystem::path(ITEMIZE_SOURCE_FOLDER) / "test/aws/sigv4_cases.py";
  const char* python = std::getenv("ITEMIZE_TEST_PYTHON");
  const std::string command = std::string(python == nullptr ? "python3" : python) + " " + script.string() + " " + std::to_string(count) + " " + std::to_string(seed);
  std::FILE* pipe = popen(command.c_str(), "r");
  std::vector<std::string> lines;
  std::string text;
  std::array<char, 65536> piece;
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), pipe)) text.append(piece.data(), size);
  const int status = pclose(pipe);
  if (WEXITSTATUS(status) == 3) return {};
  EXPECT_EQ(status, 0) << "sigv4_cases.py failed";
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.erase(0, end == std::string::npos ? end : end + 1);
  }
  return lines;
}

TEST(SigV4, AgreesWithBotocoreOnGeneratedRequests) {
  const auto lines = botocore_cases(600, 20261123);
  if (lines.empty()) GTEST_SKIP() << "botocore is not installed for python3 (or ITEMIZE_TEST_PYTHON)";
  EXPECT_EQ(lines.size(), 600U);
  for (const std::string& line : lines) {
    const auto parsed = json::parse(line);
    ASSERT_TRUE(parsed) << line;
    Headers headers;
    for (const json::Value& header : *parsed->find("headers")->array()) headers.emplace_back(*(*header.array())[0].string(), *(*header.array())[1].string());
    const Credentials credentials{parsed->text("access_key"), parsed->text("secret_key"), parsed->text("token"), std::nullopt, ""};
    const std::string method = parsed->text("method"), path = parsed->text("path"), query = parsed->text("query"), hash = parsed->text("payload_sha256");
    EXPECT_EQ(hash, sha256_hex(parsed->text("body")));
    Signer signer(parsed->text("region"), parsed->text("service"));
    const SigningInput input{method, path, query, headers, hash};
    std::string signed_headers;
    EXPECT_EQ(signer.authorization(input, credentials, parsed->text("date")), parsed->text("authorization")) << line << "\n" << signer.canonical_request(input, signed_headers);
  }
}

}  // namespace
}  // namespace itemize::aws
