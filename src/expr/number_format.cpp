#include "expr/number_format.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "expr/number_layout.h"
#include "expr/text_basics.h"

namespace itemize::expr {
namespace {

using namespace number_pattern;

struct Word {
  std::string_view name;
  enum class Action : std::uint8_t {
    digit,
    zero,
    point,
    comma,
    group,
    currency,
    fm,
    s,
    mi,
    pl,
    sg,
    pr,
    rn,
    th,
    v,
    eeee,
    blank,
    silent
  } action;
};
// The longer ones first.
constexpr Word words[] = {
    {"EEEE", Word::Action::eeee}, {"FM", Word::Action::fm},      {"MI", Word::Action::mi},    {"PL", Word::Action::pl},
    {"PR", Word::Action::pr},     {"RN", Word::Action::rn},      {"SG", Word::Action::sg},    {"SP", Word::Action::silent},
    {"TH", Word::Action::th},     {"9", Word::Action::digit},    {"0", Word::Action::zero},   {".", Word::Action::point},
    {",", Word::Action::comma},   {"B", Word::Action::blank},    {"C", Word::Action::silent}, {"D", Word::Action::point},
    {"G", Word::Action::group},   {"L", Word::Action::currency}, {"S", Word::Action::s},      {"V", Word::Action::v},
};

class Compiler {
 public:
  explicit Compiler(std::string_view pattern) : pattern_(pattern) {}

  std::expected<Format, std::string> run() {
    while (at_ < pattern_.size() && problem_.empty()) {
      if (const Word* word = next_word()) {
        const bool small = std::islower(static_cast<unsigned char>(pattern_[at_])) != 0;
        at_ += word->name.size();
        take(*word, small);
      } else {
        literal();
      }
    }
    if (!problem_.empty()) return std::unexpected(problem_);
    return std::move(format_);
  }

 private:
  using Action = Word::Action;

  const Word* next_word() const {
    const std::string_view rest = pattern_.substr(at_, 4);
    for (const Word& word : words)
      if (rest.starts_with(word.name) || rest.starts_with(map_case(word.name, false))) return &word;
    return nullptr;
  }
  void literal() {
    if (pattern_[at_] == '"') {
      std::string text;
      for (++at_; at_ < pattern_.size() && pattern_[at_] != '"'; ++at_) {
        if (pattern_[at_] == '\\' && at_ + 1 < pattern_.size()) ++at_;
        text += pattern_[at_];
      }
      if (at_ < pattern_.size()) ++at_;
      format_.parts.push_back({Key::literal, std::move(text)});
      return;
    }
    if (pattern_[at_] == '\\' && at_ + 1 < pattern_.size() && pattern_[at_ + 1] == '"') ++at_;
    const std::size_t begin = at_;
    next_character(pattern_, at_);
    format_.parts.push_back({Key::literal, std::string(pattern_.substr(begin, at_ - begin))});
  }
  void wrong(const char* what) {
    if (problem_.empty()) problem_ = what;
  }
  void add(Key key) { format_.parts.push_back({key, {}}); }

