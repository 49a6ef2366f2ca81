#include "aws/sts.h"

#include <array>

#include "aws/credential_sources.h"

namespace itemize::aws {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded; charset=utf-8";

std::string form_encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char byte : text) {
    const bool plain = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
    if (plain) {
      out += byte;
      continue;
    }
    const auto value = static_cast<unsigned char>(byte);
    out += '%';
    out += digits[value >> 4];
    out += digits[value & 15];
  }
  return out;
}

std::string role_form(std::string_view action, const RoleRequest& request) {
  std::string body = "Action=";
  body.append(action).append("&Version=2011-06-15&RoleArn=").append(form_encoded(request.role_arn));
  body.append("&RoleSessionName=").append(form_encoded(request.session_name.empty() ? "itemize" : request.session_name));
  if (!request.external_id.empty()) body.append("&ExternalId=").append(form_encoded(request.external_id));
  if (request.duration_seconds > 0) body.append("&DurationSeconds=").append(std::to_string(request.duration_seconds));
  return body;
}

Result<Credentials> credentials_of(std::string_view xml, const std::string& role_arn) {
  Credentials credentials;
  credentials.access_key_id = xml_text(xml, "AccessKeyId");
  credentials.secret_access_key = xml_text(xml, "SecretAccessKey");
  credentials.session_token = xml_text(xml, "SessionToken");
  credentials.expires_at = parse_iso_time(xml_text(xml, "Expiration"));
  credentials.source = "the role " + role_arn;
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) return fail(ErrorCode::permission, "STS gave no credentials for the role " + role_arn);
  return credentials;
}

}  // namespace

std::string xml_text(std::string_view xml, std::string_view name) {
  const std::string open = "<" + std::string(name) + ">";
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t start = begin + open.size();
  std::string_view raw = xml.substr(start, xml.find("</", start) - start);
  static constexpr std::array<std::pair<std::string_view, char>, 5> entities = {{{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  std::string out;
  while (!raw.empty()) {
    bool replaced = false;
    for (const auto& [entity, letter] : entities) {
      if (!raw.starts_with(entity)) continue;
      out += letter;
      raw.remove_prefix(entity.size());
      replaced = true;
      break;
    }
    if (replaced) continue;
    out += raw.front();
    raw.remove_prefix(1);
  }
  return out;
}

Result<CallerIdentity> caller_identity(std::shared_ptr<Session> sts_session) {
  const auto connection = TRY(Connection::open(std::move(sts_session)));
  Call call;
  call.content_type = kForm;
  call.body = "Action=GetCallerIdentity&Version=2011-06-15";
  const std::string xml = TRY_WITH("asking STS who we are", connection->call_until(call, std::chrono::seconds(15)));
  return CallerIdentity{xml_text(xml, "Account"), xml_text(xml, "Arn")};
}

Result<Credentials> assume_role(std::shared_ptr<Session> sts_session, const RoleRequest& request) {
  const auto connection = TRY(Connection::open(std::move(sts_session)));
  const std::string body = role_form("AssumeRole", request);
  Call call;
  call.content_type = kForm;
  call.body = body;
  const std::string xml = TRY_WITH("assuming the role " + request.role_arn, connection->call_until(call, std::chrono::seconds(15)));
  return credentials_of(xml, request.role_arn);
}

Result<Credentials> assume_role_with_web_identity(const Session& sts_session, const RoleRequest& request, const std::string& token) {
  const auto client = TRY(HttpClient::open(sts_session.http));
  const std::string body = role_form("AssumeRoleWithWebIdentity", request) + "&WebIdentityToken=" + form_encoded(token);
  const std::string url = sts_session.endpoint.origin() + sts_session.endpoint.path;
  const std::string content_type = "Content-Type: " + std::string(kForm);
  HttpRequest http;
  http.url = url;
  http.body = body;
  http.headers = {content_type, "Expect:"};
  const HttpResponse response = fetch(*client, http);
  if (response.delivery != Delivery::answered) return fail(ErrorCode::unavailable, "cannot reach " + sts_session.endpoint.origin() + ": " + response.failure);
  if (response.status != 200) {
    return std::unexpected(parse_service_error(response.status, response.body, response.error_type, response.request_id).to_error().with("assuming the role " + request.role_arn + " by web identity"));
  }
  return credentials_of(response.body, request.role_arn);
}

}  // namespace itemize::aws
