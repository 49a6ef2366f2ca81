// Digests and encodings.
#include <array>
#include <string>

#include "base/digest.h"
#include "expr/functions.h"
#include "expr/md5.h"
#include "expr/text_basics.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t base64_line = 76;  // RFC 2045, as PostgreSQL breaks lines

void md5(Frame&, const Call& call, Buffer& out) {
  const Md5 digest = md5_of(call.text(0));
  out.append(hex({reinterpret_cast<const char*>(digest.data()), digest.size()}));
}

Cell sha256_bytes(Frame& frame, const Call& call) { return frame.bytes(CellKind::bytes, bytes_of(sha256(call.text(0)))); }

/// The three forms of encode() and decode().
enum class Form : std::uint8_t { hex, base64, escape };
Prepared prepare_form(std::span<const std::string_view> literals) {
  const std::string name = map_case(literals[0], false);
  for (const auto& [known, form] : {std::pair("hex", Form::hex), std::pair("base64", Form::base64), std::pair("escape", Form::escape)})
    if (name == known) return std::make_shared<const Form>(form);
  return std::unexpected("'" + std::string(literals[0].substr(0, 60)) + "' is no encoding: hex, base64 and escape are");
}

void encode_base64(std::string_view bytes, Buffer& out) {
  std::size_t column = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t index = 0; index < 3; ++index)
      group = group << 8 | (index < left ? static_cast<unsigned char>(bytes[at + index]) : 0U);
    for (std::size_t index = 0; index < 4; ++index) out.append(index <= left ? base64_digits[group >> (18 - 6 * index) & 63] : '=');
    column += 4;
    // A line that is full is broken even at the very end, as PostgreSQL does.
    if (column >= base64_line && left == 3) {
      out.append('\n');
      column = 0;
    }
  }
}

void encode_escape(std::string_view bytes, Buffer& out) {
  for (const char byte : bytes) {
    if (byte == '\\') {
      out.append("\\\\");
    } else if (byte == '\0' || (byte & 0x80) != 0) {
      const auto value = static_cast<unsigned char>(byte);
      out.append('\\');
      out.append(static_cast<char>('0' + (value >> 6)));
      out.append(static_cast<char>('0' + (value >> 3 & 7)));
      out.append(static_cast<char>('0' + (value & 7)));
    } else {
      out.append(byte);
    }
  }
}

void encode(Frame&, const Call& call, Buffer& out) {
  switch (*static_cast<const Form*>(call.prepared)) {
    case Form::hex:
      out.append(hex(call.text(0)));
      return;
    case Form::base64:
      encode_base64(call.text(0), out);
      return;
    case Form::escape:
      encode_escape(call.text(0), out);
      return;
  }
}

bool is_space(char byte) { return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r'; }

const char* decode_hex(std::string_view text, Buffer& out) {
  for (std::size_t at = 0; at < text.size();) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    if (hex_digit(text[at]) < 0) return "invalid hexadecimal digit";
    if (at + 1 >= text.size() || hex_digit(text[at + 1]) < 0) return "invalid hexadecimal data: odd number of digits";
    out.append(static_cast<char>(hex_digit(text[at]) << 4 | hex_digit(text[at + 1])));
    at += 2;
  }
  return nullptr;
}

const char* decode_base64(std::string_view text, Buffer& out) {
  std::uint32_t group = 0;
  int count = 0;
  int padding = 0;
  for (const char byte : text) {
    if (is_space(byte)) continue;
    const std::size_t value = byte == '=' ? 0 : base64_digits.find(byte);
    if (value == std::string_view::npos) return "invalid symbol found while decoding base64 sequence";
    if (byte != '=' && padding > 0) return "unexpected symbol behind \"=\" while decoding base64 sequence";
    if (byte == '=' && (++padding > 2 || count < 2)) return "unexpected \"=\" while decoding base64 sequence";
    group = group << 6 | static_cast<std::uint32_t>(value);
    if (++count < 4) continue;
    for (int index = 0; index < 3 - padding; ++index) out.append(static_cast<char>(group >> (16 - 8 * index) & 0xFF));
    group = 0;
    count = 0;
  }
  return count == 0 ? nullptr : "invalid base64 end sequence";
}

