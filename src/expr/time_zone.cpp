#include "expr/time_zone.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/civil_time.h"
#include "base/file.h"
#include "expr/text_basics.h"

namespace itemize::expr {
namespace {

constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::uint64_t largest_file = 1 << 20;

std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = (static_cast<unsigned char>(bytes[at]) & 0x80) != 0 && width < 8 ? ~std::uint64_t{0} : 0;
  for (std::size_t index = 0; index < width; ++index) value = value << 8 | static_cast<unsigned char>(bytes[at + index]);
  return static_cast<std::int64_t>(value);
}

/// The abbreviations that people write and PostgreSQL's default set holds, in hours; they are one offset all year.
struct Abbreviation {
  std::string_view name;
  double hours;
};
constexpr Abbreviation abbreviations[] = {
    {"utc", 0},   {"gmt", 0},    {"z", 0},      {"zulu", 0},   {"uct", 0},  {"ut", 0},   {"wet", 0},  {"west", 1},  {"bst", 1},
    {"cet", 1},   {"cest", 2},   {"met", 1},    {"mest", 2},   {"eet", 2},  {"eest", 3}, {"sast", 2}, {"eat", 3},   {"est", -5},
    {"edt", -4},  {"cst", -6},   {"cdt", -5},   {"mst", -7},   {"mdt", -6}, {"pst", -8}, {"pdt", -7}, {"akst", -9}, {"akdt", -8},
    {"hst", -10}, {"nst", -3.5}, {"ndt", -2.5}, {"ast", -4},   {"adt", -3}, {"jst", 9},  {"kst", 9},  {"ist", 2},   {"nzst", 12},
    {"nzdt", 13}, {"aest", 10},  {"aedt", 11},  {"acst", 9.5}, {"awst", 8},
};

/// "+02", "-3:30": POSIX counts west of Greenwich as positive.
std::optional<std::int32_t> posix_offset(std::string_view name) {
  if (name.size() < 2 || (name[0] != '+' && name[0] != '-')) return std::nullopt;
  int parts[3] = {0, 0, 0};
  int part = 0;
  int digits = 0;
  for (const char byte : name.substr(1)) {
    if (byte == ':' && digits > 0 && part < 2) {
      ++part;
      digits = 0;
    } else if (byte >= '0' && byte <= '9' && digits < 2) {
      parts[part] = parts[part] * 10 + (byte - '0');
      ++digits;
    } else {
      return std::nullopt;
    }
  }
  const int seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
  if (digits == 0 || parts[0] > 24 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
  return name[0] == '+' ? -seconds : seconds;
}

std::string zone_folder() {
  const char* const folder = std::getenv("TZDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/usr/share/zoneinfo";
}

/// The file of a zone, each part of its name found without regard to case; empty where there is none.
std::string zone_file(std::string_view name) {
  std::string path = zone_folder();
  while (!name.empty()) {
    const std::string part = map_case(name.substr(0, name.find('/')), false);
    name.remove_prefix(std::min(name.size(), part.size() + 1));
    const auto entries = list_directory(path);
    if (!entries) return {};
    const auto found = std::ranges::find_if(*entries, [&](const DirectoryEntry& entry) { return map_case(entry.name, false) == part; });
    if (found == entries->end()) return {};
    path += "/" + found->name;
  }
  return path;
}

/// A reader of the footer: "CET-1CEST,M3.5.0,M10.5.0/3".
struct Footer {
  std::string_view text;

  bool skip(char byte) {
    if (!text.starts_with(byte)) return false;
    text.remove_prefix(1);
    return true;
  }
  bool name() {
    const bool quoted = skip('<');
    std::size_t length = 0;
    while (length < text.size() && (quoted ? text[length] != '>' : std::isalpha(static_cast<unsigned char>(text[length])) != 0)) ++length;
    text.remove_prefix(length);
    return length >= 3 && (!quoted || skip('>'));
  }
  std::optional<std::int64_t> number() {
    std::int64_t value = 0;
    std::size_t length = 0;
    for (; length < text.size() && length < 6 && text[length] >= '0' && text[length] <= '9'; ++length)
      value = value * 10 + (text[length] - '0');
    if (length == 0) return std::nullopt;
    text.remove_prefix(length);
    return value;
  }
  std::optional<std::int64_t> time() {
    const bool minus = skip('-');
    if (!minus) skip('+');
    const auto hours = number();
    if (!hours) return std::nullopt;
    std::int64_t seconds = *hours * 3600;
    if (skip(':')) {
      seconds += number().value_or(0) * 60;
      if (skip(':')) seconds += number().value_or(0);
    }
    return minus ? -seconds : seconds;
  }
};

}  // namespace

std::int64_t TimeZone::Rule::local_seconds(std::int64_t year) const {
  const std::int64_t new_year = days_from_civil({year, 1, 1});
  if (kind == Kind::day_of_year) return (new_year + day) * seconds_per_day + time;
  if (kind == Kind::julian) return (new_year + day - 1 + (day >= 60 && days_in_month(year, 2) == 29 ? 1 : 0)) * seconds_per_day + time;
  const std::int64_t first = days_from_civil({year, month, 1});
  const auto weekday = static_cast<int>(((first + 4) % 7 + 7) % 7);
  int of_month = 1 + (day - weekday + 7) % 7 + (week - 1) * 7;
  while (of_month > days_in_month(year, month)) of_month -= 7;
  return (first + of_month - 1) * seconds_per_day + time;
}

bool TimeZone::parse_footer(std::string_view text) {
  Footer footer{text};
  if (text.empty()) return true;
  if (!footer.name()) return false;
  const auto standard = footer.time();
  if (!standard) return false;
  standard_ = summer_ = static_cast<std::int32_t>(-*standard);
  if (footer.text.empty()) return true;
  if (!footer.name()) return false;
  summer_ = standard_ + 3600;
  if (!footer.text.starts_with(',')) {
    const auto summer = footer.time();
    if (!summer) return false;
    summer_ = static_cast<std::int32_t>(-*summer);
  }
  for (Rule* rule : {&to_summer_, &to_standard_}) {
    if (!footer.skip(',')) return false;
    rule->kind = footer.skip('M') ? Rule::Kind::month_week_day : footer.skip('J') ? Rule::Kind::julian : Rule::Kind::day_of_year;
    const auto first = footer.number();
    if (!first) return false;
    if (rule->kind == Rule::Kind::month_week_day) {
      const auto week = footer.skip('.') ? footer.number() : std::nullopt;
      const auto day = footer.skip('.') ? footer.number() : std::nullopt;
      if (!week || !day || *first < 1 || *first > 12 || *week < 1 || *week > 5 || *day > 6) return false;
      rule->month = static_cast<int>(*first);
      rule->week = static_cast<int>(*week);
      rule->day = static_cast<int>(*day);
    } else {
      if (*first > 366) return false;
      rule->day = static_cast<int>(*first);
    }
    if (footer.skip('/')) {
      const auto time = footer.time();
      if (!time) return false;
      rule->time = *time;
    }
  }
  has_rules_ = true;
  return footer.text.empty();
}

std::expected<TimeZone, std::string> TimeZone::parse(std::string_view content) {
  constexpr std::size_t header = 44;
  const auto damaged = std::unexpected(std::string("the zone's file is damaged"));
  const auto counts_at = [&](std::size_t at, std::int64_t(&counts)[6]) {
    if (content.size() < at + header || content.substr(at, 4) != "TZif") return false;
    for (std::size_t index = 0; index < 6; ++index) counts[index] = big_endian(content, at + 20 + index * 4, 4);
    return std::ranges::all_of(counts, [](std::int64_t count) { return count >= 0 && count < 100'000; });
  };
  // In this order: isut, isstd, leap, time, type, char.
  std::int64_t counts[6];
  if (!counts_at(0, counts) || content[4] < '2') return damaged;
  const std::size_t second =
      header + static_cast<std::size_t>(counts[3] * 5 + counts[4] * 6 + counts[5] + counts[2] * 8 + counts[1] + counts[0]);
  if (!counts_at(second, counts) || counts[4] == 0) return damaged;
  const std::size_t times = second + header;
  const std::size_t indices = times + static_cast<std::size_t>(counts[3]) * 8;
  const std::size_t types = indices + static_cast<std::size_t>(counts[3]);
  const std::size_t footer = types + static_cast<std::size_t>(counts[4] * 6 + counts[5] + counts[2] * 12 + counts[1] + counts[0]);
  if (footer >= content.size() || content[footer] != '\n') return damaged;
  const auto offset_of = [&](std::int64_t type) {
    return static_cast<std::int32_t>(big_endian(content, types + static_cast<std::size_t>(type) * 6, 4));
  };
  TimeZone zone;
  zone.first_ = offset_of(0);
  for (std::size_t index = 0; index < static_cast<std::size_t>(counts[3]); ++index) {
    const auto type = static_cast<unsigned char>(content[indices + index]);
    if (type >= counts[4]) return damaged;
    zone.changes_.push_back({big_endian(content, times + index * 8, 8), offset_of(type)});
  }
  std::string_view rules = content.substr(footer + 1);
  rules = rules.substr(0, rules.find('\n'));
  if (!zone.parse_footer(rules)) return damaged;
  if (rules.empty()) zone.standard_ = zone.changes_.empty() ? zone.first_ : zone.changes_.back().after;
  return zone;
}

TimeZone TimeZone::fixed(std::int32_t seconds_east) {
  TimeZone zone;
  zone.first_ = zone.standard_ = zone.summer_ = seconds_east;
  return zone;
}

std::expected<TimeZone, std::string> TimeZone::named(std::string_view name) {
  const std::string small = map_case(name, false);
  for (const Abbreviation& abbreviation : abbreviations)
    if (small == abbreviation.name) return fixed(static_cast<std::int32_t>(abbreviation.hours * 3600));
  if (const auto offset = posix_offset(name)) return fixed(*offset);
  const auto unknown = std::unexpected("the time zone '" + std::string(name.substr(0, 60)) +
                                       "' is not known: write a name of the IANA database, such as Europe/Berlin");
  const bool plain =
      !name.empty() && name.size() < 60 &&
      std::ranges::all_of(
          name,
          [](char byte) {
            return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '/' || byte == '_' || byte == '+' || byte == '-';
          });
  if (!plain || name.front() == '/') return unknown;
  const std::string path = zone_file(name);
  if (path.empty()) {
    if (zone_file("Europe/Berlin").empty())
      return std::unexpected("there is no time zone database in " + zone_folder() + ": install the package tzdata, or set TZDIR");
    return unknown;
  }
  const Result<std::string> content = read_file(path, largest_file);
  if (!content) return unknown;
  return parse(*content);
}

std::vector<TimeZone::Change> TimeZone::changes_of_year(std::int64_t year) const {
  std::vector<Change> changes = {{to_summer_.local_seconds(year) - standard_, summer_},
                                 {to_standard_.local_seconds(year) - summer_, standard_}};
  std::ranges::sort(changes, {}, &Change::at);
  return changes;
}

bool TimeZone::next_change(std::int64_t utc, Change& change, std::int32_t& before) const {
  const auto next = std::ranges::upper_bound(changes_, utc, {}, &Change::at);
  if (next != changes_.end()) {
    before = next == changes_.begin() ? first_ : std::prev(next)->after;
    change = *next;
    return true;
  }
  before = offset_at(utc);
  if (!has_rules_) return false;
  const std::int64_t year = civil_from_days(day_of(utc * microseconds_per_second)).year;
  for (std::int64_t each = year - 1; each <= year + 1; ++each)
    for (const Change& candidate : changes_of_year(each))
      if (candidate.at > utc) {
        change = candidate;
        return true;
      }
  return false;
}

std::int32_t TimeZone::offset_at(std::int64_t utc) const {
  const auto next = std::ranges::upper_bound(changes_, utc, {}, &Change::at);
  if (next != changes_.end()) return next == changes_.begin() ? first_ : std::prev(next)->after;
  if (!has_rules_) return changes_.empty() && standard_ == 0 ? first_ : standard_;
  std::int32_t offset = changes_.empty() ? first_ : changes_.back().after;
  const std::int64_t year = civil_from_days(day_of(utc * microseconds_per_second)).year;
  for (std::int64_t each = year - 1; each <= year + 1; ++each)
    for (const Change& change : changes_of_year(each))
      if (change.at <= utc && (changes_.empty() || change.at >= changes_.back().at)) offset = change.after;
  return offset;
}

std::int64_t TimeZone::to_utc(std::int64_t local) const {
  Change change;
  std::int32_t before = 0;
  if (!next_change(local - seconds_per_day, change, before)) return local - before;
  const std::int64_t by_before = local - before;
  const std::int64_t by_after = local - change.after;
  if (by_before < change.at && by_after < change.at) return by_before;
  if (by_before > change.at && by_after >= change.at) return by_after;
  return by_before > by_after ? by_before : by_after;
}

}  // namespace itemize::expr
