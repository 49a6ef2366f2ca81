// Profiles: ~/.aws/config and ~/.aws/credentials, as the AWS CLI and SDKs read them
// (AWS SDKs and Tools Reference Guide, "Shared config and credentials files").
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "base/error.h"

namespace itemize::aws {

/// Settings of one profile by name, lower case. Nested settings ("s3 =" and indented lines) are "s3.name".
using Profile = std::map<std::string, std::string, std::less<>>;

struct ProfileFiles {
  std::map<std::string, Profile, std::less<>> profiles;       ///< Both files together; the credentials file wins.
  std::map<std::string, Profile, std::less<>> services;       ///< [services NAME] sections of the config file.
  std::map<std::string, Profile, std::less<>> sso_sessions;

  const Profile* find(std::string_view name) const;
};

/// Adds the text of one file. In the config file a section is "profile NAME" (or "default"), in the credentials file "NAME".
void parse_profiles(std::string_view text, bool is_config_file, ProfileFiles& into);

/// AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, or the files under HOME. A missing file is empty; an unreadable one an Error.
Result<ProfileFiles> read_profiles(const Environment& environment);

/// The value of a setting; empty where absent.
std::string setting(const Profile* profile, std::string_view name);

/// The profile in use: `asked`, or AWS_PROFILE, or "default".
std::string profile_name(const Environment& environment, std::string_view asked);

}  // namespace itemize::aws
