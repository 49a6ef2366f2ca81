#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"
#include "model/parts.h"

namespace itemize::model {

namespace {

/// A setting NAME=value (after one of `separators` or at the start) whose value is not empty.
bool has_setting(std::string_view text, std::string_view name, std::string_view separators) {
  for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    if (at > 0 && separators.find(text[at - 1]) == separators.npos) continue;
    std::size_t next = at + name.size();
    while (next < text.size() && text[next] == ' ') ++next;
    if (next >= text.size() || text[next] != '=') continue;
    ++next;
    while (next < text.size() && text[next] == ' ') ++next;
    if (next < text.size() && separators.find(text[next]) == separators.npos) return true;
  }
  return false;
}

}  // namespace

std::string password_in_url(std::string_view url) {
  const std::string text = lower(url);
  if (text.starts_with("sqlite:")) return {};  // a file has no password
  if (const std::size_t slashes = text.find("://"); slashes != text.npos) {
    const std::size_t begin = slashes + 3;
    const std::size_t end = std::min(text.find_first_of("/?#", begin), text.size());
    const std::size_t colon = text.find(':', begin);
    // The last '@' before the path; one in the path or beyond where what follows ':' is no port, as in user:p/w@host.
    std::size_t at = text.rfind('@', end);
    if (at == text.npos || at < begin) {
      const bool port = colon != text.npos && colon < end && text.find_first_not_of("0123456789", colon + 1) >= end;
      at = port || colon >= end ? text.npos : text.find('@', begin);
    }
    if (at != text.npos && colon != text.npos && colon + 1 < at) return "between ':' and '@'";
  }
  static constexpr std::array names = {"password", "passwd", "pwd", "sslpassword", "sslkeypassword", "pass"};
  for (const std::string_view name : names)
    if (has_setting(text, name, "?&; :{}/")) return "its setting " + std::string(name);
  return {};
}

}  // namespace itemize::model
