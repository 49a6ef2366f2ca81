// AWS Signature Version 4, headers form (docs.aws.amazon.com, IAM User Guide, "Create a signed AWS API request").
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "aws/credentials.h"
#include "base/digest.h"

namespace itemize::aws {

/// What is signed. `path` and `query` as they go over the wire.
struct SigningInput {
  std::string_view method;
  std::string_view path;         ///< Percent-encoded; "/" at least.
  std::string_view query;        ///< Without '?'; percent-encoded.
  /// Name and value of each header to be signed; host and x-amz-date among them. Any order, any case.
  std::span<const std::pair<std::string_view, std::string_view>> headers;
  std::string_view payload_sha256;  ///< Hex.
};

/// "20150830T123600Z", as X-Amz-Date wants it.
std::string amz_date(std::chrono::system_clock::time_point time);

/// Signs for one region and service. Keeps the signing key of the day. One thread.
class Signer {
 public:
  /// S3 signs paths as they are; all other services normalise them and encode them once more.
  Signer(std::string region, std::string service) : region_(std::move(region)), service_(std::move(service)) {}

  /// The value of the Authorization header. `date` is the text of X-Amz-Date.
  std::string authorization(const SigningInput& input, const Credentials& credentials, std::string_view date);

  /// The text that is hashed and signed (step 1), for tests and for those who look for a difference.
  std::string canonical_request(const SigningInput& input, std::string& signed_headers) const;

 private:
  const Digest& signing_key(const Credentials& credentials, std::string_view day);

  std::string region_;
  std::string service_;
  std::string key_day_;
  std::string key_secret_;       // what key_ was made of
  Digest key_{};
};

}  // namespace itemize::aws
