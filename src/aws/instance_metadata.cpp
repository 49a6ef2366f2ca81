#include "aws/instance_metadata.h"

#include "aws/credential_sources.h"

namespace itemize::aws {
namespace {

constexpr std::string_view kTokenTtl = "X-aws-ec2-metadata-token-ttl-seconds: 21600";
constexpr std::size_t kMostBytes = 64 << 10;

std::string endpoint_of(const Environment& environment) {
  const std::string disabled = environment("AWS_EC2_METADATA_DISABLED").value_or("");
  if (disabled == "true" || disabled == "TRUE" || disabled == "True") return {};
  std::string endpoint = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("");
  if (endpoint.empty()) {
    const std::string mode = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").value_or("");
    endpoint = mode == "IPv6" || mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  }
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint;
}

}  // namespace

InstanceMetadata::InstanceMetadata(const Environment& environment) : endpoint_(endpoint_of(environment)) {}

bool InstanceMetadata::start() {
  if (!token_.empty()) return true;
  if (endpoint_.empty()) return false;
  HttpOptions options;
  options.connect_timeout = timeout_;
  options.use_proxy = false;
  auto client = HttpClient::open(options);
  if (!client) return false;
  client_ = *std::move(client);
  HttpRequest request;
  request.method = "PUT";
  const std::string url = endpoint_ + "/latest/api/token";
  request.url = url;
  request.headers = {kTokenTtl};
  request.timeout = timeout_;
  request.most_response_bytes = kMostBytes;
  HttpResponse response = fetch(*client_, request);
  if (response.delivery != Delivery::answered || response.status != 200) {
    endpoint_.clear();  // nobody there: do not wait for it again
    return false;
  }
  token_ = response.body;
  return !token_.empty();
}

std::string InstanceMetadata::get(const std::string& path) {
  if (!start()) return {};
  const std::string url = endpoint_ + "/latest/" + path;
  const std::string token = "X-aws-ec2-metadata-token: " + token_;
  HttpRequest request;
  request.method = "GET";
  request.url = url;
  request.headers = {token};
  request.timeout = timeout_;
  request.most_response_bytes = kMostBytes;
  HttpResponse response = fetch(*client_, request);
  return response.delivery == Delivery::answered && response.status == 200 ? response.body : std::string();
}

std::string instance_region(const Environment& environment) { return InstanceMetadata(environment).get("meta-data/placement/region"); }

Found instance_credentials(const CredentialsOptions& options) {
  InstanceMetadata metadata(options.environment);
  std::string role = metadata.get("meta-data/iam/security-credentials/");
  role = role.substr(0, role.find('\n'));
  if (role.empty()) return std::nullopt;
  const std::string text = metadata.get("meta-data/iam/security-credentials/" + role);
  if (text.empty()) return fail(ErrorCode::unavailable, "the instance metadata service names the role '" + role + "' but gives no credentials for it");
  return TRY(parse_credentials_json(text, "EC2 instance metadata"));
}

}  // namespace itemize::aws
