#include "expr/number_layout.h"

#include <algorithm>

#include "expr/text_basics.h"

namespace itemize::expr::number_pattern {
namespace {

/// Lays digits into a pattern, place by place.
class Layout {
 public:
  Layout(const Format& format, const Digits& digits, Buffer& out) : format_(format), digits_(digits), text_(digits.text), out_(out) {
    side_ = format.side;
    brackets_ = format.brackets;
    zero_start_ = format.zero_start - 1;
    if (format.plus || format.minus) {
      sign_written_ = !(format.plus && !format.minus);
    } else {
      if (!digits.negative && !format.fill) brackets_ = false;
      sign_written_ = !digits.negative && !format.fill && !format.signs;
      if (side_ == Side::before && format.whole == format.digits_before_sign) side_ = Side::behind;
    }
    count_ = digits.fraction + format.whole + (format.multiplies ? format.multiplied : 0) - 1;
    if (!format.fill && format.has_point) find_last_relevant();
    if (!sign_written_ && digits.spaces == 0) ++count_;
  }

  void run() {
    for (const Part& part : format_.parts) {
      if (ended_) return;
      switch (part.key) {
        case Key::digit:
        case Key::zero:
        case Key::point:
          place(part.key);
          break;
        case Key::comma:
        case Key::group:
          if (inside_)
            out_.append(',');
          else if (format_.fill)
            out_.append(' ');
          break;
        case Key::currency:
          out_.append(' ');
          break;
        case Key::ordinal_small:
        case Key::ordinal_capital:
          ordinal(part.key == Key::ordinal_capital);
          break;
        case Key::minus:
          signed_place(digits_.negative, '-');
          break;
        case Key::plus:
          signed_place(!digits_.negative, '+');
          break;
        case Key::sign:
          out_.append(digits_.negative ? '-' : '+');
          break;
        case Key::literal:
          out_.append(part.text);
          break;
        case Key::roman:
        case Key::roman_small:
        case Key::silent:
          break;
      }
    }
  }

 private:
  static constexpr std::size_t none = std::string::npos;

  void find_last_relevant() {
    const std::size_t point = text_.find('.');
    if (point == none) return;
    last_relevant_ = point;
    for (std::size_t at = point + 1; at < text_.size(); ++at)
      if (text_[at] != '0') last_relevant_ = at;
    if (format_.zero_end > digits_.spaces)
      last_relevant_ = std::max(last_relevant_, std::min(text_.size() - 1, static_cast<std::size_t>(format_.zero_end - digits_.spaces)));
  }
  bool ends_at_point() const { return last_relevant_ != none && text_[last_relevant_] == '.'; }
  /// The zero before the point of 0.5, which 9 leaves blank.
  bool is_leading_zero() const { return !format_.zeros && next_ == 0 && text_.starts_with('0') && digits_.fraction != 0; }
  char next_character() const { return next_ < text_.size() ? text_[next_] : '\0'; }
  void signed_place(bool shown, char sign) {
    if (shown)
      out_.append(sign);
    else if (format_.fill)
      out_.append(' ');
  }
  void ordinal(bool capital) {
    if (format_.roman || text_.starts_with('#') || digits_.negative || format_.has_point) return;
    const std::size_t size = text_.size();
    const char last = text_.back();
    const bool teen = size > 1 && text_[size - 2] == '1';
    const char* const suffix = teen ? "th" : last == '1' ? "st" : last == '2' ? "nd" : last == '3' ? "rd" : "th";
    append_case(out_, suffix, capital);
  }

  void write_sign() {
    const bool reached = current_ >= digits_.spaces || (format_.zeros && zero_start_ == current_);
    if (sign_written_ || !reached || (is_leading_zero() && !ends_at_point())) return;
    if (format_.signs) {
      if (side_ != Side::before) return;
      out_.append(digits_.negative ? '-' : '+');
    } else if (brackets_) {
      out_.append(digits_.negative ? '<' : ' ');
    } else if (digits_.negative) {
      out_.append('-');
    } else if (format_.fill) {
      out_.append(' ');
    }
    sign_written_ = true;
  }

  void place(Key key) {
    inside_ = false;
    write_sign();
    if (current_ < digits_.spaces && (!format_.zeros || zero_start_ > current_)) {
      if (format_.fill) out_.append(' ');
    } else if (current_ < digits_.spaces) {
      out_.append('0');
      inside_ = true;
    } else {
      digit(key);
      if (ended_) return;
    }
    int end = count_ + (digits_.spaces != 0 ? 1 : 0) + (format_.has_point ? 1 : 0);
    if (last_relevant_ != none && last_relevant_ == next_) end = current_;
    if (current_ + 1 == end) {
      if (sign_written_ && brackets_)
        out_.append(digits_.negative ? '>' : ' ');
      else if (format_.signs && side_ == Side::behind)
        out_.append(digits_.negative ? '-' : '+');
    }
    ++current_;
  }

  void digit(Key key) {
    const char byte = next_character();
    if (byte == '.') {
      if (!ends_at_point() || !format_.fill) out_.append('.');
    } else if (last_relevant_ != none && next_ > last_relevant_ && key != Key::zero) {
      // Nothing: FM drops it.
    } else if (is_leading_zero()) {
      if (format_.fill)
        out_.append(' ');
      else if (ends_at_point())
        out_.append('0');
    } else if (byte != '\0') {
      out_.append(byte);
      inside_ = true;
    } else {
      ended_ = true;
      return;
    }
    if (next_ < text_.size()) ++next_;
  }

  const Format& format_;
  const Digits& digits_;
  const std::string& text_;
  Buffer& out_;
  Side side_ = Side::none;
  bool brackets_ = false;
  bool sign_written_ = false;
  bool ended_ = false;   ///< PostgreSQL writes the byte 0 for a digit that is not there (of NaN), and nothing is seen behind it.
  bool inside_ = false;  ///< The last place held a digit: a comma may follow.
  int zero_start_ = -1;
  int count_ = 0;
  int current_ = 0;
  std::size_t next_ = 0;  ///< In the digits' text.
  std::size_t last_relevant_ = none;
};

}  // namespace

void lay(const Format& format, const Digits& digits, Buffer& out) { Layout(format, digits, out).run(); }

}  // namespace itemize::expr::number_pattern