const char* decode_escape(std::string_view text, Buffer& out) {
  const auto octal = [&](std::size_t at, char most) { return at < text.size() && text[at] >= '0' && text[at] <= most; };
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      out.append(text[at++]);
    } else if (at + 1 < text.size() && text[at + 1] == '\\') {
      out.append('\\');
      at += 2;
    } else if (octal(at + 1, '3') && octal(at + 2, '7') && octal(at + 3, '7')) {
      out.append(static_cast<char>((text[at + 1] - '0') << 6 | (text[at + 2] - '0') << 3 | (text[at + 3] - '0')));
      at += 4;
    } else {
      return "invalid input syntax for type bytea";
    }
  }
  return nullptr;
}

Cell decode(Frame& frame, const Call& call) {
  const std::size_t begin = frame.scratch.size();
  const Form form = *static_cast<const Form*>(call.prepared);
  const char* const problem = form == Form::hex      ? decode_hex(call.text(0), frame.scratch)
                              : form == Form::base64 ? decode_base64(call.text(0), frame.scratch)
                                                     : decode_escape(call.text(0), frame.scratch);
  if (problem != nullptr) frame.fail(problem);
  return frame.take(begin, CellKind::bytes);
}

/// Whether the bytes are UTF-8, shortest forms only.
bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const std::uint32_t value = next_character(text, at);
    const std::size_t size = at - begin;
    const std::size_t wanted = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
    if (size != wanted || value == 0 || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return false;
  }
  return true;
}
bool names_utf8(std::string_view name) {
  std::string plain;
  for (const char byte : map_case(name, false))
    if (byte != '-' && byte != '_') plain += byte;
  return plain == "utf8" || plain == "unicode";
}
Cell convert_from(Frame& frame, const Call& call) {
  if (!names_utf8(call.text(1))) return frame.fail("convert_from() knows UTF8 only");
  return is_utf8(call.text(0)) ? Cell::text(call.text(0)) : frame.fail("invalid byte sequence for encoding \"UTF8\"");
}
Cell convert_to(Frame& frame, const Call& call) {
  if (!names_utf8(call.text(1))) return frame.fail("convert_to() knows UTF8 only");
  return Cell::view_of(CellKind::bytes, call.text(0));
}

void to_hex(Frame&, const Call& call, Buffer& out) {
  char text[24];
  const auto value = call.types[0].length == 8 ? static_cast<std::uint64_t>(call.integer(0))
                                               : static_cast<std::uint64_t>(static_cast<std::uint32_t>(call.integer(0)));
  const int size = std::snprintf(text, sizeof text, "%llx", static_cast<unsigned long long>(value));
  out.append({text, static_cast<std::size_t>(size)});
}

}  // namespace

std::vector<Function> hash_functions() {
  using enum Sql;
  return {
      write("md5", {text}, md5, "md5(text or bytea): 32 hexadecimal digits"),
      write("md5", {bytea}, md5),
      run("sha256", {bytea}, bytea, sha256_bytes, "sha256(bytea): of a text, write encode(sha256(convert_to(column, 'UTF8')), 'hex')"),
      prepared(write("encode", {bytea, text}, encode, "encode(bytea, 'hex'), 'base64' or 'escape'"), prepare_form, {1}),
      prepared(run("decode", {text, text}, bytea, decode, "decode(text, 'hex'), 'base64' or 'escape': bytea"), prepare_form, {1}),
      run("convert_to", {text, text}, bytea, convert_to, "convert_to(text, 'UTF8'), convert_from(bytea, 'UTF8')"),
      run("convert_from", {bytea, text}, text, convert_from),
      write("to_hex", {int4}, to_hex, "to_hex(integer)"),
      write("to_hex", {int8}, to_hex),
  };
}

}  // namespace itemize::expr
