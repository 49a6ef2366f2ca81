#include "model/slips.h"

#include "base/text.h"
#include "model/findings.h"

namespace itemize::model {

namespace {

/// Where a comment starts in a line, or npos: `#` at the start or after a blank, outside quotes.
std::size_t comment_start(std::string_view line) {
  char quoted = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (quoted != 0) {
      if (quoted == '"' && c == '\\')
        ++at;
      else if (c == quoted)
        quoted = 0;
      continue;
    }
    const bool starts_token = at == 0 || std::string_view(" \t[{,:").find(line[at - 1]) != std::string_view::npos;
    if ((c == '"' || c == '\'') && starts_token) quoted = c;
    if (c == '#' && (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t')) return at;
  }
  return line.npos;
}

void report_cut(Place place, std::vector<Finding>& findings) {
  findings.push_back({Severity::error,
                      place,
                      {},
                      "YAML takes ' #' and all after it for a comment: the template is cut here",
                      "put the whole template in double quotes"});
}

/// The start of `{name}` after `key: ` in a line, where no `:` follows inside the braces; npos otherwise.
std::size_t bare_template(std::string_view line) {
  std::size_t at = 0;
  while ((at = line.find(": {", at)) != line.npos) {
    const std::size_t open = at + 2;
    const std::size_t close = line.find('}', open);
    if (close == line.npos) return line.npos;
    const std::string_view inside = line.substr(open + 1, close - open - 1);
    if (!trimmed(inside).empty() && inside.find(": ") == inside.npos) return open;
    at = open;
  }
  return line.npos;
}

}  // namespace

void find_template_slips(const Lines& lines, std::vector<Finding>& findings) {
  for (int number = 1; number <= lines.count(); ++number) {
    const std::string_view whole = lines.line(number);
    const std::size_t comment = comment_start(whole);
    const std::string_view line = whole.substr(0, comment);
    const Place start = {number, 1};
    const auto place_at = [&](std::size_t byte) { return lines.place(lines.offset(start) + byte); };
    if (comment != whole.npos && whole.substr(comment).starts_with("#{") && !trimmed(line).empty()) report_cut(place_at(comment), findings);
    if (const std::size_t bare = bare_template(line); bare != line.npos)
      findings.push_back({Severity::error,
                          place_at(bare),
                          {},
                          "a template without quotes: YAML reads the braces as a map",
                          "put the template in double quotes"});
  }
}

std::string syntax_hint(const Lines& lines, int line) {
  for (int number = line; number >= 1 && number >= line - 1; --number) {
    const std::string_view text = lines.line(number);
    const std::size_t indent = text.find_first_not_of(' ');
    if (indent != text.npos && text[indent] == '\t') return "indent with spaces: YAML does not allow tabs there";
  }
  const std::string_view text = trimmed(lines.line(line));
  for (const std::string_view start : {": @", ": `", ": %", ": *"})
    if (text.find(start) != text.npos) return "put the value in double quotes: it starts with a character that means something to YAML";
  return "check the quotes, brackets and indentation here and in the lines before";
}

bool cut_by_comment(const Lines& lines, const Node& node) {
  if (node.kind != NodeKind::scalar || !node.plain) return false;
  const std::string_view line = lines.line(node.place.line);
  const std::size_t begin = lines.offset(node.place) - lines.offset({node.place.line, 1});
  if (begin > line.size() || !line.substr(begin).starts_with(node.text)) return false;
  const std::string_view rest = line.substr(begin + node.text.size());
  const std::size_t hash = rest.find_first_not_of(" \t");
  return hash != rest.npos && hash > 0 && rest.substr(hash).starts_with("#{");
}

bool goes_on_after(const Lines& lines, const Node& map) {
  const std::string_view line = lines.line(map.place.line);
  const std::size_t close = line.find('}', lines.offset(map.place) - lines.offset({map.place.line, 1}));
  return close != line.npos && close + 1 < line.size() && std::string_view(" \t,}]").find(line[close + 1]) == std::string_view::npos;
}

std::string unquoted_template(const Node& node) {
  if (node.kind != NodeKind::map || !node.flow || node.entries.empty()) return {};
  std::string text = "{";
  for (const Node::Entry& entry : node.entries) {
    if (entry.value->kind != NodeKind::null || entry.key->kind != NodeKind::scalar) return {};
    if (text.size() > 1) text += ", ";
    text += entry.key->text;
  }
  return text + "}";
}

}  // namespace itemize::model
