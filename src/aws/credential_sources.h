// The places that credentials may come from. Each gives credentials, nothing (not set up here: look further), or an Error (set up, but failing).
#pragma once

#include <optional>
#include <string>

#include "aws/credentials.h"
#include "aws/profile.h"

namespace itemize::aws {

using Found = Result<std::optional<Credentials>>;

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
Found environment_credentials(const Environment& environment);

/// AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME.
Found web_identity_credentials(const CredentialsOptions& options, const Clock& clock);

/// The profile: role_arn with source_profile or credential_source, web_identity_token_file, keys, credential_process.
Found profile_credentials(const CredentialsOptions& options, const Clock& clock);

/// credential_process: runs the command (by /bin/sh) and reads its JSON, version 1.
Found process_credentials(const std::string& command);

/// ECS, EKS Pod Identity, Greengrass: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI.
Found container_credentials(const CredentialsOptions& options);

/// The role of the EC2 instance, by IMDSv2. Nothing where AWS_EC2_METADATA_DISABLED, or where no such service answers.
Found instance_credentials(const CredentialsOptions& options);

/// {"AccessKeyId":..,"SecretAccessKey":..,"Token" or "SessionToken":..,"Expiration":..} as all of them write it. `where` is for errors.
Result<Credentials> parse_credentials_json(std::string_view text, std::string where);

/// "2026-11-23T08:34:27Z", also with fractions and offsets, as a time.
std::optional<Clock::Time> parse_iso_time(std::string_view text);

}  // namespace itemize::aws
