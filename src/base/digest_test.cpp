#include "base/digest.h"

#include <gtest/gtest.h>

namespace itemize {
namespace {

// Test vectors: FIPS 180-4 examples and RFC 4231.
TEST(Digest, Sha256KnownAnswers) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Digest, StreamingEqualsWholeAndStartsAnew) {
  Sha256 stream;
  stream.update("a");
  stream.update("");
  stream.update("bc");
  EXPECT_EQ(hex(stream.finish()), sha256_hex("abc"));
  stream.update("abc");
  EXPECT_EQ(hex(stream.finish()), sha256_hex("abc"));
  EXPECT_EQ(hex(stream.finish()), sha256_hex(""));
}

TEST(Digest, HmacKnownAnswers) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Digest, HexWritesEveryByte) { EXPECT_EQ(hex(std::string_view("\x00\x7f\xff", 3)), "007fff"); }

}  // namespace
}  // namespace itemize
