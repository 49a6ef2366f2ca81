// Types that DynamoDB knows nothing of and whose canonical value is the text that PostgreSQL itself prints.
#include <arpa/inet.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "base/buffer.h"
#include "row/cell_text.h"
#include "source/postgres/value_decoder.h"
#include "source/postgres/wire.h"

namespace itemize::source::postgres {
namespace {

using row::Cell;
using row::CellKind;

constexpr char hex[] = "0123456789abcdef";

Cell text_in(Arena& arena, std::string_view text) { return Cell::text(arena.copy(text)); }

void append_real(Buffer& out, double value) {
  if (std::isnan(value)) return out.append("NaN");
  if (std::isinf(value)) return out.append(value > 0 ? "Infinity" : "-Infinity");
  char text[40];
  out.append(std::string_view(text, static_cast<std::size_t>(row::append_float(text, value, false) - text)));
}

void append_point(Buffer& out, WireReader& from) {
  out.append('(');
  append_real(out, from.real());
  out.append(',');
  append_real(out, from.real());
  out.append(')');
}

Cell finished(const Buffer& text, const WireReader& from, Arena& arena) {
  return from.complete() ? text_in(arena, text.view()) : invalid("a geometric value of the wrong size");
}

/// `count` points between two brackets, separated by commas.
void append_points(Buffer& out, WireReader& from, std::size_t count, char open, char close) {
  out.append(open);
  for (std::size_t index = 0; index < count && !from.broken(); ++index) {
    if (index > 0) out.append(',');
    append_point(out, from);
  }
  out.append(close);
}

}  // namespace

/// 0 is the empty text; bytes beyond ASCII are written as PostgreSQL 16 does, for no encoding is meant.
Cell decode_char(const ValueDecoder&, std::string_view wire, Arena& arena) {
  if (wire.size() != 1) [[unlikely]]
    return invalid("a \"char\" that is not one byte");
  const auto byte = static_cast<unsigned char>(wire[0]);
  if (byte == 0) return Cell::text({});
  if (byte < 128) return Cell::text(wire);
  const char text[4] = {'\\', static_cast<char>('0' + (byte >> 6)), static_cast<char>('0' + ((byte >> 3) & 7)),
                        static_cast<char>('0' + (byte & 7))};
  return text_in(arena, {text, 4});
}

Cell decode_bits(const ValueDecoder&, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  const auto bits = from.take<std::int32_t>();
  if (from.broken() || bits < 0 || from.left() != (static_cast<std::size_t>(bits) + 7) / 8) [[unlikely]]
    return invalid("a bit string of the wrong size");
  const std::string_view bytes = wire.substr(4);
  char* const text = arena.allocate(static_cast<std::size_t>(bits));
  for (std::size_t bit = 0; bit < static_cast<std::size_t>(bits); ++bit)
    text[bit] = (static_cast<unsigned char>(bytes[bit / 8]) >> (7 - bit % 8) & 1) != 0 ? '1' : '0';
  return Cell::view_of(CellKind::bits, {text, static_cast<std::size_t>(bits)});
}

/// Family (2: IPv4, 3: IPv6), bits of the network, whether cidr, count of bytes, bytes.
Cell decode_inet(const ValueDecoder&, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  const auto family = from.take<std::uint8_t>();
  const auto bits = from.take<std::uint8_t>();
  const auto cidr = from.take<std::uint8_t>();
  const auto count = from.take<std::uint8_t>();
  const bool four = family == 2;
  if (from.left() != count || count != (four ? 4 : 16) || (!four && family != 3) || bits > 8 * count) [[unlikely]]
    return invalid("a network address of unknown form");
  char text[INET6_ADDRSTRLEN + 8];
  if (inet_ntop(four ? AF_INET : AF_INET6, wire.data() + 4, text, INET6_ADDRSTRLEN) == nullptr)
    return invalid("a network address of unknown form");
  std::size_t size = std::strlen(text);
  if (cidr != 0 || bits != 8 * count) size += static_cast<std::size_t>(std::snprintf(text + size, 8, "/%d", bits));
  return text_in(arena, {text, size});
}

Cell decode_macaddr(const ValueDecoder&, std::string_view wire, Arena& arena) {
  if (wire.size() != 6 && wire.size() != 8) [[unlikely]]
    return invalid("a MAC address of the wrong size");
  char* const text = arena.allocate(wire.size() * 3 - 1);
  char* to = text;
  for (const char byte : wire) {
    if (to != text) *to++ = ':';
    *to++ = hex[static_cast<unsigned char>(byte) >> 4];
    *to++ = hex[byte & 15];
  }
  return Cell::text({text, wire.size() * 3 - 1});
}

Cell decode_pg_lsn(const ValueDecoder&, std::string_view wire, Arena& arena) {
  if (wire.size() != 8) [[unlikely]]
    return invalid("a pg_lsn that is not 8 bytes");
  char text[24];
  const int size = std::snprintf(text, sizeof text, "%X/%X", load<std::uint32_t>(wire.data()), load<std::uint32_t>(wire.data() + 4));
  return text_in(arena, {text, static_cast<std::size_t>(size)});
}

Cell decode_point(const ValueDecoder&, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  Buffer text;
  append_point(text, from);
  return finished(text, from, arena);
}

Cell decode_lseg(const ValueDecoder&, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  Buffer text;
  append_points(text, from, 2, '[', ']');
  return finished(text, from, arena);
}

Cell decode_box(const ValueDecoder&, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  Buffer text;
  append_point(text, from);
  text.append(',');
  append_point(text, from);
  return finished(text, from, arena);
}

Cell decode_line(const ValueDecoder&, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  Buffer text;
  for (const char before : {'{', ',', ','}) {
    text.append(before);
    append_real(text, from.real());
  }
  text.append('}');
  return finished(text, from, arena);
}

Cell decode_circle(const ValueDecoder&, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  Buffer text;
  text.append('<');
  append_point(text, from);
  text.append(',');
  append_real(text, from.real());
  text.append('>');
  return finished(text, from, arena);
}

Cell decode_path(const ValueDecoder&, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  const bool closed = from.take<std::uint8_t>() != 0;
  const auto count = from.take<std::uint32_t>();
  Buffer text;
  append_points(text, from, count, closed ? '(' : '[', closed ? ')' : ']');
  return finished(text, from, arena);
}

Cell decode_polygon(const ValueDecoder&, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  const auto count = from.take<std::uint32_t>();
  Buffer text;
  append_points(text, from, count, '(', ')');
  return finished(text, from, arena);
}

/// Count; for each lexeme its text up to a zero byte, the count of positions, and the positions (2 bits of weight, 14 of place).
Cell decode_tsvector(const ValueDecoder&, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  const auto count = from.take<std::uint32_t>();
  Buffer text;
  for (std::uint32_t lexeme = 0; lexeme < count && !from.broken(); ++lexeme) {
    text.append(lexeme == 0 ? "'" : " '");
    for (char byte = from.take<char>(); byte != 0 && !from.broken(); byte = from.take<char>()) {
      if (byte == '\'' || byte == '\\') text.append(byte);
      text.append(byte);
    }
    text.append('\'');
    const auto positions = from.take<std::uint16_t>();
    for (std::uint16_t index = 0; index < positions && !from.broken(); ++index) {
      const auto position = from.take<std::uint16_t>();
      text.append(index == 0 ? ':' : ',');
      text.append(std::to_string(position & 0x3fff));
      constexpr std::string_view weights[] = {"", "C", "B", "A"};
      text.append(weights[position >> 14]);
    }
  }
  return from.complete() ? text_in(arena, text.view()) : invalid("a tsvector of the wrong size");
}

}  // namespace itemize::source::postgres
