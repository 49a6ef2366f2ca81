// to_timestamp and to_date: a text read after a pattern.
#include <algorithm>
#include <array>

#include "base/civil_time.h"
#include "expr/casts.h"
#include "expr/text_basics.h"
#include "expr/to_char.h"

namespace itemize::expr {
namespace {

using Step = TimeFormat::Step;

constexpr std::size_t field_count = 16;

/// How many digits a field has where more digits follow it at once ("YYYYMMDD").
std::size_t width_of(ReadField field) {
  switch (field) {
    case ReadField::year:
      return 4;
    case ReadField::day_of_year:
    case ReadField::milli:
      return 3;
    case ReadField::micro:
      return 6;
    case ReadField::seconds_of_day:
      return 5;
    default:
      return 2;
  }
}

class Reader {
 public:
  Reader(const std::vector<Step>& steps, std::string_view text) : steps_(steps), text_(text) {}

  std::expected<std::int64_t, std::string> run() {
    for (std::size_t index = 0; index < steps_.size() && problem_.empty(); ++index) {
      const Step& step = steps_[index];
      if (step.pattern != nullptr) {
        skip_space();
        field(step, index);
      } else if (step.separator) {
        if (at_ < text_.size() && (is_space(text_[at_]) || is_separator(text_[at_]))) ++at_;
      } else {
        for (std::size_t letter = 0; letter < step.text.size() && at_ < text_.size();) {
          next_character(step.text, letter);
          next_character(text_, at_);
        }
      }
    }
    if (!problem_.empty()) return std::unexpected(problem_);
    return result();
  }

 private:
  static bool is_space(char byte) { return std::string_view(" \t\n\r\v\f").find(byte) != std::string_view::npos; }
  static bool is_separator(char byte) { return byte > 0x20 && byte < 0x7F && std::isalnum(static_cast<unsigned char>(byte)) == 0; }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  void wrong(const Step& step, std::string_view what) {
    if (problem_.empty())
      problem_ = "'" + std::string(text_.substr(0, 60)) + "': " + std::string(what) + " for " + std::string(step.pattern->name);
  }
  std::optional<std::int64_t>& slot(ReadField field) { return values_[static_cast<std::size_t>(field)]; }

  /// Digits may go on as far as they like where no other digits follow in the pattern.
  bool ends_number(std::size_t index) const {
    if (!steps_[index].fill || steps_[index].ordinal != Step::Ordinal::none || index + 1 >= steps_.size()) return true;
    const Step& next = steps_[index + 1];
    if (next.pattern != nullptr) return !next.pattern->is_number;
    return next.text.empty() || std::isdigit(static_cast<unsigned char>(next.text[0])) == 0;
  }

  void field(const Step& step, std::size_t index) {
    switch (step.pattern->field) {
      case ReadField::none:
        return;
      case ReadField::half_day:
        return half_day(step);
      case ReadField::month_name:
      case ReadField::month_short:
        return month_name_field(step);
      default:
        return digits(step, index);
    }
  }

  void digits(const Step& step, std::size_t index) {
    const ReadField field = step.pattern->field;
    const std::size_t most = ends_number(index) ? 9 : width_of(field);
    std::int64_t value = 0;
    std::size_t count = 0;
    while (count < most && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + (text_[at_++] - '0');
      ++count;
    }
    const bool cut = count == 9 && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9';
    if (count == 0 || cut) return wrong(step, count == 0 ? "a number is missing" : "the number is too long");
    if (field == ReadField::milli || field == ReadField::micro) {
      if (count > width_of(field)) return wrong(step, "the number is too long");
      for (; count < width_of(field); ++count) value *= 10;
    }
    if (field == ReadField::short_year) value += count > 2 ? 0 : value < 70 ? 2000 : 1900;
    if (step.ordinal != Step::Ordinal::none) at_ = std::min(at_ + 2, text_.size());
    set(step, field == ReadField::short_year ? ReadField::year : field, value);
  }
  void set(const Step& step, ReadField field, std::int64_t value) {
    std::optional<std::int64_t>& place = slot(field);
    if (place && *place != value) return wrong(step, "there is another value");
    place = value;
  }

