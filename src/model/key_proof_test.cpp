#include "model/key_proof.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace itemize::model {
namespace {

expr::Piece literal(std::string text) {
  expr::Piece piece;
  piece.literal = std::move(text);
  return piece;
}
expr::Piece column(std::size_t index, std::string cannot_contain = {}, int width = -1) {
  expr::Piece piece;
  piece.is_expression = true;
  piece.source = "c" + std::to_string(index);
  piece.slot = index;
  piece.injective_slot = index;
  piece.cannot_contain = std::move(cannot_contain);
  piece.fixed_width = width;
  return piece;
}
expr::Piece other(std::string source) {  // an expression that tells nothing about a column
  expr::Piece piece;
  piece.is_expression = true;
  piece.source = std::move(source);
  return piece;
}
KeyPart part(std::vector<expr::Piece> pieces) { return {"K", std::move(pieces), true}; }

row::Table table(std::size_t columns, std::vector<std::size_t> key) {
  row::Table result;
  result.name = "t";
  for (std::size_t index = 0; index < columns; ++index) {
    result.columns.push_back({"c" + std::to_string(index), {}, false});
    result.columns.back().type.name = "text";
  }
  result.unique_keys.push_back({"pk", std::move(key), true, true});
  return result;
}

bool proven(const std::vector<KeyPart>& key, const row::Table& from) { return prove_unique(key, from).proven; }

TEST(KeyProof, OneColumnAlone) {
  EXPECT_TRUE(proven({part({literal("ORDER#"), column(0)})}, table(1, {0})));
  EXPECT_TRUE(proven({part({literal("A"), column(0), literal("Z")})}, table(1, {0})));
  EXPECT_FALSE(proven({part({literal("ORDER#"), other("lower(c0)")})}, table(1, {0})));
}

TEST(KeyProof, AcrossPartitionAndSortKey) {
  EXPECT_TRUE(proven({part({column(0)}), part({column(1)})}, table(2, {0, 1})));
  EXPECT_FALSE(proven({part({column(0)}), part({literal("X")})}, table(2, {0, 1})));
}

TEST(KeyProof, TwoTextsInOneAttributeCanRunTogether) {
  EXPECT_FALSE(proven({part({column(0), column(1)})}, table(2, {0, 1})));
  EXPECT_FALSE(proven({part({column(0), literal("#"), column(1)})}, table(2, {0, 1}))) << "'a#' + 'b' and 'a' + '#b'";
  EXPECT_TRUE(proven({part({column(0, "#"), literal("#"), column(1)})}, table(2, {0, 1})));
  EXPECT_TRUE(proven({part({column(0), literal("#"), column(1, "#")})}, table(2, {0, 1}))) << "read from the right";
  EXPECT_TRUE(proven({part({column(0, "", 4), column(1)})}, table(2, {0, 1})));
}

TEST(KeyProof, ASeparatorMustStandAtAKnownPlace) {
  // The value may hold 'a' but not '#': in "a#" the '#' is always the second byte.
  EXPECT_TRUE(proven({part({column(0, "#"), literal("a#"), column(1)})}, table(2, {0, 1})));
  EXPECT_FALSE(proven({part({column(0, "#"), literal("aa"), column(1)})}, table(2, {0, 1})));
}

TEST(KeyProof, WhatIsKnownFromOneAttributeHelpsInTheOther) {
  EXPECT_TRUE(proven({part({column(0)}), part({column(0), column(1)})}, table(2, {0, 1})));
  KeyPart number = {"N", {column(0)}, false};
  EXPECT_FALSE(proven({number, part({column(0), column(1)})}, table(2, {0, 1}))) << "1.0 and 1.00 are one number and two texts";
}

TEST(KeyProof, AnyUniqueKeyWillDo) {
  row::Table from = table(3, {0, 1});
  from.unique_keys.push_back({"mail", {2}, false, false});
  EXPECT_TRUE(proven({part({column(2)})}, from)) << "a collation that equates more keeps apart at least what bytes keep apart";
}

TEST(KeyProof, DynamicColumnsAreNeverProven) {
  row::Table from = table(1, {0});
  from.columns[0].type.kind = row::TypeKind::dynamic;
  const std::vector<KeyPart> key = {part({column(0)})};
  const Proof proof = prove_unique(key, from);
  EXPECT_FALSE(proof.proven);
  EXPECT_EQ(proof.doubt, "the column 'c0' has values of any type, and a number and a text can look the same in a key (primary key c0)");
}

TEST(KeyProof, SaysWhyNot) {
  const auto doubt = [](const std::vector<KeyPart>& key) { return prove_unique(key, table(2, {0, 1})).doubt; };
  EXPECT_EQ(doubt({part({column(0)})}), "the key does not hold the column 'c1' itself (primary key c0 and c1)");
  EXPECT_EQ(doubt({part({column(0), literal("#"), column(1)})}),
            "the value of 'c0' cannot be told from what stands beside it: put a separator that the values cannot hold between them, or use sortable() "
            "(primary key c0 and c1)");
  expr::Piece cut = other("lpad(c1, 3, '0')");
  cut.may_cut = true;
  EXPECT_EQ(doubt({part({column(0)}), part({cut})}), "'lpad(c1, 3, '0')' can cut its value, so that two rows get one key (primary key c0 and c1)");
}

TEST(KeyProof, NoKeyNoProof) {
  row::Table from = table(1, {0});
  from.unique_keys.clear();
  EXPECT_FALSE(proven({part({column(0)})}, from));
}

// ---- Random templates over a tiny alphabet: every proof is put to the test by brute force. ----

struct RandomWorld {
  std::mt19937 random;
  std::vector<std::string> values;  // all texts of up to 2 bytes over {a, b, #}

