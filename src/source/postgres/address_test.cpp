#include "source/postgres/address.h"

#include <gmock/gmock.h>

#include "source/postgres/errors.h"

namespace itemize::source::postgres {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Address, SaysWhereItLeads) {
  EXPECT_EQ(parse_address("postgresql://app@db.example:5433/shop?sslmode=require")->place, "db.example:5433, database shop");
  EXPECT_EQ(parse_address("postgres:///shop")->place, "the local socket, database shop");
  EXPECT_TRUE(parse_address("postgresql://app@h/shop?connect_timeout=3"));
}

TEST(Address, RefusesPasswordsWithoutShowingThem) {
  for (const std::string url :
       {"postgresql://app:hush@db/shop", "postgresql://app@db/shop?password=hush", "postgresql://app:hush@db/shop?nonsense=1",
        "postgresql://app:hush@db:port:2/shop?x", "postgresql://app:hush%zz@db/shop", "postgresql://app@db/shop?sslpassword=hush"}) {
    const Result<Address> address = parse_address(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().code, ErrorCode::invalid_input);
    EXPECT_THAT(address.error().to_string(), Not(HasSubstr("hush"))) << url;
  }
  EXPECT_THAT(parse_address("postgresql://app:hush@db/shop").error().to_string(), HasSubstr("ITEMIZE_SOURCE_PASSWORD"));
}

TEST(Address, NamesAnUnknownParameter) {
  EXPECT_THAT(parse_address("postgresql://app@db/shop?sslmod=require").error().to_string(), HasSubstr("sslmod"));
}

TEST(Errors, FindsTheStateWhateverTheLanguage) {
  EXPECT_EQ(
      sqlstate_in(
          "connection to server at \"db\" (1.2.3.4), port 5432 failed: FATAL:  28P01: password authentication failed\nLOCATION:  auth.c"),
      "28P01");
  EXPECT_EQ(sqlstate_in("FATALER FEHLER:  3D000: Datenbank \u00bbx\u00ab existiert nicht"), "3D000");
  EXPECT_EQ(sqlstate_in("could not connect: Connection refused"), "");
  EXPECT_EQ(meaning_of_sqlstate("28P01").code, ErrorCode::permission);
  EXPECT_EQ(meaning_of_sqlstate("08006").code, ErrorCode::unavailable);
  EXPECT_EQ(meaning_of_sqlstate("XX000").code, ErrorCode::internal);
  EXPECT_EQ(meaning_of_sqlstate("").code, ErrorCode::internal);
}

}  // namespace
}  // namespace itemize::source::postgres
