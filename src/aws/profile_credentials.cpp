#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "aws/credential_sources.h"
#include "aws/endpoint.h"
#include "aws/sts.h"

namespace itemize::aws {
namespace {

/// A session with STS: by AWS_ENDPOINT_URL_STS and the like, or the region's own.
Result<std::shared_ptr<Session>> sts_session(const CredentialsOptions& options, const std::string& region, std::shared_ptr<CredentialsProvider> provider) {
  LocationOptions where{options.environment, options.profile, options.region.empty() ? region : options.region, {}};
  Location location = TRY(locate("sts", where));
  if (location.region.empty()) {
    where.region = "us-east-1";
    location = TRY(locate("sts", where));
  }
  auto session = std::make_shared<Session>();
  session->service = "sts";
  session->region = location.region;
  session->endpoint = TRY(parse_url(location.endpoint));
  session->credentials = std::move(provider);
  session->http = options.http;
  return session;
}

Result<std::string> read_token(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail_errno("cannot read the web identity token file '" + path + "'");
  std::ostringstream text;
  text << file.rdbuf();
  std::string token = std::move(text).str();
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  return token;
}

Found by_web_identity(const CredentialsOptions& options, const std::string& token_file, RoleRequest role) {
  if (role.role_arn.empty()) return fail(ErrorCode::invalid_input, "a web identity token file is set, but no role (AWS_ROLE_ARN or role_arn)");
  const std::string token = TRY(read_token(token_file));
  const auto session = TRY(sts_session(options, {}, fixed_credentials({})));
  return TRY(assume_role_with_web_identity(*session, role, token));
}

/// Follows profiles: each may name another as the source of the keys that its role is assumed with.
class ProfileResolver {
 public:
  ProfileResolver(const CredentialsOptions& options, const ProfileFiles& files) : options_(options), files_(files) {}

  Found resolve(const std::string& name) {
    const Profile* profile = files_.find(name);
    if (profile == nullptr) return std::nullopt;
    const bool seen = std::ranges::find(visited_, name) != visited_.end();
    visited_.push_back(name);
    if (!setting(profile, "role_arn").empty() && !seen) return by_role(name, profile);
    // A profile may name itself as its source: then its own keys count.
    auto keys = by_keys(name, profile);
    if (!keys || *keys || seen) return keys;
    if (!setting(profile, "sso_session").empty() || !setting(profile, "sso_start_url").empty()) return sso_is_not_supported(name);
    if (const std::string command = setting(profile, "credential_process"); !command.empty()) return process_credentials(command);
    return std::nullopt;
  }

 private:
  Found by_role(const std::string& name, const Profile* profile) {
    RoleRequest role{setting(profile, "role_arn"), setting(profile, "role_session_name"), setting(profile, "external_id"), std::atoi(setting(profile, "duration_seconds").c_str())};
    if (const std::string file = setting(profile, "web_identity_token_file"); !file.empty()) return by_web_identity(options_, file, role);
    if (!setting(profile, "mfa_serial").empty()) {
      return fail(ErrorCode::permission, "profile '" + name + "' needs an MFA code, which an unattended program cannot ask for",
                  "sign in first: eval \"$(aws configure export-credentials --profile " + name + " --format env)\"");
    }
    auto source = TRY(source_of(name, profile));
    if (!source) return fail(ErrorCode::permission, "profile '" + name + "' has a role_arn but no credentials to assume it with", "add source_profile or credential_source to it");
    const auto session = TRY(sts_session(options_, setting(profile, "region"), fixed_credentials(*std::move(source))));
    return TRY_WITH("profile '" + name + "'", assume_role(session, role));
  }

  Found source_of(const std::string& name, const Profile* profile) {
    if (const std::string source = setting(profile, "source_profile"); !source.empty()) {
      if (files_.find(source) == nullptr) return fail(ErrorCode::invalid_input, "profile '" + name + "' names the source_profile '" + source + "', which does not exist");
      if (source != name && std::ranges::find(visited_, source) != visited_.end()) return fail(ErrorCode::invalid_input, "profiles '" + name + "' and '" + source + "' name each other as source_profile");
      return resolve(source);
    }
    const std::string source = setting(profile, "credential_source");
    if (source == "Environment") return environment_credentials(options_.environment);
    if (source == "Ec2InstanceMetadata") return instance_credentials(options_);
    if (source == "EcsContainer") return container_credentials(options_);
    if (!source.empty()) return fail(ErrorCode::invalid_input, "profile '" + name + "' has the unknown credential_source '" + source + "'", "Environment, Ec2InstanceMetadata and EcsContainer are known");
    return std::nullopt;
  }

  static Found by_keys(const std::string& name, const Profile* profile) {
    Credentials credentials;
    credentials.access_key_id = setting(profile, "aws_access_key_id");
    credentials.secret_access_key = setting(profile, "aws_secret_access_key");
    credentials.session_token = setting(profile, "aws_session_token");
    credentials.source = "profile '" + name + "'";
    if (credentials.access_key_id.empty()) return std::nullopt;
    if (credentials.secret_access_key.empty()) return fail(ErrorCode::permission, "profile '" + name + "' has an aws_access_key_id but no aws_secret_access_key");
    return credentials;
  }

  static Found sso_is_not_supported(const std::string& name) {
    return fail(ErrorCode::permission, "profile '" + name + "' signs in by IAM Identity Center (SSO), which itemize leaves to the AWS CLI",
                "run `aws sso login --profile " + name + "`, then add to a profile: credential_process = aws configure export-credentials --profile " + name);
  }

  const CredentialsOptions& options_;
  const ProfileFiles& files_;
  std::vector<std::string> visited_;
};

}  // namespace

Found web_identity_credentials(const CredentialsOptions& options, const Clock&) {
  const std::string file = options.environment("AWS_WEB_IDENTITY_TOKEN_FILE").value_or("");
  if (file.empty()) return std::nullopt;
  return by_web_identity(options, file, {options.environment("AWS_ROLE_ARN").value_or(""), options.environment("AWS_ROLE_SESSION_NAME").value_or(""), {}, 0});
}

Found profile_credentials(const CredentialsOptions& options, const Clock&) {
  const ProfileFiles files = TRY(read_profiles(options.environment));
  const std::string name = profile_name(options.environment, options.profile);
  if (files.find(name) == nullptr && name != "default") {
    return fail(ErrorCode::not_found, "the AWS profile '" + name + "' is in neither ~/.aws/config nor ~/.aws/credentials", "check AWS_PROFILE");
  }
  return ProfileResolver(options, files).resolve(name);
}

}  // namespace itemize::aws
