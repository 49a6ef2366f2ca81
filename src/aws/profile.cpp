#include "aws/profile.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/text.h"

namespace itemize::aws {
namespace {

/// The section's settings, or null for a section that is not ours to read.
Profile* section(std::string_view header, bool is_config_file, ProfileFiles& into) {
  const std::string_view name = trimmed(header);
  if (!is_config_file || name == "default") return &into.profiles[std::string(name)];
  const std::size_t gap = name.find_first_of(" \t");
  if (gap == std::string_view::npos) return nullptr;
  const std::string_view kind = name.substr(0, gap);
  std::string_view rest = trimmed(name.substr(gap));
  if (rest.size() >= 2 && (rest.front() == '"' || rest.front() == '\'') && rest.back() == rest.front())
    rest = rest.substr(1, rest.size() - 2);
  if (kind == "profile") return &into.profiles[std::string(rest)];
  if (kind == "services") return &into.services[std::string(rest)];
  if (kind == "sso-session") return &into.sso_sessions[std::string(rest)];
  return nullptr;
}

/// "value ; comment" -> "value": a comment needs white space before it.
std::string_view without_comment(std::string_view value) {
  for (std::size_t i = 1; i < value.size(); ++i) {
    if ((value[i] == '#' || value[i] == ';') && (value[i - 1] == ' ' || value[i - 1] == '\t')) return trimmed(value.substr(0, i));
  }
  return value;
}

Result<std::string> read_if_present(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return std::string();
    return fail_errno("cannot read '" + path + "'");
  }
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::string expanded(std::string path, const std::string& home) { return path.starts_with("~/") ? home + path.substr(1) : path; }

}  // namespace

const Profile* ProfileFiles::find(std::string_view name) const {
  const auto found = profiles.find(name);
  return found == profiles.end() ? nullptr : &found->second;
}

void parse_profiles(std::string_view text, bool is_config_file, ProfileFiles& into) {
  Profile* current = nullptr;
  std::string parent;  // of indented settings
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::string_view content = trimmed(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') continue;
    if (line.front() == '[') {
      current = section(content.substr(1, content.find(']') - 1), is_config_file, into);
      parent.clear();
      continue;
    }
    const std::size_t equals = content.find('=');
    if (current == nullptr || equals == std::string_view::npos) continue;
    const std::string name = lower(trimmed(content.substr(0, equals)));
    const std::string_view value = without_comment(trimmed(content.substr(equals + 1)));
    const bool nested = (line.front() == ' ' || line.front() == '\t') && !parent.empty();
    if (nested)
      (*current)[parent + "." + name] = value;
    else {
      (*current)[name] = value;
      parent = value.empty() ? name : "";
    }
  }
}

Result<ProfileFiles> read_profiles(const Environment& environment) {
  const std::string home = environment("HOME").value_or("");
  const auto path = [&](const char* variable, const char* standard) {
    const std::string named = environment(variable).value_or("");
    return named.empty() ? (home.empty() ? std::string() : home + standard) : expanded(named, home);
  };
  ProfileFiles files;
  const std::string config = path("AWS_CONFIG_FILE", "/.aws/config");
  const std::string credentials = path("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
  if (!config.empty()) parse_profiles(TRY(read_if_present(config)), true, files);
  if (!credentials.empty()) parse_profiles(TRY(read_if_present(credentials)), false, files);
  return files;
}

std::string setting(const Profile* profile, std::string_view name) {
  if (profile == nullptr) return {};
  const auto found = profile->find(name);
  return found == profile->end() ? std::string() : found->second;
}

std::string profile_name(const Environment& environment, std::string_view asked) {
  if (!asked.empty()) return std::string(asked);
  std::string name = environment("AWS_PROFILE").value_or("");
  if (name.empty()) name = environment("AWS_DEFAULT_PROFILE").value_or("");
  return name.empty() ? "default" : name;
}

}  // namespace itemize::aws