  void take(const Word& word, bool small) {
    Format& f = format_;
    if (f.scientific && word.action != Action::eeee) return wrong("\"EEEE\" must be the last pattern used");
    switch (word.action) {
      case Action::digit:
        if (f.brackets) return wrong("\"9\" must be ahead of \"PR\"");
        (f.multiplies ? f.multiplied : f.has_point ? f.fraction : f.whole)++;
        return add(Key::digit);
      case Action::zero:
        if (f.brackets) return wrong("\"0\" must be ahead of \"PR\"");
        if (!f.zeros && !f.has_point) {
          f.zeros = true;
          f.zero_start = f.whole + 1;
        }
        (f.has_point ? f.fraction : f.whole)++;
        f.zero_end = f.whole + f.fraction;
        return add(Key::zero);
      case Action::blank:
        f.blank = f.whole == 0 && f.fraction == 0 && !f.zeros;
        return;
      case Action::point:
        if (f.has_point) return wrong("multiple decimal points");
        if (f.multiplies) return wrong("cannot use \"V\" and decimal point together");
        f.has_point = true;
        return add(Key::point);
      case Action::fm:
        f.fill = false;
        return;
      case Action::s:
        return take_sign();
      case Action::mi:
        f.minus = true;
        return f.signs ? wrong("cannot use \"S\" and \"MI\" together") : add(Key::minus);
      case Action::pl:
        f.plus = true;
        return f.signs ? wrong("cannot use \"S\" and \"PL\" together") : add(Key::plus);
      case Action::sg:
        f.minus = f.plus = true;
        return f.signs ? wrong("cannot use \"S\" and \"SG\" together") : add(Key::sign);
      case Action::pr:
        f.brackets = true;
        return f.signs || f.plus || f.minus ? wrong("cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" together") : void();
      case Action::rn:
        f.roman = true;
        return add(small ? Key::roman_small : Key::roman);
      case Action::v:
        f.multiplies = true;
        return f.has_point ? wrong("cannot use \"V\" and decimal point together") : void();
      case Action::eeee:
        if (f.scientific) return wrong("cannot use \"EEEE\" twice");
        if (f.blank || !f.fill || f.signs || f.brackets || f.minus || f.plus || f.roman || f.multiplies)
          return wrong("\"EEEE\" is incompatible with other formats");
        f.scientific = true;
        return;
      case Action::comma:
        return add(Key::comma);
      case Action::group:
        return add(Key::group);
      case Action::currency:
        return add(Key::currency);
      case Action::th:
        return add(small ? Key::ordinal_small : Key::ordinal_capital);
      case Action::silent:
        return;
    }
  }
  void take_sign() {
    Format& f = format_;
    if (f.signs) return wrong("cannot use \"S\" twice");
    if (f.plus || f.minus || f.brackets) return wrong("cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together");
    f.signs = true;
    f.side = f.has_point ? Side::behind : Side::before;
    if (!f.has_point) f.digits_before_sign = f.whole;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  Format format_;
  std::string problem_;
};

int whole_places(const Format& format) { return format.whole + (format.multiplies ? format.multiplied : 0); }

/// Fits the text of a number ("-12.50") to the pattern's places.
Digits fitted(const Format& format, std::string text, int fraction) {
  Digits digits;
  digits.negative = text.starts_with('-');
  if (digits.negative) text.erase(0, 1);
  digits.fraction = fraction;
  const auto whole = static_cast<int>(std::min(text.find('.'), text.size()));
  const int places = whole_places(format);
  if (whole > places) {
    text.assign(static_cast<std::size_t>(places + fraction + 1), '#');
    text[static_cast<std::size_t>(places)] = '.';
  } else {
    digits.spaces = places - whole;
  }
  digits.text = std::move(text);
  return digits;
}

std::string hashes(const Format& format) {
  std::string text(static_cast<std::size_t>(format.whole + format.fraction + 6), '#');
  text[0] = ' ';
  if (static_cast<std::size_t>(format.whole) + 1 < text.size()) text[static_cast<std::size_t>(format.whole) + 1] = '.';
  return text;
}

/// " 1.23e+04": one digit before the point, `fraction` behind; two where rounding makes 9.99 to 10.0, as PostgreSQL has it.
std::string scientific(const Decimal& number, int fraction) {
  const int exponent = number.digits.empty() ? 0 : static_cast<int>(number.digits.size()) - number.scale - 1;
  Decimal mantissa = number;
  mantissa.scale += exponent;
  mantissa = round_to(mantissa, fraction);
  char text[24];
  std::snprintf(text, sizeof text, "e%c%02d", exponent < 0 ? '-' : '+', std::abs(exponent));
  return (number.negative ? "" : " ") + text_with_scale(mantissa) + text;
}

std::string roman(std::int64_t value, bool fill) {
  if (value <= 0 || value > 3999) return std::string(15, '#');
  constexpr std::pair<int, const char*> numerals[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
                                                      {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},    {4, "IV"},  {1, "I"}};
  std::string text;
  for (const auto& [number, numeral] : numerals)
    for (; value >= number; value -= number) text += numeral;
  return fill && text.size() < 15 ? std::string(15 - text.size(), ' ') + text : text;
}

/// Digits of a float, no more than it has (15 for a double, 6 for a float).
Digits float_digits(const Format& format, double value, int most) {
  if (format.multiplies) value *= std::pow(10.0, format.multiplied);
  if (!std::isfinite(value)) {
    const std::string name = std::isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
    const auto letters = static_cast<int>(name.size()) - (value < 0 ? 1 : 0);
    return fitted(format, name, letters >= most ? 0 : std::min(format.fraction, most - letters));
  }
  char text[512];
  const int whole = std::snprintf(text, sizeof text, "%.0f", std::fabs(value));
  const int fraction = whole >= most ? 0 : std::min(format.fraction, most - whole);
  std::snprintf(text, sizeof text, "%.*f", fraction, value);
  return fitted(format, text, fraction);
}

Digits decimal_digits(const Format& format, const Decimal& value) {
  return fitted(format, text_with_scale(round_to(value, format.fraction)), format.fraction);
}

/// What "V" makes of a number; nothing where it does not fit. PostgreSQL multiplies integers in their own type: an int4 wraps.
template <Sql From>
std::optional<Decimal> multiplied(const Decimal& number, int power) {
  if (number.kind != Decimal::Kind::finite) return number;
  const Decimal product = multiply(number, *parse_decimal("1e" + std::to_string(power)));
  if constexpr (From == Sql::int8) {
    if (!to_int64(product)) return std::nullopt;
  } else if constexpr (From == Sql::int4) {
    std::uint32_t wrapped = static_cast<std::uint32_t>(*to_int64(number));
    for (int digit = 0; digit < power; ++digit) wrapped *= 10;
    return parse_decimal(std::to_string(static_cast<std::int32_t>(wrapped)));
  }
  return product;
}

void write_roman(Frame& frame, const Format& format, const row::Cell& cell, Buffer& out) {
  std::int64_t value = 0;
  if (cell.kind == row::CellKind::float32 || cell.kind == row::CellKind::float64) {
    const double rounded = std::nearbyint(cell.d);
    // A float that no integer holds has no numeral, as 0 has none.
    value = std::fabs(rounded) < 2147483648.0 ? static_cast<std::int64_t>(rounded) : 0;
  } else {
    const std::optional<Decimal> number = to_decimal(cell);
    const std::optional<std::int64_t> whole = number ? to_int64(*number) : std::nullopt;
    if (!whole || *whole > 2147483647 || *whole < -2147483648LL) {
      frame.fail("integer out of range");
      return;
    }
    value = *whole;
  }
  const std::string text = roman(value, format.fill);
  const bool small = std::ranges::any_of(format.parts, [](const Part& part) { return part.key == Key::roman_small; });
  append_case(out, text, !small);
}

}  // namespace

Prepared prepare_number_format(std::span<const std::string_view> literals) {
  std::expected<Format, std::string> format = Compiler(literals[0]).run();
  if (!format) return std::unexpected("to_char: " + format.error());
  return std::make_shared<const Format>(*std::move(format));
}

template <Sql From>
void write_number(Frame& frame, const Call& call, Buffer& out) {
  const Format& format = *static_cast<const Format*>(call.prepared);
  const row::Cell& cell = call.arguments[0];
  if (call.text(1).size() > 1000) {
    frame.fail("to_char: the pattern is too long");
    return;
  }
  if (format.roman) return write_roman(frame, format, cell, out);
  const bool real = From == Sql::float4 || From == Sql::float8;
  Decimal number = to_decimal(cell).value_or(Decimal{});
  if (format.scientific) {
    if (number.kind != Decimal::Kind::finite) {
      out.append(hashes(format));
    } else if (real || From == Sql::int4) {
      char text[512];
      const int size = std::snprintf(text, sizeof text, "%+.*e", std::min(format.fraction, 400), to_real(cell));
      if (text[0] == '+') text[0] = ' ';
      out.append({text, static_cast<std::size_t>(size)});
    } else {
      out.append(scientific(number, format.fraction));
    }
    return;
  }
  if (!real && format.multiplies) {
    const std::optional<Decimal> product = multiplied<From>(number, format.multiplied);
    if (!product) {
      frame.fail("bigint out of range");
      return;
    }
    number = *product;
  }
  const Digits digits = real ? float_digits(format, cell.d, From == Sql::float4 ? 6 : 15) : decimal_digits(format, number);
  const bool has_number = real ? std::isfinite(cell.d) : number.kind == Decimal::Kind::finite;
  const auto is_ordinal = [](const Part& part) { return part.key == Key::ordinal_small || part.key == Key::ordinal_capital; };
  if (!has_number && !digits.negative && !format.has_point && !digits.text.starts_with('#') &&
      std::ranges::any_of(format.parts, is_ordinal)) {
    frame.fail("'" + digits.text + "' is not a number: it has no ordinal");
    return;
  }
  lay(format, digits, out);
}

template void write_number<Sql::int4>(Frame&, const Call&, Buffer&);
template void write_number<Sql::int8>(Frame&, const Call&, Buffer&);
template void write_number<Sql::numeric>(Frame&, const Call&, Buffer&);
template void write_number<Sql::float4>(Frame&, const Call&, Buffer&);
template void write_number<Sql::float8>(Frame&, const Call&, Buffer&);

}  // namespace itemize::expr