  void half_day(const Step& step) {
    const std::string rest = map_case(text_.substr(at_, 4), false);
    const bool dots = step.pattern->name.size() == 4;
    const std::string_view morning = dots ? "a.m." : "am";
    const std::string_view evening = dots ? "p.m." : "pm";
    if (!rest.starts_with(morning) && !rest.starts_with(evening)) return wrong(step, "AM or PM is missing");
    set(step, ReadField::half_day, rest.starts_with(evening) ? 1 : 0);
    at_ += morning.size();
  }
  void month_name_field(const Step& step) {
    const std::string rest = map_case(text_.substr(at_, 9), false);
    for (int month = 1; month <= 12; ++month) {
      const std::string full = map_case(month_name(month), false);
      const std::string name = step.pattern->field == ReadField::month_name ? full : full.substr(0, 3);
      if (!rest.starts_with(name)) continue;
      at_ += name.size();
      return set(step, ReadField::month, month);
    }
    wrong(step, "the name of a month is missing");
  }

  std::expected<std::int64_t, std::string> result() {
    const auto wrong_value = [this] {
      return std::unexpected("'" + std::string(text_.substr(0, 60)) + "' has a field that is out of range");
    };
    const auto value = [this](ReadField field, std::int64_t otherwise) { return slot(field).value_or(otherwise); };
    const std::int64_t year = value(ReadField::year, 0);
    std::int64_t day = 0;
    if (slot(ReadField::day_of_year) && !slot(ReadField::month) && !slot(ReadField::day)) {
      if (!slot(ReadField::year)) return std::unexpected("the day of the year needs a year");
      const std::int64_t of_year = *slot(ReadField::day_of_year);
      if (of_year < 1 || of_year > (days_in_month(year, 2) == 29 ? 366 : 365)) return wrong_value();
      day = days_from_civil({year, 1, 1}) + of_year - 1;
    } else {
      const std::int64_t month = value(ReadField::month, 1);
      const std::int64_t of_month = value(ReadField::day, 1);
      if (month < 1 || month > 12 || of_month < 1 || of_month > days_in_month(year, static_cast<int>(month))) return wrong_value();
      day = days_from_civil({year, static_cast<int>(month), static_cast<int>(of_month)});
    }
    std::int64_t hour = value(ReadField::hour24, 0);
    const bool halves = slot(ReadField::hour12) || slot(ReadField::half_day);
    if (halves) {
      hour = value(ReadField::hour12, hour);
      if (hour < 1 || hour > 12) return wrong_value();
      if (value(ReadField::half_day, 0) == 1 && hour < 12)
        hour += 12;
      else if (value(ReadField::half_day, 0) == 0 && slot(ReadField::half_day) && hour == 12)
        hour = 0;
      else if (!slot(ReadField::half_day) && hour == 12)
        hour = 0;
    }
    std::int64_t minute = value(ReadField::minute, 0);
    std::int64_t second = value(ReadField::second, 0);
    if (const auto of_day = slot(ReadField::seconds_of_day)) {
      hour = *of_day / 3600;
      minute = *of_day / 60 % 60;
      second = *of_day % 60;
    }
    if (hour > 23 || minute > 59 || second > 59) return wrong_value();
    const std::int64_t micro = value(ReadField::milli, 0) * 1000 + value(ReadField::micro, 0);
    if (day > 106'000'000) return wrong_value();
    const std::int64_t moment = day * microseconds_per_day + (hour * 3600 + minute * 60 + second) * microseconds_per_second + micro;
    if (!in_timestamp_range(moment)) return wrong_value();
    return moment;
  }

  const std::vector<Step>& steps_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::array<std::optional<std::int64_t>, field_count> values_;
  std::string problem_;
};

}  // namespace

std::expected<std::int64_t, std::string> TimeFormat::read(std::string_view text) const { return Reader(steps_, text).run(); }

std::string TimeFormat::unreadable() const {
  for (const Step& step : steps_)
    if (step.pattern != nullptr && step.pattern->field == ReadField::none) return std::string(step.pattern->name);
  return {};
}

Prepared prepare_time_reader(std::span<const std::string_view> literals) {
  if (literals[0].size() > 1000) return std::unexpected("the pattern is too long");
  auto format = std::make_shared<const TimeFormat>(literals[0]);
  const std::string name = format->unreadable();
  if (!name.empty()) return std::unexpected("the pattern " + name + " is not supported for reading");
  return format;
}

}  // namespace itemize::expr
