#include "model/findings.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/closest.h"

namespace itemize::model {

void Findings::add(Severity severity, Place place, std::string path, std::string message, std::string hint) {
  if (severity == Severity::error) has_error_ = true;
  // An aliased node is visited once for each alias: the same words about the same place need saying once.
  if (!said_.insert(std::to_string(place.line) + ":" + std::to_string(place.column) + ":" + message).second) return;
  list_.push_back({severity, place, std::move(path), std::move(message), std::move(hint)});
}
void Findings::error(Place place, std::string path, std::string message, std::string hint) {
  add(Severity::error, place, std::move(path), std::move(message), std::move(hint));
}
void Findings::warning(Place place, std::string path, std::string message, std::string hint) {
  add(Severity::warning, place, std::move(path), std::move(message), std::move(hint));
}
void Findings::note(Place place, std::string path, std::string message, std::string hint) {
  add(Severity::note, place, std::move(path), std::move(message), std::move(hint));
}

std::vector<Finding> Findings::take() {
  std::stable_sort(list_.begin(), list_.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  has_error_ = false;
  said_.clear();
  return std::exchange(list_, {});
}

std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates) {
  if (name.empty() || name.size() > 255) return {};
  std::string_view best;
  // A third of the letters may differ, never all of them.
  std::size_t best_distance = std::min(std::max<std::size_t>(1, name.size() / 3) + 1, name.size());
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > name.size() + best_distance || name.size() > candidate.size() + best_distance) continue;
    const std::size_t found = edit_distance(name, candidate);
    if (found < best_distance) {
      best = candidate;
      best_distance = found;
    }
  }
  return best.empty() ? std::string() : "did you mean " + quote(best) + "?";
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  return did_you_mean(name, std::span<const std::string_view>(views));
}

std::string did_you_mean_or(std::string_view name, std::span<const std::string> candidates, std::string otherwise) {
  std::string hint = did_you_mean(name, candidates);
  return hint.empty() ? otherwise : hint;
}

std::string quote(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (result.size() > 60 && (c & 0xC0) != 0x80) {
      result += "...";
      break;
    }
    result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return result + "'";
}

std::string list_words(std::span<const std::string> words, std::size_t most) {
  std::string result;
  const std::size_t shown = std::min(words.size(), most);
  for (std::size_t index = 0; index < shown; ++index) {
    if (index > 0) result += index + 1 == words.size() ? " and " : ", ";
    result += words[index];
  }
  if (shown < words.size()) result += " and " + std::to_string(words.size() - shown) + " more";
  return result;
}

std::string to_string(const Finding& finding, const std::string& file) {
  std::string result = file;
  if (finding.place.line > 0) result += ":" + std::to_string(finding.place.line) + ":" + std::to_string(finding.place.column);
  result += finding.severity == Severity::error ? ": error: " : finding.severity == Severity::warning ? ": warning: " : ": note: ";
  if (!finding.path.empty()) result += finding.path + ": ";
  result += finding.message;
  if (!finding.hint.empty()) result += "\n  " + finding.hint;
  return result;
}

}  // namespace itemize::model
