#include "model/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <istream>
#include <map>
#include <optional>
#include <streambuf>

#include "base/text.h"
#include "model/findings.h"
#include "model/locate.h"
#include "model/slips.h"
#include "model/utf8.h"

namespace itemize::model {

namespace {

bool all_of(std::string_view text, std::string_view allowed) { return !text.empty() && text.find_first_not_of(allowed) == text.npos; }

bool is_core_integer(std::string_view text) {
  if (text.starts_with("0o")) return all_of(text.substr(2), "01234567");
  if (text.starts_with("0x")) return all_of(text.substr(2), "0123456789abcdefABCDEF");
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return all_of(text, "0123456789");
}

bool is_core_real(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (text == ".inf" || text == ".Inf" || text == ".INF") return true;
  std::size_t at = 0;
  std::size_t digits = 0;
  while (at < text.size() && is_digit(text[at])) ++at, ++digits;
  if (at < text.size() && text[at] == '.') {
    ++at;
    while (at < text.size() && is_digit(text[at])) ++at, ++digits;
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    return all_of(text.substr(at), "0123456789");
  }
  return at == text.size();
}

/// Reads the caller's bytes in place.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // streambuf's get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

/// Offset of the first byte that is not well-formed UTF-8, or a control character that YAML forbids.
std::optional<std::size_t> first_bad_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const auto code = next_code_point(text, at);
    if (!code || (*code < 0x20 && *code != '\t' && *code != '\n' && *code != '\r') || *code == 0x7F) return begin;
  }
  return std::nullopt;
}

struct TooLarge {};
struct BadAlias {
  YAML::Mark mark;
};

constexpr std::string_view core_tag = "tag:yaml.org,2002:";

}  // namespace

