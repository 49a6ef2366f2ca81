#include "item/string_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/json.h"

namespace itemize::item {
namespace {

std::string escaped(std::string_view text) {
  Buffer out;
  out.append("<");
  if (!append_escaped(out, text)) return "not UTF-8";
  return std::string(out.view().substr(1));
}

std::string base64(std::string_view bytes) {
  Buffer out;
  append_base64(out, bytes);
  return std::string(out.view());
}

TEST(StringText, EscapesWhatJsonAsks) {
  EXPECT_EQ(escaped(""), "");
  EXPECT_EQ(escaped("plain"), "plain");
  EXPECT_EQ(escaped("a\"b\\c/d"), "a\\\"b\\\\c/d");
  EXPECT_EQ(escaped("\n\r\t"), "\\n\\r\\t");
  EXPECT_EQ(escaped(std::string_view("\0\x01\x1f\x7f", 4)), "\\u0000\\u0001\\u001f\x7f");
  EXPECT_EQ(escaped("Größe €😀"), "Größe €😀");
}

TEST(StringText, EveryByteReadsBackAtEveryPlace) {
  for (int byte = 0; byte < 128; ++byte)
    for (std::size_t length = 1; length < 40; ++length)
      for (std::size_t at : {std::size_t{0}, length / 2, length - 1}) {
        std::string text(length, 'x');
        text[at] = static_cast<char>(byte);
        const Result<json::Value> back = json::parse("\"" + escaped(text) + "\"");
        ASSERT_TRUE(back) << byte << " at " << at;
        ASSERT_EQ(*back->string(), text);
      }
}

TEST(StringText, TakesExactlyWellFormedUtf8) {
  // RFC 3629, section 4: first and last of each row of its table, and their neighbours.
  for (const char* good :
       {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(escaped(good), good);
    for (std::size_t before = 0; before < 34; ++before) {
      const std::string text = std::string(before, 'a') + good + "z";
      EXPECT_EQ(escaped(text), text);
    }
  }
  for (const char* bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xE0\xA0", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xFE", "\xE2\x82"}) {
    for (std::size_t before = 0; before < 34; ++before) EXPECT_EQ(escaped(std::string(before, 'a') + bad), "not UTF-8") << before;
    EXPECT_EQ(escaped(std::string(bad) + std::string(20, 'a')), "not UTF-8");
  }
}

TEST(StringText, LongTextsInPieces) {
  // Code points of each length across the edges of the pieces that append_escaped works in.
  for (const std::string_view point : {"a", "ß", "€", "😀", "\""}) {
    for (std::size_t shift = 0; shift < 4; ++shift) {
      std::string text(shift, 'x');
      while (text.size() < 200'000) text += point;
      const Result<json::Value> back = json::parse("\"" + escaped(text) + "\"");
      ASSERT_TRUE(back);
      EXPECT_EQ(*back->string(), text);
    }
  }
  EXPECT_EQ(escaped(std::string(300'000, '\x80')), "not UTF-8");
}

TEST(StringText, AgreesWithTheJsonWriter) {
  std::mt19937 random(1);
  const std::string_view pieces[] = {"a", "long plain text, ", "\"", "\\", "\n", "é", "€", "😀", "\x01"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t count = random() % 12; count > 0; --count) text += pieces[random() % std::size(pieces)];
    std::string expected;
    json::append_quoted(expected, text);
    ASSERT_EQ("\"" + escaped(text) + "\"", expected);
  }
}

TEST(StringText, Base64) {
  // RFC 4648, section 10.
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
}

}  // namespace
}  // namespace itemize::item
