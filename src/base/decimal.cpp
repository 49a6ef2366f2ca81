#include "base/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "base/text.h"

namespace itemize {
namespace {

/// PostgreSQL's numeric holds 131,072 digits before the point and 16,383 after it.
constexpr std::size_t most_digits = 200'000;

void strip_leading_zeros(std::string& digits) {
  const std::size_t first = digits.find_first_not_of('0');
  digits.erase(0, first == std::string::npos ? digits.size() : first);
}

Decimal make(bool negative, std::string digits, int scale) {
  Decimal number;
  strip_leading_zeros(digits);
  number.negative = negative && !digits.empty();
  number.digits = std::move(digits);
  number.scale = scale;
  return number;
}

Decimal special(Decimal::Kind kind) {
  Decimal number;
  number.kind = kind;
  return number;
}

// Arithmetic on digit strings without sign: most significant first.

int compare_digits(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

std::string add_digits(std::string_view a, std::string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  std::string sum(a);
  int carry = 0;
  for (std::size_t index = 0; index < a.size() && (index < b.size() || carry != 0); ++index) {
    char& place = sum[a.size() - 1 - index];
    const int value = place - '0' + carry + (index < b.size() ? b[b.size() - 1 - index] - '0' : 0);
    place = static_cast<char>('0' + value % 10);
    carry = value / 10;
  }
  if (carry != 0) sum.insert(sum.begin(), '1');
  return sum;
}

/// a >= b.
std::string subtract_digits(std::string_view a, std::string_view b) {
  std::string difference(a);
  int borrow = 0;
  for (std::size_t index = 0; index < a.size() && (index < b.size() || borrow != 0); ++index) {
    char& place = difference[a.size() - 1 - index];
    int value = place - '0' - borrow - (index < b.size() ? b[b.size() - 1 - index] - '0' : 0);
    borrow = value < 0 ? 1 : 0;
    if (value < 0) value += 10;
    place = static_cast<char>('0' + value);
  }
  return difference;
}

std::string multiply_digits(std::string_view a, std::string_view b) {
  std::vector<std::uint32_t> product(a.size() + b.size());
  for (std::size_t i = a.size(); i-- > 0;) {
    std::uint32_t carry = 0;
    for (std::size_t j = b.size(); j-- > 0;) {
      const std::uint32_t value = product[i + j + 1] + static_cast<std::uint32_t>(a[i] - '0') * static_cast<std::uint32_t>(b[j] - '0') + carry;
      product[i + j + 1] = value % 10;
      carry = value / 10;
    }
    product[i] += carry;
  }
  std::string digits(product.size(), '0');
  for (std::size_t index = 0; index < product.size(); ++index) digits[index] = static_cast<char>('0' + product[index]);
  return digits;
}

/// Whole quotient; `rest` becomes the remainder.
std::string divide_digits(std::string_view a, std::string_view b, std::string& rest) {
  std::string quotient;
  rest.clear();
  for (const char digit : a) {
    if (!rest.empty() || digit != '0') rest += digit;
    char count = '0';
    while (compare_digits(rest, b) >= 0) {
      rest = subtract_digits(rest, b);
      strip_leading_zeros(rest);
      ++count;
    }
    quotient += count;
  }
  return quotient;
}

/// Digits as if the number had `scale` digits after the point (which must not be fewer than it has).
std::string scaled_digits(const Decimal& number, int scale) {
  return number.digits.empty() ? std::string() : number.digits + std::string(static_cast<std::size_t>(scale - number.scale), '0');
}

/// The power of ten of the first digit: 0 for 1.5, 2 for 100, -1 for 0.5.
int magnitude(const Decimal& number) { return static_cast<int>(number.digits.size()) - number.scale - 1; }

/// Cuts digits beyond `scale`; `up` rounds half away from zero.
Decimal cut(const Decimal& number, int scale, bool round) {
  if (number.kind != Decimal::Kind::finite) return number;
  if (scale >= number.scale) return make(number.negative, scaled_digits(number, scale), scale);
  const auto dropped = static_cast<std::size_t>(number.scale - scale);
  std::string kept = dropped >= number.digits.size() ? std::string() : number.digits.substr(0, number.digits.size() - dropped);
  const bool up = round && dropped <= number.digits.size() && number.digits[number.digits.size() - dropped] >= '5';
  if (up) kept = kept.empty() ? "1" : add_digits(kept, "1");
  return make(number.negative, std::move(kept), scale);
}

std::int16_t be16(const char* bytes) {
  return static_cast<std::int16_t>(static_cast<unsigned char>(bytes[0]) << 8 | static_cast<unsigned char>(bytes[1]));
}

struct WireNumber {
  int count = 0;
  int weight = 0;
  bool negative = false;
  int scale = 0;
  const char* digits = nullptr;

  int digit(int index) const { return index >= 0 && index < count ? be16(digits + 2 * index) : 0; }
};

NumberForm read_wire(std::string_view wire, WireNumber& number) {
  if (wire.size() < 8) return NumberForm::malformed;
  number.count = be16(wire.data());
  number.weight = be16(wire.data() + 2);
  const auto sign = static_cast<std::uint16_t>(be16(wire.data() + 4));
  number.scale = be16(wire.data() + 6);
  number.digits = wire.data() + 8;
  if (sign == 0xC000) return NumberForm::nan;
  if (sign == 0xD000) return NumberForm::infinity;
  if (sign == 0xF000) return NumberForm::minus_infinity;
  if ((sign != 0 && sign != 0x4000) || number.count < 0 || number.scale < 0 || wire.size() != 8 + 2 * static_cast<std::size_t>(number.count)) return NumberForm::malformed;
  for (int index = 0; index < number.count; ++index)
    if (number.digit(index) < 0 || number.digit(index) > 9999) return NumberForm::malformed;
  number.negative = sign == 0x4000;
  return NumberForm::finite;
}

char* four(char* out, int value) {
  out[0] = static_cast<char>('0' + value / 1000);
  out[1] = static_cast<char>('0' + value / 100 % 10);
  out[2] = static_cast<char>('0' + value / 10 % 10);
  out[3] = static_cast<char>('0' + value % 10);
  return out + 4;
}

/// Plain text; `keep_scale` pads or cuts to the number's scale, otherwise trailing zeros go.
NumberForm write_wire(std::string_view wire, Buffer& out, bool keep_scale) {
  WireNumber number;
  const NumberForm form = read_wire(wire, number);
  if (form != NumberForm::finite) return form;
  const int whole_groups = number.weight >= 0 ? number.weight + 1 : 0;
  const int fraction_groups = (number.scale + 3) / 4;
  const std::size_t most = 4 + 4 * (static_cast<std::size_t>(whole_groups) + static_cast<std::size_t>(fraction_groups) + static_cast<std::size_t>(number.count));
  char* const start = out.reserve(most);
  char* end = start;
  if (number.negative && number.count > 0) *end++ = '-';
  char* const first = end;
  for (int group = 0; group < whole_groups; ++group) end = four(end, number.digit(group));
  // Leading zeros of the first group.
  char* significant = first;
  while (significant < end && *significant == '0') ++significant;
  if (significant == end) {
    end = first;
    *end++ = '0';
  } else if (significant != first) {
    std::memmove(first, significant, static_cast<std::size_t>(end - significant));
    end -= significant - first;
  }
  if (number.scale > 0) {
    char* const point = end;
    *end++ = '.';
    for (int group = 0; group < fraction_groups; ++group) end = four(end, number.digit(number.weight + 1 + group));
    end = point + 1 + number.scale;
    if (!keep_scale) {
      while (end[-1] == '0') --end;
      if (end - 1 == point) end = point;
    }
  }
  if (!keep_scale && end - first == 1 && *first == '0') {  // no minus before a zero
    *start = '0';
    end = start + 1;
  }
  out.advance(static_cast<std::size_t>(end - start));
  return NumberForm::finite;
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (same_without_case(text, "nan")) return special(Decimal::Kind::nan);
  if (same_without_case(text, "infinity") || same_without_case(text, "inf")) return special(negative ? Decimal::Kind::minus_infinity : Decimal::Kind::infinity);
  std::string digits;
  int scale = 0;
  bool point = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point) {
      point = true;
    } else if (text[at] >= '0' && text[at] <= '9') {
      digits += text[at];
      scale += point ? 1 : 0;
    } else {
      break;
    }
  }
  if (digits.empty() || digits.size() > most_digits) return std::nullopt;
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    std::string_view exponent = text.substr(at + 1);
    if (!exponent.empty() && exponent.front() == '+') {
      exponent.remove_prefix(1);
      if (!exponent.empty() && exponent.front() == '-') return std::nullopt;
    }
    int value = 0;
    const auto [end, error] = std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
    if (error != std::errc() || end != exponent.data() + exponent.size() || exponent.empty() || std::abs(value) > static_cast<int>(most_digits)) return std::nullopt;
    scale -= value;
  }
  Decimal number = make(negative, std::move(digits), scale);
  if (number.scale < 0) {  // 1e3 is 1000: no negative scale comes out of a text
    if (!number.digits.empty()) number.digits.append(static_cast<std::size_t>(-number.scale), '0');
    number.scale = 0;
  }
  return number;
}

