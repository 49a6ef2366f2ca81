#include "aws/service_error.h"

#include <gtest/gtest.h>

namespace itemize::aws {
namespace {

TEST(ServiceError, ReadsDynamoDbsForm) {
  const auto error = parse_service_error(400, R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found: Table: shop not found"})", "", "REQ");
  EXPECT_EQ(error.code, "ResourceNotFoundException");
  EXPECT_EQ(error.message, "Requested resource not found: Table: shop not found");
  EXPECT_EQ(error.remedy(), Remedy::give_up);
  EXPECT_EQ(error.to_error().code, ErrorCode::not_found);
  EXPECT_NE(error.to_string().find("REQ"), std::string::npos);
}

TEST(ServiceError, ReadsThrottlingReasonsInBothSpellings) {
  const auto one = parse_service_error(400, R"({"__type":"x#ProvisionedThroughputExceededException","message":"m","ThrottlingReasons":[{"reason":"IndexWriteProvisionedThroughputExceeded","resource":"arn:aws:dynamodb:eu-west-1:123456789012:table/shop/index/by_email"}]})", "", "");
  ASSERT_EQ(one.throttling_reasons.size(), 1U);
  EXPECT_EQ(one.throttling_reasons[0].reason, "IndexWriteProvisionedThroughputExceeded");
  EXPECT_EQ(resource_name(one.throttling_reasons[0].resource), "index by_email of table shop");
  EXPECT_EQ(one.remedy(), Remedy::slow_down);
  const auto two = parse_service_error(400, R"({"__type":"x#ThrottlingException","throttlingReasons":[{"reason":"TableWriteKeyRangeThroughputExceeded","resource":"arn:aws:dynamodb:eu-west-1:1:table/shop"}]})", "", "");
  ASSERT_EQ(two.throttling_reasons.size(), 1U);
  EXPECT_EQ(resource_name(two.throttling_reasons[0].resource), "table shop");
}

TEST(ServiceError, ReadsCancellationReasons) {
  const auto error = parse_service_error(400, R"({"__type":"x#TransactionCanceledException","Message":"cancelled","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"no"}]})", "", "");
  EXPECT_EQ(error.message, "cancelled");
  ASSERT_EQ(error.cancellation_reasons.size(), 2U);
  EXPECT_EQ(error.cancellation_reasons[1].code, "ConditionalCheckFailed");
}

TEST(ServiceError, ReadsStsXmlAndHeadersAndWhatIsNeither) {
  const auto sts = parse_service_error(403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not &lt;you&gt;</Message></Error></ErrorResponse>", "", "");
  EXPECT_EQ(sts.code, "AccessDenied");
  EXPECT_EQ(sts.message, "Not <you>");
  EXPECT_EQ(sts.to_error().code, ErrorCode::permission);
  EXPECT_EQ(parse_service_error(400, "{}", "ValidationException:http://internal/", "").code, "ValidationException");
  const auto page = parse_service_error(502, "<html>Bad gateway</html>", "", "");
  EXPECT_EQ(page.code, "HTTP 502");
  EXPECT_EQ(page.remedy(), Remedy::try_again);
  EXPECT_EQ(parse_service_error(404, "not found", "", "").remedy(), Remedy::give_up);
}

TEST(ServiceError, KnowsWhatMayBeDone) {
  const auto remedy = [](int status, const char* code, const char* message = "") {
    ServiceError error;
    error.status = status;
    error.code = code;
    error.message = message;
    return error.remedy();
  };
  EXPECT_EQ(remedy(400, "ThrottlingException"), Remedy::slow_down);
  EXPECT_EQ(remedy(400, "RequestLimitExceeded"), Remedy::slow_down);
  EXPECT_EQ(remedy(500, "InternalServerError"), Remedy::try_again);
  EXPECT_EQ(remedy(400, "TransactionConflictException"), Remedy::try_again);
  EXPECT_EQ(remedy(400, "ReplicatedWriteConflictException"), Remedy::try_again);
  EXPECT_EQ(remedy(400, "ExpiredTokenException"), Remedy::renew_credentials);
  EXPECT_EQ(remedy(400, "RequestTimeTooSkewed"), Remedy::adjust_clock);
  EXPECT_EQ(remedy(400, "InvalidSignatureException", "Signature not yet current: 2026"), Remedy::adjust_clock);
  EXPECT_EQ(remedy(400, "InvalidSignatureException", "The request signature we calculated does not match"), Remedy::give_up);
  EXPECT_EQ(remedy(400, "ValidationException"), Remedy::split);
  EXPECT_EQ(remedy(400, "ItemCollectionSizeLimitExceededException"), Remedy::split);
  EXPECT_EQ(remedy(413, "HTTP 413"), Remedy::split);
  EXPECT_EQ(remedy(400, "AccessDeniedException"), Remedy::give_up);
  EXPECT_EQ(remedy(429, "HTTP 429"), Remedy::try_again);
}

}  // namespace
}  // namespace itemize::aws
