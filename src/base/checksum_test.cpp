#include "base/checksum.h"

#include <gtest/gtest.h>

namespace itemize {
namespace {

// RFC 3720, appendix B.4, and the check value of the CRC catalogues.
TEST(Crc32cTest, agrees_with_published_values) {
  EXPECT_EQ(crc32c(0, ""), 0U);
  EXPECT_EQ(crc32c(0, "123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(0, std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(0, std::string(32, '\xff')), 0x62A8AB43U);
}

TEST(Crc32cTest, can_be_continued) {
  const std::string text(100'000, 'x');
  for (const std::size_t cut : {0UL, 1UL, 4095UL, 65'536UL, 100'000UL}) {
    EXPECT_EQ(crc32c(crc32c(0, text.substr(0, cut)), text.substr(cut)), crc32c(0, text));
  }
}

// base64.b64encode((0xE3069283).to_bytes(4, 'big'))
TEST(Crc32cTest, is_written_as_s3_does) {
  EXPECT_EQ(crc32c_text(0xE3069283U), "4waSgw==");
  EXPECT_EQ(crc32c_text(0), "AAAAAA==");
  EXPECT_EQ(crc32c_text(0xFFFFFFFFU), "/////w==");
}

}  // namespace
}  // namespace itemize
