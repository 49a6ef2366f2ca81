#include "model/key_proof.h"

#include <algorithm>
#include <deque>
#include <set>

#include "model/findings.h"
#include "model/names.h"

namespace itemize::model {

namespace {

/// Consecutive literals joined, empty ones dropped.
std::vector<expr::Piece> merged(const std::vector<expr::Piece>& pieces) {
  std::vector<expr::Piece> result;
  for (const expr::Piece& piece : pieces) {
    if (!piece.is_expression && piece.literal.empty()) continue;
    if (!piece.is_expression && !result.empty() && !result.back().is_expression) result.back().literal += piece.literal;
    else result.push_back(piece);
  }
  return result;
}

/// True where some byte of the literal cannot stand in the value and is met in the literal only at one known offset when read from
/// that side: then the value's end (or, `backwards`, its start) is the first place where that byte stands.
bool separates(std::string_view literal, const std::string& cannot_contain, bool backwards) {
  std::string seen;
  for (std::size_t index = 0; index < literal.size(); ++index) {
    const char byte = literal[backwards ? literal.size() - 1 - index : index];
    if (cannot_contain.find(byte) != std::string::npos && seen.find(byte) == std::string::npos) return true;
    seen += byte;
  }
  return false;
}

/// Which pieces of a text key attribute can be read back from it, given the expressions whose text is known already.
std::vector<bool> readable_pieces(const std::vector<expr::Piece>& pieces, const std::set<std::string>& known) {
  std::vector<bool> readable(pieces.size(), false);
  const auto fixed = [&](const expr::Piece& piece) { return !piece.is_expression || piece.fixed_width >= 0 || known.contains(piece.source); };
  std::size_t begin = 0;
  std::size_t end = pieces.size();
  while (begin < end) {  // from the left: the start is known; is the end?
    const expr::Piece& piece = pieces[begin];
    const bool last = begin + 1 == pieces.size();
    const bool bounded = !last && !pieces[begin + 1].is_expression && separates(pieces[begin + 1].literal, piece.cannot_contain, false);
    if (!fixed(piece) && !last && !bounded) break;
    readable[begin++] = true;
  }
  while (begin < end) {  // from the right
    const expr::Piece& piece = pieces[end - 1];
    const bool first = end == 1;
    const bool bounded = !first && !pieces[end - 2].is_expression && separates(pieces[end - 2].literal, piece.cannot_contain, true);
    if (!fixed(piece) && !first && !bounded) break;
    readable[--end] = true;
  }
  if (end - begin == 1) readable[begin] = true;  // what is left between two known places
  return readable;
}

/// The columns that can be read back from the whole key.
std::set<std::size_t> readable_columns(std::span<const KeyPart> key) {
  std::set<std::string> known;
  std::set<std::size_t> columns;
  for (bool grew = true; grew;) {
    grew = false;
    for (const KeyPart& part : key) {
      const std::vector<expr::Piece> pieces = merged(part.pieces);
      const std::vector<bool> readable = readable_pieces(pieces, known);
      for (std::size_t index = 0; index < pieces.size(); ++index) {
        if (!readable[index] || !pieces[index].is_expression) continue;
        if (pieces[index].injective_slot) columns.insert(*pieces[index].injective_slot);
        // Equal numbers may have different texts (1.0 and 1.00): only text attributes make an expression's text known.
        if (part.text) grew = known.insert(pieces[index].source).second || grew;
      }
    }
  }
  return columns;
}

const expr::Piece* piece_of_column(std::span<const KeyPart> key, std::size_t column) {
  for (const KeyPart& part : key)
    for (const expr::Piece& piece : part.pieces)
      if (piece.is_expression && (piece.injective_slot == column || piece.slot == column)) return &piece;
  return nullptr;
}

std::string doubt_about(std::span<const KeyPart> key, const row::Table& table, std::size_t column) {
  const std::string name = quote(table.columns[column].name);
  for (const KeyPart& part : key)
    for (const expr::Piece& piece : part.pieces)
      if (piece.may_cut) return quote(piece.source) + " can cut its value, so that two rows get one key";
  if (table.columns[column].type.kind == row::TypeKind::dynamic && piece_of_column(key, column) != nullptr)
    return "the column " + name + " has values of any type, and a number and a text can look the same in a key";
  if (piece_of_column(key, column) == nullptr) return "the key does not hold the column " + name + " itself";
  return "the value of " + name + " cannot be told from what stands beside it: put a separator that the values cannot hold between them, or use sortable()";
}

}  // namespace

bool holds_columns(std::span<const KeyPart> key, const row::Table& table, std::span<const std::size_t> columns, std::string* doubt) {
  const std::set<std::size_t> readable = readable_columns(key);
  for (const std::size_t column : columns) {
    // A dynamic column's 1 and '1' are different to SQLite and the same in a key.
    if (readable.contains(column) && table.columns[column].type.kind != row::TypeKind::dynamic) continue;
    if (doubt != nullptr) *doubt = doubt_about(key, table, column);
    return false;
  }
  return !columns.empty();
}

bool holds_number(std::span<const KeyPart> key, std::size_t number) { return readable_columns(key).contains(number); }

Proof prove_unique(std::span<const KeyPart> key, const row::Table& table) {
  if (table.unique_keys.empty()) return {false, "the table has no unique key"};
  Proof proof;
  for (const row::UniqueKey& unique : table.unique_keys) {
    std::string doubt;
    if (holds_columns(key, table, unique.columns, &doubt)) return {true, {}};
    if (!proof.doubt.empty()) continue;
    std::vector<std::string> names;
    for (const std::size_t column : unique.columns) names.push_back(table.columns[column].name);
    proof.doubt = doubt + " (" + (unique.primary ? "primary key " : "unique key ") + list_words(names) + ")";
  }
  return proof;
}

std::vector<std::vector<KeyPart>> numbered_keys(std::span<const KeyPart> key) {
  // No row has a million million copies. That the digits are few tells them from a digest's.
  constexpr int most_digits = 12;
  expr::Piece mark;
  mark.literal = "#";
  expr::Piece digits;
  digits.is_expression = true;
  for (int byte = 0; byte < 256; ++byte)
    if (byte < '0' || byte > '9') digits.cannot_contain += static_cast<char>(byte);
  std::vector<std::vector<KeyPart>> keys;
  for (int width = 1; width <= most_digits; ++width) {
    digits.fixed_width = width;
    std::vector<KeyPart>& numbered = keys.emplace_back(key.begin(), key.end());
    numbered.back().pieces.push_back(mark);
    numbered.back().pieces.push_back(digits);
  }
  return keys;
}

bool same_templates(std::span<const KeyPart> a, std::span<const KeyPart> b) {
  if (a.size() != b.size()) return false;
  for (std::size_t index = 0; index < a.size(); ++index) {
    const auto left = merged(a[index].pieces);
    const auto right = merged(b[index].pieces);
    const bool same = a[index].text == b[index].text && std::ranges::equal(left, right, [](const expr::Piece& x, const expr::Piece& y) {
                        return x.is_expression == y.is_expression && x.literal == y.literal && x.source == y.source;
                      });
    if (!same) return false;
  }
  return true;
}

namespace {

/// One position of a pattern: a byte, any byte of a set, or any number of bytes of a set.
struct Symbol {
  bool repeat = false;
  bool literal = false;
  char byte = 0;
  const std::string* cannot_contain = nullptr;

