// Region and endpoint of a service: partitions, FIPS, dual stack, and what the environment or the profile says instead.
#pragma once

#include <string>
#include <string_view>

#include "aws/profile.h"

namespace itemize::aws {

/// A part of AWS with its own names: aws, aws-cn, aws-us-gov, ...
struct Partition {
  std::string_view name;
  std::string_view suffix;             ///< "amazonaws.com"
  std::string_view dual_stack_suffix;  ///< "api.aws"; empty: no dual stack there.
};
const Partition& partition_of(std::string_view region);

struct EndpointVariant {
  bool fips = false;
  bool dual_stack = false;
};

/// "https://dynamodb.eu-west-1.amazonaws.com". `service` is "dynamodb", "sts", ... Errors: no dual stack in that partition.
Result<std::string> standard_endpoint(std::string_view service, std::string_view region, EndpointVariant variant);

/// What of AWS's settings concerns where to go. Empty fields: not set anywhere.
struct Location {
  std::string region;
  std::string endpoint;
  bool endpoint_given = false;  ///< By the model, the environment or the profile: not made from the region.
};

struct LocationOptions {
  Environment environment = process_environment();
  std::string profile;
  std::string region;           ///< The model's.
  std::string endpoint;         ///< The model's.
};

/// The region: the model's, AWS_REGION, AWS_DEFAULT_REGION, the profile's; empty if none names one (the instance's may follow).
/// The endpoint: the model's, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's (AWS_IGNORE_CONFIGURED_ENDPOINT_URLS heeded),
/// or the service's own in the region with AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT. A loopback endpoint needs no region.
Result<Location> locate(std::string_view service, const LocationOptions& options);

/// AWS_CA_BUNDLE, the profile's ca_bundle, CURL_CA_BUNDLE, SSL_CERT_FILE; empty: the system's.
std::string ca_bundle(const Environment& environment, const Profile* profile);

}  // namespace itemize::aws
