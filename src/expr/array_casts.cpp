// Arrays from PostgreSQL's array literals, and element by element.
#include "expr/casts.h"
#include "expr/text_basics.h"

namespace itemize::expr {

using row::Cell;
using row::CellKind;
using row::Type;

namespace {

constexpr int most_dimensions = 6;

/// Reads '{a,"b c",{...},NULL}'.
class ArrayReader {
 public:
  ArrayReader(Frame& frame, std::string_view text, const Type& element) : frame_(frame), text_(text), element_(element) {}

  std::optional<Cell> read() {
    skip_space();
    std::optional<Cell> result = list(1);
    skip_space();
    return result && at_ == text_.size() ? result : std::nullopt;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\n\r\v\f").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool skip(char byte) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != byte) return false;
    ++at_;
    return true;
  }

  std::optional<Cell> list(int depth) {
    if (depth > most_dimensions || !skip('{')) return std::nullopt;
    std::vector<Cell> cells;
    if (skip('}')) return frame_.array(cells);
    do {
      skip_space();
      if (at_ >= text_.size()) return std::nullopt;
      std::optional<Cell> cell = text_[at_] == '{' ? list(depth + 1) : item();
      if (!cell || frame_.failed) return std::nullopt;
      // All elements of a dimension are alike.
      if (!cells.empty() && ((cells[0].kind == CellKind::array) != (cell->kind == CellKind::array) ||
                             (cell->kind == CellKind::array && cells[0].size != cell->size)))
        return std::nullopt;
      cells.push_back(*cell);
    } while (skip(','));
    return skip('}') ? std::optional(frame_.array(cells)) : std::nullopt;
  }

  std::optional<Cell> item() {
    std::string text;
    const bool quoted = text_[at_] == '"';
    if (quoted) {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\\' && ++at_ == text_.size()) return std::nullopt;
        text += text_[at_];
      }
      if (at_++ >= text_.size()) return std::nullopt;
    } else {
      std::size_t kept = 0;
      for (; at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}'; ++at_) {
        if (text_[at_] == '{' || text_[at_] == '"') return std::nullopt;
        const bool escaped = text_[at_] == '\\';
        if (escaped && ++at_ == text_.size()) return std::nullopt;
        text += text_[at_];
        if (escaped || std::string_view(" \t\n\r\v\f").find(text_[at_]) == std::string_view::npos) kept = text.size();
      }
      text.resize(kept);
      if (text.empty()) return std::nullopt;
      if (map_case(text, false) == "null") return Cell{};
    }
    const Cell cell = frame_.text(text);
    return cast_cell(frame_, cell, type_from(Sql::text), element_);
  }

  Frame& frame_;
  std::string_view text_;
  const Type& element_;
  std::size_t at_ = 0;
};

Cell cast_elements(Frame& frame, const Cell& cell, const Type& from, const Type& to) {
  std::vector<Cell> cells;
  for (const Cell& element : cell.children()) {
    if (frame.failed) return {};
    cells.push_back(element.is_null()                 ? element
                    : element.kind == CellKind::array ? cast_elements(frame, element, from, to)
                                                      : cast_cell(frame, element, from, to));
  }
  return frame.array(cells);
}

}  // namespace

Cell cast_to_array(Frame& frame, const Cell& cell, const Type& from, const Type& to) {
  if (to.children.size() != 1) return cell;
  if (cell.kind == CellKind::array) return from.children.size() == 1 ? cast_elements(frame, cell, from.children[0], to.children[0]) : cell;
  if (cell.kind != CellKind::text) return frame.fail("the value is not an array");
  const std::optional<Cell> result = ArrayReader(frame, cell.view(), to.children[0]).read();
  if (frame.failed) return {};
  return result ? *result : bad_text(frame, to, cell.view());
}

}  // namespace itemize::expr