  explicit RandomWorld(unsigned seed) : random(seed) {
    values = {""};
    for (std::size_t at = 0; values[at].size() < 2; ++at)
      for (const char c : {'a', 'b', '#'}) values.push_back(values[at] + c);
  }
  int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); }

  std::vector<KeyPart> key(const std::vector<expr::Piece>& columns) {
    std::vector<KeyPart> result;
    const int parts = 1 + pick(2);
    for (int index = 0; index < parts; ++index) {
      std::vector<expr::Piece> pieces;
      const int count = 1 + pick(5);
      for (int piece = 0; piece < count; ++piece) {
        static const char* const literals[] = {"#", "a", "ab", "a#", "#a", "##", "aab#", ""};
        if (pick(3) == 0) pieces.push_back(literal(literals[pick(8)]));
        else pieces.push_back(columns[static_cast<std::size_t>(pick(static_cast<int>(columns.size())))]);
      }
      result.push_back(part(std::move(pieces)));
    }
    return result;
  }
  /// Columns with random restrictions.
  std::vector<expr::Piece> columns(std::size_t count) {
    std::vector<expr::Piece> result;
    for (std::size_t index = 0; index < count; ++index) {
      static const char* const cannot[] = {"", "#", "a", "#a", "b"};
      result.push_back(column(index, cannot[pick(5)], pick(4) == 0 ? pick(3) : -1));
    }
    return result;
  }
  std::vector<std::string> domain(const expr::Piece& piece) const {
    std::vector<std::string> result;
    for (const std::string& value : values)
      if (value.find_first_of(piece.cannot_contain) == std::string::npos && (piece.fixed_width < 0 || value.size() == static_cast<std::size_t>(piece.fixed_width)))
        result.push_back(value);
    return result;
  }
  /// Every row over the columns' domains.
  std::vector<std::vector<std::string>> rows(const std::vector<expr::Piece>& columns) const {
    std::vector<std::vector<std::string>> result = {{}};
    for (const expr::Piece& piece : columns) {
      std::vector<std::vector<std::string>> longer;
      for (const auto& row : result)
        for (const std::string& value : domain(piece)) {
          longer.push_back(row);
          longer.back().push_back(value);
        }
      result = std::move(longer);
    }
    return result;
  }
};