ScalarKind scalar_kind(const Node& node) {
  if (!node.plain) return ScalarKind::text;
  const std::string& text = node.text;
  if (text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" || text == "FALSE")
    return ScalarKind::boolean;
  if (is_core_integer(text)) return ScalarKind::integer;
  if (is_core_real(text)) return ScalarKind::real;
  return ScalarKind::text;
}

/// Turns yaml-cpp's events into nodes.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(Document& document, const Lines& lines, std::vector<Finding>& findings)
      : document_(document), lines_(lines), findings_(findings) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(make(NodeKind::null, mark, "?", anchor)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw BadAlias{mark};
    for (const Open& open : open_)
      if (open.node == found->second) throw BadAlias{mark};
    add(found->second);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    Node* node = make(NodeKind::scalar, mark, tag, anchor);
    node->text = value;
    node->plain = tag == "?" || tag.empty();
    if (tag.starts_with(core_tag)) apply_tag(*node, std::string_view(tag).substr(core_tag.size()));
    add(node);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override {
    open(NodeKind::sequence, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override {
    open(NodeKind::map, mark, tag, anchor, style);
  }
  void OnMapEnd() override { close(); }

  /// The innermost brace or bracket that is still open; nullptr where there is none.
  const Node* open_flow() const { return open_.empty() || !open_.back().node->flow ? nullptr : open_.back().node; }

 private:
  struct Open {
    Node* node;
    const Node* key = nullptr;  // a map's key that waits for its value
  };

  Place place(const YAML::Mark& mark) const {
    const std::string_view line = lines_.line(mark.line + 1);
    int column = 1;
    for (int at = 0; at < mark.column && at < static_cast<int>(line.size()); ++at)
      if ((line[static_cast<std::size_t>(at)] & 0xC0) != 0x80) ++column;
    return {mark.line + 1, column};
  }

  Node* make(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (document_.nodes_.size() >= Document::max_nodes) throw TooLarge{};
    Node* node = &document_.nodes_.emplace_back();
    node->kind = kind;
    node->place = place(mark);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = node;
    if (!tag.empty() && tag != "?" && tag != "!" && !tag.starts_with(core_tag))
      findings_.push_back({Severity::error, node->place, {}, "the YAML tag " + quote(tag) + " has no meaning here", "leave the tag out"});
    return node;
  }

  void apply_tag(Node& node, std::string_view tag) {
    if (tag == "str") return;
    node.plain = true;
    const ScalarKind kind = scalar_kind(node);
    const bool fits = (tag == "int" && kind == ScalarKind::integer) || (tag == "bool" && kind == ScalarKind::boolean) ||
                      (tag == "float" && (kind == ScalarKind::real || kind == ScalarKind::integer));
    if (!fits)
      findings_.push_back(
          {Severity::error, node.place, {}, "the value does not fit its YAML tag !!" + std::string(tag), "leave the tag out"});
  }

  void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
    Node* node = make(kind, mark, tag, anchor);
    node->flow = style == YAML::EmitterStyle::Flow;
    open_.push_back({node});
  }

  void close() {
    Node* node = open_.back().node;
    open_.pop_back();
    for (const Node* element : node->elements) node->weight += element->weight;
    for (const Node::Entry& entry : node->entries) node->weight += entry.key->weight + entry.value->weight;
    if (node->weight > Document::max_nodes) throw TooLarge{};
    add(node);
  }

  void add(const Node* node) {
    if (open_.empty()) {
      document_.root_ = node;
      return;
    }
    Open& top = open_.back();
    if (top.node->kind == NodeKind::sequence) {
      top.node->elements.push_back(node);
    } else if (top.key == nullptr) {
      top.key = node;
    } else {
      top.node->entries.push_back({top.key, node});
      top.key = nullptr;
    }
  }

  Document& document_;
  const Lines& lines_;
  std::vector<Finding>& findings_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, const Node*> anchors_;
};

namespace {

/// Where a second document starts, if one follows.
std::optional<YAML::Mark> next_document(YAML::Parser& parser) {
  struct Ignore : YAML::EventHandler {
    void OnDocumentStart(const YAML::Mark& mark) override { throw mark; }  // its content does not matter
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
  } ignore;
  try {
    parser.HandleNextDocument(ignore);
  } catch (const YAML::Mark& mark) {
    return mark;
  }
  return std::nullopt;
}

Finding second_document(const Lines& lines, const YAML::Mark& mark) {
  for (int number = mark.line + 1; number >= 1; --number) {
    if (lines.line(number).starts_with("---"))
      return {Severity::error, {number, 1}, {}, "the file holds more than one YAML document", "keep one: take the line '---' out"};
    if (number <= mark.line && !lines.line(number).empty()) break;
  }
  return {Severity::error,
          {mark.line + 1, mark.column + 1},
          {},
          "this is not YAML: the document has ended before this line",
          "check the indentation: everything stands under keys of one map"};
}

void report_syntax(const Lines& lines, const YAML::Mark& mark, const std::string& message, const Node* open_flow,
                   std::vector<Finding>& findings) {
  const int line = mark.line < 0 ? 1 : mark.line + 1;
  const int column = mark.column < 0 ? 1 : mark.column + 1;
  const std::size_t before = findings.size();
  find_template_slips(lines, findings);
  std::string hint = findings.size() > before ? "see the other message: a template without quotes often causes this"
                     : open_flow != nullptr   ? std::string("the ") + (open_flow->kind == NodeKind::map ? "{" : "[") + " in line " +
                                                  std::to_string(open_flow->place.line) + ", column " +
                                                  std::to_string(open_flow->place.column) + " is still open here"
                                            : syntax_hint(lines, line);
  findings.push_back({Severity::error, {line, column}, {}, "this is not YAML: " + message, std::move(hint)});
}

}  // namespace

std::unique_ptr<Document> Document::parse(std::string_view text, std::vector<Finding>& findings) {
  const auto refuse = [&](Place place, std::string message, std::string hint) {
    findings.push_back({Severity::error, place, {}, std::move(message), std::move(hint)});
    return nullptr;
  };
  if (text.size() > max_bytes) return refuse({}, "the file is larger than 8 MiB", "is it really a model file?");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const Lines lines(text);
  if (const auto bad = first_bad_byte(text))
    return refuse(lines.place(*bad), "there is a byte that is not UTF-8 text", "save the file as UTF-8, without control characters");

  auto document = std::make_unique<Document>();
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  TreeBuilder builder(*document, lines, findings);
  try {
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder)) {
      if (const auto next = next_document(parser)) {
        findings.push_back(second_document(lines, *next));
        return nullptr;
      }
    }
  } catch (const TooLarge&) {
    return refuse({}, "the file is too large: more than 1,000,000 values, aliases counted each time", "use fewer aliases");
  } catch (const BadAlias& alias) {
    return refuse({alias.mark.line + 1, alias.mark.column + 1}, "an alias stands inside of what it names", "write the value out");
  } catch (const YAML::Exception& exception) {
    report_syntax(lines, exception.mark, exception.msg, builder.open_flow(), findings);
    return nullptr;
  }
  return document;
}

}  // namespace itemize::model