Decimal decimal_from(std::int64_t value) {
  const std::uint64_t magnitude_of = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  return make(value < 0, std::to_string(magnitude_of), 0);
}

std::optional<Decimal> decimal_from_wire(std::string_view wire) {
  Buffer text;
  switch (write_wire(wire, text, true)) {
    case NumberForm::finite: return parse_decimal(text.view());
    case NumberForm::nan: return special(Decimal::Kind::nan);
    case NumberForm::infinity: return special(Decimal::Kind::infinity);
    case NumberForm::minus_infinity: return special(Decimal::Kind::minus_infinity);
    case NumberForm::malformed: return std::nullopt;
  }
  return std::nullopt;
}

NumberForm append_wire_number(std::string_view wire, Buffer& out) { return write_wire(wire, out, false); }
NumberForm append_wire_text(std::string_view wire, Buffer& out) { return write_wire(wire, out, true); }

std::string text_with_scale(const Decimal& number) {
  switch (number.kind) {
    case Decimal::Kind::nan: return "NaN";
    case Decimal::Kind::infinity: return "Infinity";
    case Decimal::Kind::minus_infinity: return "-Infinity";
    case Decimal::Kind::finite: break;
  }
  std::string text = number.digits;
  if (number.scale <= 0) {
    if (text.empty()) return "0";
    text.append(static_cast<std::size_t>(-number.scale), '0');
  } else {
    const auto scale = static_cast<std::size_t>(number.scale);
    if (text.size() <= scale) text.insert(0, scale + 1 - text.size(), '0');
    text.insert(text.size() - scale, 1, '.');
  }
  return number.negative ? "-" + text : text;
}

