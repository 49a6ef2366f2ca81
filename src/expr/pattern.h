// Pattern: PostgreSQL's regular expressions (ARE) and SIMILAR TO, matched by RE2 in time linear in the text. RE2's header stays in
// pattern.cpp.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace itemize::expr {

/// SQL's LIKE: % any characters, _ one, the escape character (empty: none) quotes. None: the pattern ends with its escape character.
std::optional<bool> like(std::string_view text, std::string_view pattern, std::string_view escape = "\\");

class Pattern {
 public:
  enum class Use : std::uint8_t {
    test,  ///< Only whether it matches: lazy quantifiers are allowed, since they do not change that.
    find,  ///< Where it matches: leftmost, longest, as PostgreSQL. Lazy quantifiers are refused.
  };
  /// `flags`: i (no case), c (case), g (all, see `global`), n/m (lines), s, e, q (literal). What RE2 cannot express exactly as PostgreSQL
  /// (back references, look-around, word-begin escapes, collating elements) is refused with a sentence.
  static std::expected<Pattern, std::string> compile(std::string_view pattern, std::string_view flags, Use use);
  /// SQL's SIMILAR TO. `escape` is one character, or empty for none.
  static std::expected<Pattern, std::string> similar(std::string_view pattern, std::string_view escape);

  Pattern();
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  bool global() const { return global_; }
  int groups() const;
  bool matches(std::string_view text) const;
  /// The match at or behind byte `from`: the whole, then each group (a null view where it took no part).
  bool find(std::string_view text, std::size_t from, std::vector<std::string_view>& parts) const;

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
  bool global_ = false;
};

}  // namespace itemize::expr
