#include "aws/endpoint.h"

#include <array>

namespace itemize::aws {
namespace {

struct RegionPrefix {
  std::string_view prefix;
  Partition partition;
};

// From botocore's partitions.json. The first prefix that fits counts.
constexpr std::array<RegionPrefix, 7> kPartitions = {{
    {"cn-", {"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"}},
    {"us-gov-", {"aws-us-gov", "amazonaws.com", "api.aws"}},
    {"us-iso-", {"aws-iso", "c2s.ic.gov", "api.aws.ic.gov"}},
    {"us-isob-", {"aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"}},
    {"eu-isoe-", {"aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"}},
    {"us-isof-", {"aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"}},
    {"eusc-", {"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"}},
}};
constexpr Partition kStandard = {"aws", "amazonaws.com", "api.aws"};

bool is_true(std::string_view text) { return text == "true" || text == "TRUE" || text == "True"; }

std::string first_of(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = environment(name).value_or(""); !value.empty()) return value;
  }
  return {};
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& letter : out) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 32);
  }
  return out;
}

std::string configured_endpoint(std::string_view service, const Environment& environment, const ProfileFiles& files, const Profile* profile) {
  if (is_true(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").value_or(setting(profile, "ignore_configured_endpoint_urls")))) return {};
  const std::string own = "AWS_ENDPOINT_URL_" + upper(service);
  if (std::string url = first_of(environment, {own.c_str(), "AWS_ENDPOINT_URL"}); !url.empty()) return url;
  if (const auto services = files.services.find(setting(profile, "services")); services != files.services.end()) {
    if (std::string url = setting(&services->second, std::string(service) + ".endpoint_url"); !url.empty()) return url;
  }
  return setting(profile, "endpoint_url");
}

/// A region becomes a part of a host name: nothing else may come in with it.
bool is_region_name(std::string_view region) {
  return !region.empty() && region.size() <= 63 && region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

}  // namespace

const Partition& partition_of(std::string_view region) {
  for (const RegionPrefix& entry : kPartitions) {
    if (region.starts_with(entry.prefix)) return entry.partition;
  }
  return kStandard;
}

Result<std::string> standard_endpoint(std::string_view service, std::string_view region, EndpointVariant variant) {
  if (!is_region_name(region)) return fail(ErrorCode::invalid_input, "'" + std::string(region) + "' is not the name of an AWS region", "write it as eu-west-1");
  const Partition& partition = partition_of(region);
  if (variant.dual_stack && partition.dual_stack_suffix.empty()) {
    return fail(ErrorCode::invalid_input, "there are no dual-stack endpoints in " + std::string(region), "unset AWS_USE_DUALSTACK_ENDPOINT");
  }
  std::string name(service);
  // In GovCloud the plain names are FIPS endpoints already (botocore's rules for DynamoDB and STS).
  const bool plain_is_fips = partition.name == "aws-us-gov" && !variant.dual_stack;
  if (variant.fips && !plain_is_fips) name += "-fips";
  return "https://" + name + "." + std::string(region) + "." + std::string(variant.dual_stack ? partition.dual_stack_suffix : partition.suffix);
}

Result<Location> locate(std::string_view service, const LocationOptions& options) {
  const ProfileFiles files = TRY(read_profiles(options.environment));
  const Profile* profile = files.find(profile_name(options.environment, options.profile));
  Location location;
  location.region = !options.region.empty() ? options.region : first_of(options.environment, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (location.region.empty()) location.region = setting(profile, "region");
  location.endpoint = !options.endpoint.empty() ? options.endpoint : configured_endpoint(service, options.environment, files, profile);
  location.endpoint_given = !location.endpoint.empty();
  if (location.endpoint_given) {
    const Url url = TRY_WITH("endpoint of " + std::string(service), parse_url(location.endpoint));
    // DynamoDB Local asks for a signature's shape, not for its region; what is stored does depend on it unless it runs with -sharedDb.
    if (location.region.empty() && url.is_loopback()) location.region = "us-east-1";
    return location;
  }
  if (location.region.empty()) return location;
  const auto flag = [&](const char* variable, const char* name) { return is_true(options.environment(variable).value_or(setting(profile, name))); };
  const EndpointVariant variant{flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"), flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")};
  location.endpoint = TRY(standard_endpoint(service, location.region, variant));
  return location;
}

std::string ca_bundle(const Environment& environment, const Profile* profile) {
  if (std::string path = first_of(environment, {"AWS_CA_BUNDLE"}); !path.empty()) return path;
  if (std::string path = setting(profile, "ca_bundle"); !path.empty()) return path;
  return first_of(environment, {"CURL_CA_BUNDLE", "SSL_CERT_FILE"});
}

}  // namespace itemize::aws
