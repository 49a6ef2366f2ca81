#include "aws/session.h"

#include "aws/endpoint.h"
#include "aws/instance_metadata.h"

namespace itemize::aws {

Result<std::shared_ptr<Session>> open_session(std::string_view service, const SessionOptions& options) {
  const ProfileFiles files = TRY(read_profiles(options.environment));
  const Profile* profile = files.find(profile_name(options.environment, options.profile));
  Location location = TRY(locate(service, {options.environment, options.profile, options.region, options.endpoint}));
  auto session = std::make_shared<Session>();
  session->http.ca_file = ca_bundle(options.environment, profile);
  if (location.region.empty()) {
    const std::string region = instance_region(options.environment);
    if (region.empty()) {
      return fail(ErrorCode::invalid_input, "no AWS region is set",
                  "write `target: { region: eu-west-1 }` in itemize.yaml, or set AWS_REGION, or a region in the profile of ~/.aws/config");
    }
    location = TRY(locate(service, {options.environment, options.profile, region, options.endpoint}));
  }
  session->service = service;
  session->region = location.region;
  session->endpoint = TRY(parse_url(location.endpoint));
  session->clock = options.clock;
  CredentialsOptions credentials;
  credentials.environment = options.environment;
  credentials.profile = options.profile;
  credentials.region = location.region;
  credentials.http = session->http;
  credentials.dummy_if_none = session->endpoint.is_loopback();
  session->credentials = default_credentials(std::move(credentials), session->clock);
  return session;
}

}  // namespace itemize::aws
