// STS: who we are, and roles assumed (AWS STS API reference; query protocol, XML answers).
#pragma once

#include <memory>
#include <string>

#include "aws/session.h"

namespace itemize::aws {

struct CallerIdentity {
  std::string account;
  std::string arn;
};

/// GetCallerIdentity: allowed to everybody who has credentials at all.
Result<CallerIdentity> caller_identity(std::shared_ptr<Session> sts_session);

struct RoleRequest {
  std::string role_arn;
  std::string session_name;
  std::string external_id;      ///< Empty: none.
  int duration_seconds = 0;     ///< 0: the role's own.
};

/// AssumeRole, signed with the session's credentials.
Result<Credentials> assume_role(std::shared_ptr<Session> sts_session, const RoleRequest& request);

/// AssumeRoleWithWebIdentity: unsigned; the token is the proof.
Result<Credentials> assume_role_with_web_identity(const Session& sts_session, const RoleRequest& request, const std::string& token);

/// The text of the first element <name> of an XML answer, entities resolved; empty where there is none.
std::string xml_text(std::string_view xml, std::string_view name);

}  // namespace itemize::aws
