#include "model/yaml_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/text.h"
#include "model/utf8.h"

namespace itemize::model {

namespace {

bool is_plain(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (text.empty() || text.size() > 128 || !letter(text[0]) || text.back() == '.') return false;
  const bool safe = std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
  if (!safe) return false;
  static constexpr std::array words = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  return std::ranges::find(words, lower(text)) == words.end();
}

void append_escape(std::string& out, std::uint32_t code) {
  static constexpr char digits[] = "0123456789abcdef";
  out += code > 0xFF ? "\\u" : "\\x";
  for (int shift = code > 0xFF ? 12 : 4; shift >= 0; shift -= 4) out += digits[code >> shift & 15];
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();)
    if (!next_code_point(text, at)) return false;
  return true;
}

std::string yaml_quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const auto code = next_code_point(text, at);
    if (!code) {
      ++at;  // cannot be written in YAML; callers ask is_utf8() first
      out += "\\ufffd";
    } else if (*code == '"' || *code == '\\') {
      out += '\\';
      out += static_cast<char>(*code);
    } else if (*code == '\n') {
      out += "\\n";
    } else if (*code == '\t') {
      out += "\\t";
    } else if (*code < 0x20 || (*code >= 0x7F && *code <= 0xA0) || *code == 0x2028 || *code == 0x2029 || *code == 0xFEFF ||
               *code == 0xFFFE || *code == 0xFFFF) {
      append_escape(out, *code);
    } else {
      out += text.substr(begin, at - begin);
    }
  }
  return out + "\"";
}

std::string yaml_scalar(std::string_view text) { return is_plain(text) ? std::string(text) : yaml_quoted(text); }

std::string yaml_comment(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const auto code = next_code_point(text, at);
    if (!code) ++at;
    const bool safe = code && *code >= 0x20 && !(*code >= 0x7F && *code <= 0x9F) && *code != 0x2028 && *code != 0x2029 && *code != 0xFEFF &&
                      *code < 0xFFFE;
    if (safe)
      out += text.substr(begin, at - begin);
    else
      out += '?';
  }
  return out;
}

}  // namespace itemize::model
