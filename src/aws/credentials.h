// Credentials: who we are to AWS, from every standard place in the standard order, refreshed before they run out.
//
// Secrets live in these values only: no function of this room prints, logs or stores one, and no Error holds one.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aws/http.h"
#include "base/clock.h"
#include "base/error.h"

namespace itemize::aws {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;                ///< Empty for long-lived keys.
  std::optional<Clock::Time> expires_at;    ///< None: they do not run out, as far as we know.
  std::string source;                       ///< For people: "environment", "profile 'dev'", "EC2 instance metadata".
};

using SharedCredentials = std::shared_ptr<const Credentials>;

/// Gives credentials and renews them. Thread-safe.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  /// Valid ones, cached. Blocks while new ones are fetched and the old ones have run out; with time left, one caller fetches and
  /// the others go on with the old ones.
  virtual Result<SharedCredentials> get() = 0;
  /// AWS said that these have expired: the next get() fetches new ones. An Error (permission) if there can be no newer ones.
  virtual Result<void> expired(const SharedCredentials& used) = 0;
};

/// Fixed credentials (tests, DynamoDB Local).
std::shared_ptr<CredentialsProvider> fixed_credentials(Credentials credentials);

/// How an environment variable is read: tests bring their own environment.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment process_environment();

struct CredentialsOptions {
  Environment environment = process_environment();
  std::string profile;                      ///< Empty: AWS_PROFILE, then "default". Given: environment keys are passed over.
  std::string region;                       ///< For STS; empty: the profile's, then us-east-1.
  HttpOptions http;
  bool dummy_if_none = false;               ///< The endpoint is a loopback address (DynamoDB Local): none found is no error.
};

/// The standard chain: environment, assume role of the profile, web identity, profile keys, credential_process, container, IMDSv2.
/// Nothing is fetched before the first get().
std::shared_ptr<CredentialsProvider> default_credentials(CredentialsOptions options, std::shared_ptr<const Clock> clock);

}  // namespace itemize::aws
