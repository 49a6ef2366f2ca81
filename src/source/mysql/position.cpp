#include "source/mysql/position.h"

#include <algorithm>
#include <charconv>

#include "base/json.h"

namespace itemize::source::mysql {
namespace {

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = std::min(text.find(separator), text.size());
    std::string_view part = text.substr(0, at);
    while (!part.empty() && (part.front() == ' ' || part.front() == '\n')) part.remove_prefix(1);
    while (!part.empty() && (part.back() == ' ' || part.back() == '\n')) part.remove_suffix(1);
    parts.push_back(part);
    if (at == text.size()) return parts;
    text.remove_prefix(at + 1);
  }
}

/// The number at the end of a binary log's name: "mariadb-bin.000007" -> 7. Numbers outgrow six digits.
std::uint64_t file_number(std::string_view file) { return number_of(file.substr(file.rfind('.') + 1)).value_or(0); }

/// MariaDB's "domain-server-sequence,...": domain to sequence.
std::optional<std::map<std::uint64_t, std::uint64_t>> parse_domains(std::string_view text) {
  std::map<std::uint64_t, std::uint64_t> domains;
  for (const std::string_view part : split(text, ',')) {
    const std::vector<std::string_view> numbers = split(part, '-');
    if (numbers.size() != 3) return std::nullopt;
    const auto domain = number_of(numbers[0]);
    const auto sequence = number_of(numbers[2]);
    if (!domain || !number_of(numbers[1]) || !sequence) return std::nullopt;
    domains[*domain] = *sequence;
  }
  return domains;
}

bool contains_domains(const std::map<std::uint64_t, std::uint64_t>& whole, const std::map<std::uint64_t, std::uint64_t>& part) {
  return std::ranges::all_of(part, [&](const auto& entry) {
    const auto found = whole.find(entry.first);
    return found != whole.end() && found->second >= entry.second;
  });
}

/// nullopt where neither holds the other, or a text is none.
std::optional<int> compare_gtids(const std::string& a, const std::string& b) {
  const auto by = [](bool a_holds_b, bool b_holds_a) -> std::optional<int> {
    if (a_holds_b && b_holds_a) return 0;
    if (!a_holds_b && !b_holds_a) return std::nullopt;
    return b_holds_a ? -1 : 1;
  };
  const auto domains_a = parse_domains(a);
  const auto domains_b = parse_domains(b);
  if (domains_a && domains_b) return by(contains_domains(*domains_a, *domains_b), contains_domains(*domains_b, *domains_a));
  const auto set_a = parse_gtid_set(a);
  const auto set_b = parse_gtid_set(b);
  if (set_a && set_b) return by(contains(*set_a, *set_b), contains(*set_b, *set_a));
  return std::nullopt;
}

}  // namespace

std::string BinlogPosition::to_text() const {
  json::Object object;
  if (!file.empty()) {
    object.emplace_back("file", json::Value{file});
    object.emplace_back("offset", json::Value{json::Number{std::to_string(offset)}});
  }
  if (!gtid.empty()) object.emplace_back("gtid", json::Value{gtid});
  // A point of the log is the same point whenever it was looked at: the time is part of it only where there is no log.
  if (empty()) object.emplace_back("at", json::Value{json::Number{std::to_string(at)}});
  if (!exact) object.emplace_back("exact", json::Value{false});
  return json::to_text({std::move(object)});
}

Result<BinlogPosition> BinlogPosition::from_text(std::string_view text) {
  const json::Value value = TRY_WITH("a position of a MySQL or MariaDB source", json::parse(text));
  if (value.object() == nullptr) return fail(ErrorCode::invalid_input, "not a position: " + std::string(text.substr(0, 200)));
  BinlogPosition position;
  position.file = value.text("file");
  position.offset = static_cast<std::uint64_t>(value.integer("offset"));
  position.gtid = value.text("gtid");
  position.at = value.integer("at");
  const json::Value* const exact = value.find("exact");
  position.exact = exact == nullptr || exact->boolean() == nullptr || *exact->boolean();
  return position;
}

std::optional<GtidSet> parse_gtid_set(std::string_view text) {
  GtidSet set;
  for (const std::string_view source : split(text, ',')) {
    if (source.empty()) continue;
    std::string name;
    for (const std::string_view part : split(source, ':')) {
      const std::vector<std::string_view> ends = split(part, '-');
      const auto first = number_of(ends.front());
      // The source's UUID (which holds dashes) comes first, then intervals; a tag (MySQL 8.3+) begins a set of its own.
      if (name.empty()) {
        name = std::string(part);
      } else if (!first) {
        name = name.substr(0, name.find(':')) + ":" + std::string(part);
      } else {
        const auto last = ends.size() == 2 ? number_of(ends[1]) : first;
        if (ends.size() > 2 || !last || *last < *first) return std::nullopt;
        set[name].emplace_back(*first, *last);
      }
    }
    if (name.empty()) return std::nullopt;
  }
  for (auto& [name, intervals] : set) {
    std::ranges::sort(intervals);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> merged;
    for (const auto& interval : intervals) {
      if (!merged.empty() && interval.first <= merged.back().second + 1)
        merged.back().second = std::max(merged.back().second, interval.second);
      else
        merged.push_back(interval);
    }
    intervals = std::move(merged);
  }
  return set;
}

bool contains(const GtidSet& whole, const GtidSet& part) {
  return std::ranges::all_of(part, [&](const auto& entry) {
    const auto found = whole.find(entry.first);
    if (found == whole.end()) return entry.second.empty();
    return std::ranges::all_of(entry.second, [&](const auto& interval) {
      return std::ranges::any_of(found->second,
                                 [&](const auto& outer) { return outer.first <= interval.first && interval.second <= outer.second; });
    });
  });
}

int compare(const BinlogPosition& a, const BinlogPosition& b) {
  if (!a.file.empty() && !b.file.empty()) {
    if (const int by_file = order(file_number(a.file), file_number(b.file)); by_file != 0) return by_file;
    return order(a.offset, b.offset);
  }
  if (!a.gtid.empty() && !b.gtid.empty())
    if (const std::optional<int> by_gtid = compare_gtids(a.gtid, b.gtid)) return *by_gtid;
  return order(a.at, b.at);
}

}  // namespace itemize::source::mysql