  bool accepts(unsigned char candidate) const {
    const char c = static_cast<char>(candidate);
    return literal ? c == byte : cannot_contain->find(c) == std::string::npos;
  }
};

std::vector<Symbol> pattern_of(const std::vector<expr::Piece>& pieces) {
  // A fixed width beyond this is treated as any width, which only makes patterns meet more often.
  constexpr int widest = 256;
  std::vector<Symbol> symbols;
  for (const expr::Piece& piece : pieces) {
    if (!piece.is_expression) {
      for (const char byte : piece.literal) symbols.push_back({false, true, byte, nullptr});
    } else if (piece.fixed_width >= 0 && piece.fixed_width <= widest) {
      for (int count = 0; count < piece.fixed_width; ++count) symbols.push_back({false, false, 0, &piece.cannot_contain});
    } else {
      symbols.push_back({true, false, 0, &piece.cannot_contain});
    }
  }
  return symbols;
}

/// True where some byte is accepted by both.
bool share_a_byte(const Symbol& a, const Symbol& b) {
  if (a.literal) return b.accepts(static_cast<unsigned char>(a.byte));
  if (b.literal) return a.accepts(static_cast<unsigned char>(b.byte));
  for (int byte = 0; byte < 256; ++byte)
    if (a.accepts(static_cast<unsigned char>(byte)) && b.accepts(static_cast<unsigned char>(byte))) return true;
  return false;
}

/// True where some text fits both patterns: a walk over pairs of positions, as for the product of two automata.
bool patterns_meet(const std::vector<Symbol>& a, const std::vector<Symbol>& b) {
  const std::size_t width = b.size() + 1;
  std::vector<bool> seen((a.size() + 1) * width, false);
  std::deque<std::pair<std::size_t, std::size_t>> open;
  const auto visit = [&](std::size_t i, std::size_t j) {
    if (seen[i * width + j]) return;
    seen[i * width + j] = true;
    open.emplace_back(i, j);
  };
  visit(0, 0);
  while (!open.empty()) {
    const auto [i, j] = open.front();
    open.pop_front();
    if (i == a.size() && j == b.size()) return true;
    if (i < a.size() && a[i].repeat) visit(i + 1, j);
    if (j < b.size() && b[j].repeat) visit(i, j + 1);
    if (i == a.size() || j == b.size() || !share_a_byte(a[i], b[j])) continue;
    visit(a[i].repeat ? i : i + 1, b[j].repeat ? j : j + 1);
  }
  return false;
}

bool parts_may_meet(const KeyPart& a, const KeyPart& b) {
  const auto left = merged(a.pieces);
  const auto right = merged(b.pieces);
  if (!a.text || !b.text) {
    // Numbers and binary: only two different constants keep apart.
    const bool constants = left.size() == 1 && right.size() == 1 && !left[0].is_expression && !right[0].is_expression;
    return !constants || canonical_number(left[0].literal) == canonical_number(right[0].literal);
  }
  return patterns_meet(pattern_of(left), pattern_of(right));
}

}  // namespace

bool keys_may_meet(std::span<const KeyPart> a, std::span<const KeyPart> b) {
  for (std::size_t index = 0; index < std::min(a.size(), b.size()); ++index)
    if (!parts_may_meet(a[index], b[index])) return false;
  return true;
}

}  // namespace itemize::model
