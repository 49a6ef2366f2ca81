#include "model/locate.h"

#include <gtest/gtest.h>

#include "model/document.h"

namespace itemize::model {
namespace {

const Node* find_value(const Document& document) { return document.root()->entries.at(0).value; }

/// Where each byte of the first entry's value stands, as "line:column" words.
std::string places(const std::string& yaml) {
  std::vector<Finding> findings;
  const auto document = Document::parse(yaml, findings);
  EXPECT_TRUE(findings.empty()) << yaml;
  const Node* node = find_value(*document);
  const Text text = {node->text, node->place};
  std::string result;
  for (std::size_t offset = 0; offset <= text.value.size(); ++offset) {
    const Place place = place_in_scalar(yaml, text, offset);
    result += (offset > 0 ? " " : "") + std::to_string(place.line) + ":" + std::to_string(place.column);
  }
  return result;
}

TEST(Locate, PlainScalars) {
  EXPECT_EQ(places("k: abc"), "1:4 1:5 1:6 1:7");
  EXPECT_EQ(places("k:   a b"), "1:6 1:7 1:8 1:9");
}

TEST(Locate, QuotedScalarsStartBehindTheQuote) {
  EXPECT_EQ(places("k: \"ab\""), "1:5 1:6 1:7");
  EXPECT_EQ(places("k: 'ab'"), "1:5 1:6 1:7");
}

TEST(Locate, Escapes) {
  EXPECT_EQ(places(R"(k: "a\"b")"), "1:5 1:6 1:8 1:9");
  EXPECT_EQ(places(R"(k: "\x41b")"), "1:5 1:9 1:10");
  EXPECT_EQ(places("k: 'a''b'"), "1:5 1:6 1:8 1:9");
  EXPECT_EQ(places(R"(k: "\u00e9x")"), "1:5 1:5 1:11 1:12") << "both bytes of the letter stand at its escape";
}

TEST(Locate, LettersBeyondAscii) { EXPECT_EQ(places("k: \"éx\""), "1:5 1:5 1:6 1:7"); }

TEST(Locate, FoldedLines) {
  EXPECT_EQ(places("k: \"ab\n  cd\""), "1:5 1:6 1:7 2:3 2:4 2:5");
  EXPECT_EQ(places("k: ab\n  cd"), "1:4 1:5 1:6 2:3 2:4 2:5");
}

TEST(Locate, BlockScalars) {
  EXPECT_EQ(places("k: |-\n  ab\n  cd"), "2:3 2:4 2:5 3:3 3:4 3:5");
  EXPECT_EQ(places("k: >-\n  ab\n  cd"), "2:3 2:4 2:5 3:3 3:4 3:5");
}

TEST(Locate, AnchorsAndTags) { EXPECT_EQ(places("k: &x !!str \"ab\""), "1:14 1:15 1:16"); }

TEST(Locate, FallsBackToTheScalarsPlace) {
  const Place place = place_in_scalar("k: abc", Text{"another value", {1, 4}}, 5);
  EXPECT_EQ(place.line, 1);
  EXPECT_EQ(place.column, 4);
  EXPECT_EQ(place_in_scalar("", Text{"abc", {7, 4}}, 2).line, 7);
  EXPECT_EQ(place_in_scalar("", Text{"abc", {}}, 2).line, 0);
}

TEST(Locate, LinesAndPlacesAreInverse) {
  const std::string text = "a\nbé\n\nlast";
  const Lines lines(text);
  EXPECT_EQ(lines.count(), 4);
  for (std::size_t offset = 0; offset <= text.size(); ++offset) {
    if (offset < text.size() && (text[offset] & 0xC0) == 0x80) continue;
    EXPECT_EQ(lines.offset(lines.place(offset)), offset);
  }
}

}  // namespace
}  // namespace itemize::model