std::string canonical_text(const Decimal& number) {
  std::string text = text_with_scale(number);
  if (number.kind != Decimal::Kind::finite || number.scale <= 0) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

int compare(const Decimal& a, const Decimal& b) {
  const auto rank = [](const Decimal& number) {
    switch (number.kind) {
      case Decimal::Kind::minus_infinity: return -1;
      case Decimal::Kind::finite: return 0;
      case Decimal::Kind::infinity: return 1;
      case Decimal::Kind::nan: return 2;
    }
    return 0;
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b) ? -1 : 1;
  if (rank(a) != 0) return 0;
  if (a.digits.empty() || b.digits.empty() || a.negative != b.negative) {
    const auto sign = [](const Decimal& number) { return number.digits.empty() ? 0 : number.negative ? -1 : 1; };
    return sign(a) - sign(b);
  }
  const int direction = a.negative ? -1 : 1;
  if (magnitude(a) != magnitude(b)) return magnitude(a) < magnitude(b) ? -direction : direction;
  const int scale = std::max(a.scale, b.scale);
  const int order = compare_digits(scaled_digits(a, scale), scaled_digits(b, scale));
  return order < 0 ? -direction : order > 0 ? direction : 0;
}

Decimal negate(Decimal number) {
  if (number.kind == Decimal::Kind::infinity) return special(Decimal::Kind::minus_infinity);
  if (number.kind == Decimal::Kind::minus_infinity) return special(Decimal::Kind::infinity);
  if (!number.digits.empty()) number.negative = !number.negative;
  return number;
}

Decimal add(const Decimal& a, const Decimal& b) {
  if (a.kind != Decimal::Kind::finite || b.kind != Decimal::Kind::finite) {
    if (a.kind == Decimal::Kind::finite) return b;
    if (b.kind == Decimal::Kind::finite || a.kind == b.kind) return a;
    return special(Decimal::Kind::nan);
  }
  const int scale = std::max(a.scale, b.scale);
  const std::string left = scaled_digits(a, scale);
  const std::string right = scaled_digits(b, scale);
  if (a.negative == b.negative) return make(a.negative, add_digits(left, right), scale);
  const int order = compare_digits(left, right);
  return order >= 0 ? make(a.negative, subtract_digits(left, right), scale) : make(b.negative, subtract_digits(right, left), scale);
}

Decimal subtract(const Decimal& a, const Decimal& b) { return add(a, negate(b)); }

Decimal multiply(const Decimal& a, const Decimal& b) {
  if (a.kind == Decimal::Kind::nan || b.kind == Decimal::Kind::nan || ((a.kind != Decimal::Kind::finite || b.kind != Decimal::Kind::finite) && (a.is_zero() || b.is_zero())))
    return special(Decimal::Kind::nan);
  if (a.kind != Decimal::Kind::finite || b.kind != Decimal::Kind::finite) {
    const auto minus = [](const Decimal& number) { return number.kind == Decimal::Kind::minus_infinity || number.negative; };
    return special(minus(a) != minus(b) ? Decimal::Kind::minus_infinity : Decimal::Kind::infinity);
  }
  return make(a.negative != b.negative, multiply_digits(a.digits, b.digits), a.scale + b.scale);
}

namespace {

/// The scale that PostgreSQL gives a quotient (numeric.c, select_div_scale), in its base-10000 terms.
int quotient_scale(const Decimal& a, const Decimal& b) {
  constexpr int group = 4;
  constexpr int least_significant = 16;
  const auto weight_and_first = [](const Decimal& number, int& weight, int& first) {
    weight = 0;
    first = 0;
    if (number.digits.empty()) return;
    const int top = magnitude(number);
    weight = top >= 0 ? top / group : -((-top + group - 1) / group);
    const int in_first = top - weight * group + 1;  // digits of the first group that are significant
    first = std::stoi((number.digits + "0000").substr(0, static_cast<std::size_t>(in_first)));
  };
  int weight_a = 0;
  int first_a = 0;
  int weight_b = 0;
  int first_b = 0;
  weight_and_first(a, weight_a, first_a);
  weight_and_first(b, weight_b, first_b);
  int weight = weight_a - weight_b;
  if (first_a <= first_b) --weight;
  const int scale = std::max({least_significant - weight * group, a.scale, b.scale, 0});
  return std::min(scale, 1000);
}

}  // namespace

std::optional<Decimal> divide(const Decimal& a, const Decimal& b) {
  if (a.kind == Decimal::Kind::nan || b.kind == Decimal::Kind::nan) return special(Decimal::Kind::nan);
  if (b.is_zero()) return std::nullopt;
  if (b.kind != Decimal::Kind::finite) return a.kind != Decimal::Kind::finite ? special(Decimal::Kind::nan) : Decimal{};
  if (a.kind != Decimal::Kind::finite) return b.negative ? negate(a) : a;
  const int scale = quotient_scale(a, b);
  // One digit more than wanted, for rounding.
  const int shift = scale + 1 + b.scale - a.scale;
  std::string dividend = a.digits;
  if (shift >= 0 && !dividend.empty()) dividend.append(static_cast<std::size_t>(shift), '0');
  std::string divisor = b.digits;
  if (shift < 0) divisor.append(static_cast<std::size_t>(-shift), '0');
  std::string rest;
  return round_to(make(a.negative != b.negative, divide_digits(dividend, divisor, rest), scale + 1), scale);
}

std::optional<Decimal> divide_truncated(const Decimal& a, const Decimal& b) {
  if (b.is_zero() || a.kind != Decimal::Kind::finite || b.kind != Decimal::Kind::finite) return std::nullopt;
  const int scale = std::max(a.scale, b.scale);
  std::string rest;
  return make(a.negative != b.negative, divide_digits(scaled_digits(a, scale), scaled_digits(b, scale), rest), 0);
}

std::optional<Decimal> remainder(const Decimal& a, const Decimal& b) {
  if (a.kind == Decimal::Kind::nan || b.kind == Decimal::Kind::nan) return special(Decimal::Kind::nan);
  if (b.is_zero()) return std::nullopt;
  if (a.kind != Decimal::Kind::finite) return special(Decimal::Kind::nan);
  if (b.kind != Decimal::Kind::finite) return a;
  const int scale = std::max(a.scale, b.scale);
  std::string rest;
  divide_digits(scaled_digits(a, scale), scaled_digits(b, scale), rest);
  return make(a.negative, rest, scale);
}

Decimal round_to(const Decimal& number, int scale) { return cut(number, scale, true); }
Decimal truncate_to(const Decimal& number, int scale) { return cut(number, scale, false); }

std::optional<std::int64_t> to_int64(const Decimal& number) {
  if (number.kind != Decimal::Kind::finite) return std::nullopt;
  const std::string text = text_with_scale(round_to(number, 0));
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double to_double(const Decimal& number) {
  switch (number.kind) {
    case Decimal::Kind::nan: return std::numeric_limits<double>::quiet_NaN();
    case Decimal::Kind::infinity: return std::numeric_limits<double>::infinity();
    case Decimal::Kind::minus_infinity: return -std::numeric_limits<double>::infinity();
    case Decimal::Kind::finite: break;
  }
  const std::string text = text_with_scale(number);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return magnitude(number) > 0 ? (number.negative ? -HUGE_VAL : HUGE_VAL) : 0.0;
  return value;
}

}  // namespace itemize
