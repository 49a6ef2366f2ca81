// ServiceError: what an AWS JSON service said when it refused, and what may be done about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace itemize::aws {

/// "TableWriteProvisionedThroughputExceeded" of "arn:aws:dynamodb:...:table/shop/index/by_email".
struct ThrottlingReason {
  std::string reason;
  std::string resource;
};

/// One action of a cancelled transaction.
struct CancellationReason {
  std::string code;
  std::string message;
};

/// What a caller may do.
enum class Remedy : std::uint8_t {
  slow_down,          ///< Throttled: the same again, later, slower.
  try_again,          ///< A passing fault or conflict: the same again, later.
  renew_credentials,  ///< The session token has expired.
  adjust_clock,       ///< The signature's time is too far from the server's.
  split,              ///< One of several items is bad: find it. With one item, it is refused for good.
  give_up,            ///< Wrong permission, wrong table, wrong request: nothing here changes that.
};

struct ServiceError {
  int status = 0;
  std::string code;          ///< After '#': "ProvisionedThroughputExceededException".
  std::string message;
  std::string request_id;
  std::vector<ThrottlingReason> throttling_reasons;
  std::vector<CancellationReason> cancellation_reasons;

  Remedy remedy() const;
  /// For people: "ValidationException: One or more parameter values were invalid (request ABC)".
  std::string to_string() const;
  /// As an Error of the house, with a hint where one is known.
  Error to_error() const;
};

/// Reads the body of an answer whose status is not 2xx. A body that is not JSON (a proxy's page) gives code "HTTP <status>".
ServiceError parse_service_error(int status, std::string_view body, std::string_view error_type_header, std::string_view request_id);

/// "index by_email of table shop" of an ARN; the text itself if it is no table's ARN.
std::string resource_name(std::string_view arn);

}  // namespace itemize::aws
