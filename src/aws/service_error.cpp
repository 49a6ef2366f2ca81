#include "aws/service_error.h"

#include <algorithm>
#include <array>

#include "aws/sts.h"
#include "base/json.h"

namespace itemize::aws {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view code, const std::array<std::string_view, N>& codes) {
  return std::ranges::find(codes, code) != codes.end();
}

// The code lists of the AWS SDKs' "standard" retry mode, and DynamoDB's own (Developer Guide, "Error handling with DynamoDB").
constexpr std::array<std::string_view, 12> kThrottles = {
    "ProvisionedThroughputExceededException", "ThrottlingException", "Throttling", "ThrottledException", "RequestThrottled", "RequestThrottledException",
    "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "SlowDown", "PriorRequestNotComplete"};
constexpr std::array<std::string_view, 12> kPassing = {
    "InternalServerError", "InternalFailure", "InternalError", "ServiceUnavailable", "ServiceUnavailableException", "RequestTimeout", "RequestTimeoutException",
    "TransactionConflictException", "TransactionInProgressException", "ReplicatedWriteConflictException", "CRC32CheckFailed", "IDPCommunicationError"};
constexpr std::array<std::string_view, 3> kExpired = {"ExpiredTokenException", "ExpiredToken", "RequestExpired"};
constexpr std::array<std::string_view, 3> kSplittable = {"ValidationException", "SerializationException", "ItemCollectionSizeLimitExceededException"};
constexpr std::array<std::string_view, 9> kDenied = {"AccessDeniedException", "AccessDenied", "UnrecognizedClientException", "InvalidClientTokenId", "MissingAuthenticationTokenException",
                                                     "IncompleteSignatureException", "InvalidSignatureException", "SignatureDoesNotMatch", "InvalidAccessKeyId"};

/// An InvalidSignatureException has two causes: a wrong key, and a wrong clock ("Signature expired: 2015... is now earlier than...").
bool speaks_of_time(const ServiceError& error) {
  if (error.code == "RequestTimeTooSkewed") return true;
  if (error.code != "InvalidSignatureException" && error.code != "SignatureDoesNotMatch" && error.code != "AuthFailure") return false;
  return error.message.find("Signature expired") != std::string::npos || error.message.find("Signature not yet current") != std::string::npos;
}

std::vector<ThrottlingReason> throttling_reasons(const json::Value& body) {
  std::vector<ThrottlingReason> reasons;
  const json::Value* list = body.find("ThrottlingReasons");
  if (list == nullptr) list = body.find("throttlingReasons");
  if (list == nullptr || list->array() == nullptr) return reasons;
  for (const json::Value& entry : *list->array()) {
    reasons.push_back({entry.text("reason", entry.text("Reason")), entry.text("resource", entry.text("Resource"))});
  }
  return reasons;
}

std::vector<CancellationReason> cancellation_reasons(const json::Value& body) {
  std::vector<CancellationReason> reasons;
  const json::Value* list = body.find("CancellationReasons");
  if (list == nullptr || list->array() == nullptr) return reasons;
  for (const json::Value& entry : *list->array()) reasons.push_back({entry.text("Code"), entry.text("Message")});
  return reasons;
}

/// "com.amazonaws.dynamodb.v20120810#ValidationException:http://..." -> "ValidationException"
std::string bare_code(std::string_view text) {
  const std::size_t hash = text.rfind('#');
  if (hash != std::string_view::npos) text.remove_prefix(hash + 1);
  return std::string(text.substr(0, text.find(':')));
}

}  // namespace

Remedy ServiceError::remedy() const {
  if (is_one_of(code, kThrottles)) return Remedy::slow_down;
  if (is_one_of(code, kPassing)) return Remedy::try_again;
  if (is_one_of(code, kExpired)) return Remedy::renew_credentials;
  if (code == "UnrecognizedClientException" && message.find("expired") != std::string::npos) return Remedy::renew_credentials;
  if (speaks_of_time(*this)) return Remedy::adjust_clock;
  if (is_one_of(code, kSplittable) || status == 413) return Remedy::split;
  if (status >= 500 || status == 429 || status == 408) return Remedy::try_again;
  return Remedy::give_up;
}

std::string ServiceError::to_string() const {
  std::string text = code;
  if (!message.empty()) text += ": " + message;
  if (!request_id.empty()) text += " (request " + request_id + ")";
  return text;
}

Error ServiceError::to_error() const {
  Error error{ErrorCode::invalid_input, to_string(), {}, {}};
  switch (remedy()) {
    case Remedy::slow_down:
      error.code = ErrorCode::throttled;
      error.hint = "lower --rate, or raise the table's write capacity (during_load: warm_write_units)";
      return error;
    case Remedy::try_again:
      error.code = ErrorCode::unavailable;
      return error;
    case Remedy::renew_credentials:
      error.code = ErrorCode::permission;
      error.hint = "the AWS session token has expired: sign in again and run the same command; finished work is kept";
      return error;
    case Remedy::adjust_clock:
      error.code = ErrorCode::permission;
      error.hint = "this machine's clock differs from AWS's by more than minutes: set it (NTP)";
      return error;
    case Remedy::split:
    case Remedy::give_up:
      break;
  }
  if (code == "ResourceNotFoundException" || code == "TableNotFoundException") {
    error.code = ErrorCode::not_found;
    error.hint = "check the table's name, the region and the account; `itemize create` makes the model's tables";
  } else if (code == "ResourceInUseException" || code == "ConditionalCheckFailedException") {
    error.code = ErrorCode::conflict;
  } else if (is_one_of(code, kDenied) || status == 401 || status == 403) {
    error.code = ErrorCode::permission;
    error.hint = code.starts_with("AccessDenied") ? "the signed-in user or role lacks this permission: docs/aws.md lists what each verb needs"
                                                  : "AWS does not accept these credentials: check AWS_PROFILE, AWS_ACCESS_KEY_ID and the region";
  }
  return error;
}

ServiceError parse_service_error(int status, std::string_view body, std::string_view error_type_header, std::string_view request_id) {
  ServiceError error;
  error.status = status;
  error.request_id = request_id;
  error.code = bare_code(error_type_header);
  if (body.starts_with('<')) {  // STS: <ErrorResponse><Error><Code>..</Code><Message>..
    if (error.code.empty()) error.code = xml_text(body, "Code");
    error.message = xml_text(body, "Message");
  } else if (const auto parsed = json::parse(body); parsed && parsed->object() != nullptr) {
    if (error.code.empty()) error.code = bare_code(parsed->text("__type", parsed->text("code")));
    error.message = parsed->text("message", parsed->text("Message"));
    error.throttling_reasons = throttling_reasons(*parsed);
    error.cancellation_reasons = cancellation_reasons(*parsed);
  }
  if (error.code.empty()) error.code = "HTTP " + std::to_string(status);
  return error;
}

std::string resource_name(std::string_view arn) {
  const std::size_t table = arn.find(":table/");
  if (table == std::string_view::npos) return std::string(arn);
  const std::string_view path = arn.substr(table + 7);
  const std::size_t slash = path.find('/');
  const std::string name = "table " + std::string(path.substr(0, slash));
  const std::size_t index = path.find("/index/");
  return index == std::string_view::npos ? name : "index " + std::string(path.substr(index + 7)) + " of " + name;
}

}  // namespace itemize::aws