std::string evaluate(const std::vector<KeyPart>& key, const std::vector<std::string>& row) {
  std::string result;
  for (const KeyPart& one : key) {
    for (const expr::Piece& piece : one.pieces) result += piece.is_expression ? row[*piece.slot] : piece.literal;
    result += '\n';  // stands in no value and no literal
  }
  return result;
}

std::string describe(const std::vector<KeyPart>& key) {
  std::string result;
  for (const KeyPart& one : key) {
    for (const expr::Piece& piece : one.pieces)
      result += piece.is_expression ? "{" + piece.source + " not " + piece.cannot_contain + " width " + std::to_string(piece.fixed_width) + "}" : piece.literal;
    result += " | ";
  }
  return result;
}

TEST(KeyProof, NoCounterexampleInRandomTemplates) {
  int proofs = 0, unproven_but_unique = 0;
  for (unsigned seed = 0; seed < 6000; ++seed) {
    RandomWorld world(seed);
    const auto columns = world.columns(1 + static_cast<std::size_t>(world.pick(2)));
    std::vector<std::size_t> unique;
    for (std::size_t index = 0; index < columns.size(); ++index)
      if (unique.empty() || world.pick(2) == 0) unique.push_back(index);
    const row::Table from = table(columns.size(), unique);
    const auto key = world.key(columns);
    std::map<std::string, std::vector<std::string>> seen;  // key -> the unique columns' values
    bool collides = false;
    for (const auto& row : world.rows(columns)) {
      std::vector<std::string> identity;
      for (const std::size_t index : unique) identity.push_back(row[index]);
      const auto [place, is_new] = seen.emplace(evaluate(key, row), identity);
      collides = collides || (!is_new && place->second != identity);
    }
    if (proven(key, from)) {
      ++proofs;
      ASSERT_FALSE(collides) << "seed " << seed << ": " << describe(key);
    } else {
      unproven_but_unique += collides ? 0 : 1;
    }
  }
  EXPECT_GT(proofs, 1000);
  EXPECT_LT(unproven_but_unique, proofs) << "the proof has become too timid";
}

TEST(KeysMayMeet, NoCounterexampleInRandomTemplates) {
  int apart = 0;
  for (unsigned seed = 0; seed < 4000; ++seed) {
    RandomWorld world(seed);
    const auto left_columns = world.columns(2);
    const auto right_columns = world.columns(2);
    auto left = world.key(left_columns);
    auto right = world.key(right_columns);
    left.resize(1);
    right.resize(1);
    if (keys_may_meet(left, right)) continue;
    ++apart;
    std::map<std::string, bool> keys;
    for (const auto& row : world.rows(left_columns)) keys[evaluate(left, row)] = true;
    for (const auto& row : world.rows(right_columns)) ASSERT_FALSE(keys.contains(evaluate(right, row))) << "seed " << seed << ": " << describe(left) << " and " << describe(right);
  }
  EXPECT_GT(apart, 300);
}

TEST(KeysMayMeet, Examples) {
  const auto meet = [](std::vector<KeyPart> a, std::vector<KeyPart> b) { return keys_may_meet(a, b); };
  EXPECT_FALSE(meet({part({literal("CUSTOMER#"), column(0)})}, {part({literal("ORDER#"), column(0)})}));
  EXPECT_TRUE(meet({part({literal("CUSTOMER#"), column(0)})}, {part({literal("CUSTOMER#"), column(0)})}));
  EXPECT_FALSE(meet({part({column(0)}), part({literal("PROFILE")})}, {part({column(0)}), part({literal("ORDER#"), column(1)})}));
  EXPECT_TRUE(meet({part({column(0)}), part({literal("ORDER#"), column(1)})}, {part({column(0)}), part({column(1)})}));
  EXPECT_FALSE(meet({part({column(0, "#")})}, {part({literal("A#"), column(0)})})) << "a value without '#' is no text with one";
  EXPECT_FALSE(meet({part({column(0, "", 3)})}, {part({literal("ABCD"), column(0)})})) << "three bytes are not four";
  EXPECT_TRUE(meet({part({column(0, "", 4)})}, {part({literal("ABCD"), column(0)})}));
  const KeyPart one = {"N", {literal("1")}, false}, same = {"N", {literal("1.0")}, false}, two = {"N", {literal("2")}, false}, any = {"N", {column(0)}, false};
  EXPECT_TRUE(meet({one}, {same}));
  EXPECT_FALSE(meet({one}, {two}));
  EXPECT_TRUE(meet({one}, {any}));
}

