#include "aws/credential_sources.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>

#include "base/json.h"

namespace itemize::aws {
namespace {

constexpr std::size_t kMostBytes = 64 << 10;

bool may_be_asked(const Url& url) {
  // The SDKs' rule: plain http only to this machine and to the container agents' fixed addresses.
  return url.scheme == "https" || url.is_loopback() || url.host == "169.254.170.2" || url.host == "169.254.170.23" || url.host == "fd00:ec2::23";
}

Result<std::string> container_token(const Environment& environment) {
  std::string token;
  if (const std::string path = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").value_or(""); !path.empty()) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail_errno("cannot read AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE '" + path + "'");
    std::ostringstream text;
    text << file.rdbuf();
    token = std::move(text).str();
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  } else {
    token = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
  }
  if (token.find_first_of("\r\n") != std::string::npos) return fail(ErrorCode::invalid_input, "the container's authorization token holds a line break");
  return token;
}

}  // namespace

std::optional<Clock::Time> parse_iso_time(std::string_view text) {
  const std::string copy(text);
  std::tm parts{};
  const char* rest = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  if (*rest == '.') {
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest) {}
  }
  long offset = 0;
  if (*rest == '+' || *rest == '-') {
    int hours = 0;
    int minutes = 0;
    if (std::sscanf(rest + 1, "%2d:%2d", &hours, &minutes) < 1) return std::nullopt;
    offset = (*rest == '-' ? -1 : 1) * (hours * 3600L + minutes * 60L);
  } else if (*rest != 'Z' && *rest != '\0') {
    return std::nullopt;
  }
  return Clock::Time(std::chrono::seconds(timegm(&parts) - offset));
}

Result<Credentials> parse_credentials_json(std::string_view text, std::string where) {
  const auto parsed = json::parse(text);
  if (!parsed || parsed->object() == nullptr) return fail(ErrorCode::permission, "credentials from " + where + " are not a JSON object");
  const std::string code = parsed->text("Code", "Success");
  if (code != "Success") return fail(ErrorCode::permission, "no credentials from " + where + ": " + code + " " + parsed->text("Message"));
  Credentials credentials;
  credentials.access_key_id = parsed->text("AccessKeyId");
  credentials.secret_access_key = parsed->text("SecretAccessKey");
  credentials.session_token = parsed->text("SessionToken", parsed->text("Token"));
  credentials.expires_at = parse_iso_time(parsed->text("Expiration"));
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return fail(ErrorCode::permission, "credentials from " + where + " lack AccessKeyId or SecretAccessKey");
  }
  credentials.source = std::move(where);
  return credentials;
}

Found environment_credentials(const Environment& environment) {
  Credentials credentials;
  credentials.access_key_id = environment("AWS_ACCESS_KEY_ID").value_or("");
  credentials.secret_access_key = environment("AWS_SECRET_ACCESS_KEY").value_or("");
  credentials.session_token = environment("AWS_SESSION_TOKEN").value_or("");
  credentials.expires_at = parse_iso_time(environment("AWS_CREDENTIAL_EXPIRATION").value_or(""));
  credentials.source = "the environment (AWS_ACCESS_KEY_ID)";
  if (credentials.access_key_id.empty()) return std::nullopt;
  if (credentials.secret_access_key.empty()) return fail(ErrorCode::permission, "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not", "set both or neither");
  return credentials;
}

Found process_credentials(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "re");
  if (pipe == nullptr) return fail_errno("cannot run the profile's credential_process");
  std::string text;
  std::array<char, 4096> piece;
  std::size_t size = 0;
  while (text.size() < kMostBytes && (size = std::fread(piece.data(), 1, piece.size(), pipe)) > 0) text.append(piece.data(), size);
  const int status = pclose(pipe);
  if (status != 0) return fail(ErrorCode::permission, "the profile's credential_process failed (status " + std::to_string(status >> 8) + ")", "run it by hand: `" + command + "`");
  return TRY(parse_credentials_json(text, "credential_process"));
}

Found container_credentials(const CredentialsOptions& options) {
  const std::string relative = options.environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").value_or("");
  const std::string full = options.environment("AWS_CONTAINER_CREDENTIALS_FULL_URI").value_or("");
  if (relative.empty() && full.empty()) return std::nullopt;
  const std::string address = relative.empty() ? full : "http://169.254.170.2" + relative;
  const Url url = TRY_WITH("AWS_CONTAINER_CREDENTIALS_FULL_URI", parse_url(address));
  if (!may_be_asked(url)) {
    return fail(ErrorCode::invalid_input, "AWS_CONTAINER_CREDENTIALS_FULL_URI names the host '" + url.host + "' without https",
                "plain http is allowed for loopback and for the container agents' addresses only");
  }
  const std::string token = TRY(container_token(options.environment));
  HttpOptions http = options.http;
  if (url.scheme == "http") http.use_proxy = false;
  http.connect_timeout = std::chrono::milliseconds(2'000);
  const auto client = TRY(HttpClient::open(http));
  HttpRequest request;
  request.method = "GET";
  request.url = address;
  const std::string header = "Authorization: " + token;
  if (!token.empty()) request.headers = {header};
  request.timeout = std::chrono::milliseconds(5'000);
  request.most_response_bytes = kMostBytes;
  HttpResponse response = fetch(*client, request);
  if (response.delivery != Delivery::answered) return fail(ErrorCode::unavailable, "no container credentials from " + url.origin() + ": " + response.failure);
  if (response.status != 200) return fail(ErrorCode::permission, "no container credentials from " + url.origin() + ": HTTP " + std::to_string(response.status));
  return TRY(parse_credentials_json(response.body, "the container (" + url.origin() + ")"));
}

}  // namespace itemize::aws
