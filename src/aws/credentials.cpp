#include "aws/credentials.h"

#include <cstdlib>
#include <mutex>

#include "aws/credential_sources.h"

namespace itemize::aws {
namespace {

// As the AWS SDKs do: with less than 15 minutes left one caller fetches new ones; with less than one, everybody waits for them.
constexpr auto kRenewEarly = std::chrono::minutes(15);
constexpr auto kMustRenew = std::chrono::minutes(1);
/// A source that only has short-lived credentials, or fails, is not asked at every request.
constexpr auto kBetweenAttempts = std::chrono::seconds(30);

class FixedProvider final : public CredentialsProvider {
 public:
  explicit FixedProvider(Credentials credentials) : credentials_(std::make_shared<const Credentials>(std::move(credentials))) {}
  Result<SharedCredentials> get() override { return credentials_; }
  Result<void> expired(const SharedCredentials&) override {
    return fail(ErrorCode::permission, "the AWS credentials from " + credentials_->source + " have expired", "sign in again and run the same command; finished work is kept");
  }

 private:
  SharedCredentials credentials_;
};

class ChainProvider final : public CredentialsProvider {
 public:
  ChainProvider(CredentialsOptions options, std::shared_ptr<const Clock> clock) : options_(std::move(options)), clock_(std::move(clock)) {}

  Result<SharedCredentials> get() override {
    SharedCredentials current = cached();
    if (!current) return fetch_once(nullptr);
    if (!current->expires_at) return current;
    const auto left = *current->expires_at - clock_->utc();
    if (left > kRenewEarly || !attempt_is_due()) return left > Clock::Time::duration::zero() ? Result<SharedCredentials>(current) : fetch_once(current);
    if (left < kMustRenew) return fetch_once(current);
    const std::unique_lock fetching(fetch_lock_, std::try_to_lock);
    if (!fetching) return current;
    if (auto renewed = fetch(); renewed) return renewed;
    return current;  // still valid: trouble with renewing them can wait until they are not
  }

  Result<void> expired(const SharedCredentials& used) override {
    const SharedCredentials renewed = TRY(fetch_once(used));
    if (renewed->access_key_id == used->access_key_id && renewed->session_token == used->session_token) {
      return fail(ErrorCode::permission, "the AWS credentials from " + used->source + " have expired", "sign in again and run the same command; finished work is kept");
    }
    return {};
  }

 private:
  SharedCredentials cached() const {
    const std::lock_guard guard(lock_);
    return credentials_;
  }

  bool attempt_is_due() const {
    const std::lock_guard guard(lock_);
    return clock_->now() - last_attempt_ >= kBetweenAttempts;
  }

  /// Fetches unless somebody else has put other credentials in place of `old` meanwhile.
  Result<SharedCredentials> fetch_once(const SharedCredentials& old) {
    const std::lock_guard fetching(fetch_lock_);
    if (const SharedCredentials current = cached(); current && current != old) return current;
    return fetch();
  }

  Result<SharedCredentials> fetch() {  // under fetch_lock_
    auto found = search();
    const std::lock_guard guard(lock_);
    last_attempt_ = clock_->now();
    if (!found) return std::unexpected(std::move(found).error());
    credentials_ = std::make_shared<const Credentials>(*std::move(found));
    return credentials_;
  }

  Result<Credentials> search() {
    using Place = Found (*)(const CredentialsOptions&, const Clock&);
    static constexpr Place places[] = {
        [](const CredentialsOptions& options, const Clock&) -> Found {
          if (!options.profile.empty()) return std::nullopt;
          return environment_credentials(options.environment);
        },
        web_identity_credentials,
        profile_credentials,
        [](const CredentialsOptions& options, const Clock&) -> Found { return container_credentials(options); },
        [](const CredentialsOptions& options, const Clock&) -> Found {
          if (options.dummy_if_none) return std::nullopt;
          return instance_credentials(options);
        },
    };
    for (const Place place : places) {
      auto found = TRY(place(options_, *clock_));
      if (found) return *std::move(found);
    }
    if (options_.dummy_if_none) return Credentials{"itemizelocal", "itemizelocal", "", std::nullopt, "nowhere (a local endpoint needs none)"};
    return fail(ErrorCode::permission, "no AWS credentials were found (environment, ~/.aws, web identity, container, instance metadata)",
                "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with the aws command; see docs/aws.md");
  }

  const CredentialsOptions options_;
  const std::shared_ptr<const Clock> clock_;
  std::mutex fetch_lock_;              // held while fetching
  mutable std::mutex lock_;            // guards what follows
  SharedCredentials credentials_;
  Clock::Instant last_attempt_{};
};

}  // namespace

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

std::shared_ptr<CredentialsProvider> fixed_credentials(Credentials credentials) { return std::make_shared<FixedProvider>(std::move(credentials)); }

std::shared_ptr<CredentialsProvider> default_credentials(CredentialsOptions options, std::shared_ptr<const Clock> clock) {
  return std::make_shared<ChainProvider>(std::move(options), std::move(clock));
}

}  // namespace itemize::aws