TEST(Exclude, Examples) {
  row::Table from = table(3, {0});
  from.columns[0].name = "status";
  from.columns[1].name = "active";
  from.columns[1].type.kind = row::TypeKind::boolean;
  from.columns[2].name = "n";
  from.columns[2].type.kind = row::TypeKind::integer;
  const auto excludes = [&](const char* a, const char* b) {
    EXPECT_EQ(exclude_each_other(a, b, from), exclude_each_other(b, a, from)) << a << " / " << b;
    return exclude_each_other(a, b, from);
  };
  EXPECT_TRUE(excludes("status = 'a'", "status = 'b'"));
  EXPECT_FALSE(excludes("status = 'a'", "status = 'a'"));
  EXPECT_FALSE(excludes("status = 'a'", "status = 'a  '")) << "char(n) does not see blanks at the end";
  EXPECT_TRUE(excludes("n = 1", "n = 2"));
  EXPECT_FALSE(excludes("n = 1", "n = 01"));
  EXPECT_FALSE(excludes("n = '1'", "n = '01'")) << "texts that become one number";
  EXPECT_TRUE(excludes("status in ('a', 'b')", "status = 'c'"));
  EXPECT_FALSE(excludes("status in ('a', 'b')", "status = 'b'"));
  EXPECT_TRUE(excludes("status IS NULL", "status IS NOT NULL"));
  EXPECT_TRUE(excludes("status IS NULL", "status = 'x'"));
  EXPECT_TRUE(excludes("active", "NOT active"));
  EXPECT_TRUE(excludes("NOT (active OR n = 1)", "(active OR n = 1)"));
  EXPECT_FALSE(excludes("NOT active AND n = 1", "active AND n = 2 OR n = 1"));
  EXPECT_FALSE(excludes("NOT active OR n = 1", "active OR n = 1"));
  EXPECT_TRUE(excludes("n > 5 AND status = 'a'", "status = 'b' AND n > 3"));
  EXPECT_FALSE(excludes("n > 5 OR status = 'a'", "status = 'b'"));
  EXPECT_FALSE(excludes("n BETWEEN 1 AND status = 'a'", "status = 'b'")) << "not two parts";
  EXPECT_TRUE(excludes("status <> 'a'", "status = 'a'"));
  EXPECT_FALSE(excludes("status <> 'a'", "status = 'b'"));
  EXPECT_FALSE(excludes("status = 'a'", "other = 'b'"));
  EXPECT_FALSE(excludes("status = 'a' -- x", "status = 'b'")) << "what is not understood is not used";
  EXPECT_FALSE(excludes("status = E'\\x61'", "status = 'a'"));
  EXPECT_TRUE(excludes("(status = 'a')", "((\"status\" = 'b'))"));
  EXPECT_FALSE(excludes("", ""));
}

TEST(SameTemplates, ComparesPieces) {
  const std::vector<KeyPart> a = {part({literal("A"), literal("#"), column(0)})};
  const std::vector<KeyPart> b = {part({literal("A#"), column(0)})};
  const std::vector<KeyPart> c = {part({literal("A#"), column(1)})};
  EXPECT_TRUE(same_templates(a, b));
  EXPECT_FALSE(same_templates(a, c));
}

}  // namespace
}  // namespace itemize::model
