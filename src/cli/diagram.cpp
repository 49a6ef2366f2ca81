#include "cli/diagram.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace itemize::cli {
namespace {

// All in pixels.
constexpr int row_height = 17;
constexpr int head_height = 24;
constexpr int left_margin = 120;  ///< Room for the curves of relations.
constexpr int table_width = 300;
constexpr int gap = 320;  ///< Between source and target.
constexpr int item_width = 400;
constexpr int target_padding = 10;
constexpr int between_boxes = 14;
constexpr int top = 64;

/// One for each item type in turn: dark enough on white, different for those who see few colours.
constexpr std::array colours = {"#0b6e99", "#b5541c", "#3b7a2a", "#8a3d8f", "#a01d3c", "#54618c", "#7a6a00", "#00776b"};

std::string number(double value) { return std::to_string(static_cast<std::int64_t>(std::lround(value))); }

std::string escaped(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '&')
      out += "&amp;";
    else if (byte == '<')
      out += "&lt;";
    else if (byte == '>')
      out += "&gt;";
    else if (byte == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F)
      out += ' ';
    else
      out += byte;
  }
  return out;
}

/// At most so many characters, the last being an ellipsis where some are cut.
std::string fitted(const std::string& text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((text[at] & 0xC0) == 0x80) continue;
    if (++characters < most) continue;
    std::size_t next = at + 1;
    while (next < text.size() && (text[next] & 0xC0) == 0x80) ++next;
    return next == text.size() ? text : text.substr(0, at) + "…";
  }
  return text;
}

struct Box {
  double y = 0, height = 0;
  std::vector<double> rows;  ///< The middle of each row; of those that are not shown, the head's.
};

class Drawing {
 public:
  explicit Drawing(const Diagram& diagram) : diagram_(diagram) {}

  std::string draw() {
    lay_out();
    const double width = item_left() + item_width + target_padding + 20;
    const double height = std::max(source_bottom_, target_bottom_) + 20;
    text_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" + number(height) + "\" viewBox=\"0 0 " +
            number(width) + " " + number(height) + "\">\n";
    text_ +=
        "<style>svg{background:#fff;font-family:system-ui,'DejaVu "
        "Sans',sans-serif;font-size:11px;fill:#222}.h{font-weight:bold;font-size:12px}.t{font-weight:bold;font-size:16px}.n{fill:#777}"
        ".b{fill:#fff;stroke:#bbb}.s{fill:#eef1f4}.g{fill:#f7f7f4;stroke:#aaa}.k{font-weight:bold}.w{fill:none;stroke-width:1;opacity:.55}."
        "w.k{stroke-width:2;opacity:.9}"
        ".r{fill:none;stroke:#888;stroke-width:1;opacity:.7}svg.on .w,svg.on .r{opacity:.06}svg.on "
        ".hot{opacity:1;stroke-width:2}</style>\n";
    label(20, 28, "t", diagram_.title);
    label(left_margin, 50, "n", "source");
    label(target_left(), 50, "n", "DynamoDB");
    for (std::size_t index = 0; index < diagram_.relations.size(); ++index) relation(diagram_.relations[index]);
    ways();
    for (std::size_t table = 0; table < diagram_.tables.size(); ++table) draw_table(table);
    for (std::size_t target = 0; target < diagram_.targets.size(); ++target) draw_target(target);
    return text_ + "</svg>\n";
  }

 private:
  double target_left() const { return left_margin + table_width + gap; }
  double item_left() const { return target_left() + target_padding; }

  template <class Rows>
  static Box box_of(double y, const Rows& rows) {
    Box box;
    box.y = y;
    double next = y + head_height;
    bool hidden = false;
    for (const auto& row : rows) {
      box.rows.push_back(row.shown ? next + row_height / 2.0 : y + head_height / 2.0);
      if (row.shown)
        next += row_height;
      else
        hidden = true;
    }
    box.height = next - y + (hidden ? row_height : 0) + 4;
    return box;
  }

  /// An item type and the table that it reads stand at one height where the table stands nowhere yet: their lines run level.
  void lay_out() {
    tables_.resize(diagram_.tables.size());
    std::vector<bool> placed(diagram_.tables.size(), false);
    double source = top;
    const auto place = [&](std::size_t table, double y) {
      tables_[table] = box_of(std::max(source, y), diagram_.tables[table].columns);
      source = tables_[table].y + tables_[table].height + between_boxes;
      placed[table] = true;
    };
    double y = top;
    for (const Diagram::Target& target : diagram_.targets) {
      Box outer;
      outer.y = y;
      y += head_height + row_height * static_cast<double>(target.notes.size()) + 8;
      items_.emplace_back();
      for (const Diagram::ItemType& item : target.items) {
        if (!placed[item.table]) {
          y = std::max(y, source);
          place(item.table, y);
        }
        items_.back().push_back(box_of(y, item.attributes));
        y += items_.back().back().height + between_boxes;
      }
      outer.height = y - outer.y;
      targets_.push_back(outer);
      y += between_boxes;
    }
    target_bottom_ = y;
    for (std::size_t table = 0; table < diagram_.tables.size(); ++table)
      if (!placed[table]) place(table, source);
    source_bottom_ = source;
  }

  void label(double x, double y, const std::string& style, const std::string& text, const std::string& more = "") {
    text_ += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" class=\"" + style + "\"" + more + ">" + escaped(text) + "</text>\n";
  }
  void rectangle(double x, double y, double width, double height, const std::string& style, const std::string& more = "") {
    text_ += "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) + "\" height=\"" + number(height) +
             "\" rx=\"4\" class=\"" + style + "\"" + more + "/>\n";
  }
  void path(const std::string& way, const std::string& style, const std::string& more) {
    text_ += "<path d=\"" + way + "\" class=\"" + style + "\"" + more + "/>\n";
  }

  /// Marks for the page's script: which tables and item types an element belongs to.
  static std::string of_table(std::size_t table) { return " data-a=\"t" + std::to_string(table) + "\""; }

  void draw_table(std::size_t index) {
    const Diagram::Table& table = diagram_.tables[index];
    const Box& box = tables_[index];
    text_ += "<g data-b=\"t" + std::to_string(index) + "\"><title>" + escaped(table.name + (table.note.empty() ? "" : ", " + table.note)) +
             "</title>\n";
    rectangle(left_margin, box.y, table_width, box.height, "b");
    rectangle(left_margin + 1, box.y + 1, table_width - 2, head_height - 2, "s");
    label(left_margin + 8, box.y + 16, "h", fitted(table.name, 26));
    label(left_margin + table_width - 8, box.y + 16, "n", fitted(table.note, 18), " text-anchor=\"end\"");
    std::size_t hidden = 0;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      const Diagram::Column& each = table.columns[column];
      if (!each.shown) {
        ++hidden;
        continue;
      }
      label(left_margin + 8, box.rows[column] + 4, each.key ? "k" : "c", fitted(each.name, 22));
      label(left_margin + 150, box.rows[column] + 4, "n", fitted(each.sample.empty() ? each.type : each.sample, 21));
    }
    if (hidden > 0)
      label(left_margin + 8, box.y + box.height - 9, "n", "+ " + std::to_string(hidden) + (hidden == 1 ? " column" : " columns"));
    text_ += "</g>\n";
  }

  void draw_target(std::size_t index) {
    const Diagram::Target& target = diagram_.targets[index];
    const Box& box = targets_[index];
    rectangle(target_left(), box.y, item_width + 2 * target_padding, box.height, "g");
    label(target_left() + 10, box.y + 17, "h", fitted(target.name, 58));
    for (std::size_t note = 0; note < target.notes.size(); ++note)
      label(target_left() + 10, box.y + head_height + 11 + row_height * static_cast<double>(note), "n", fitted(target.notes[note], 66));
    for (std::size_t item = 0; item < target.items.size(); ++item) draw_item(index, item);
  }

  void draw_item(std::size_t target, std::size_t index) {
    const Diagram::ItemType& item = diagram_.targets[target].items[index];
    const Box& box = items_[target][index];
    const std::string colour = colour_of(target, index);
    text_ += "<g data-b=\"i" + std::to_string(target) + "." + std::to_string(index) + "\"><title>" +
             escaped(item.name + (item.note.empty() ? "" : ", " + item.note)) + "</title>\n";
    rectangle(item_left(), box.y, item_width, box.height, "b");
    rectangle(item_left(), box.y, 4, box.height, "c", " style=\"fill:" + colour + "\"");
    label(item_left() + 12, box.y + 16, "h", fitted(item.name, 30));
    label(item_left() + item_width - 8, box.y + 16, "n", fitted(item.note, 26), " text-anchor=\"end\"");
    std::size_t hidden = 0;
    for (std::size_t attribute = 0; attribute < item.attributes.size(); ++attribute) {
      const Diagram::Attribute& each = item.attributes[attribute];
      if (!each.shown) {
        ++hidden;
        continue;
      }
      const double y = box.rows[attribute] + 4;
      label(item_left() + 12, y, each.key ? "k" : "c", fitted(each.name, 20));
      label(item_left() + 142, y, "n", fitted(each.type, 6));
      label(item_left() + 184, y, "c", fitted(each.detail, 29));
    }
    if (hidden > 0)
      label(item_left() + 12, box.y + box.height - 9, "n", "+ " + std::to_string(hidden) + (hidden == 1 ? " attribute" : " attributes"));
    text_ += "</g>\n";
  }

  std::string colour_of(std::size_t target, std::size_t item) const {
    std::size_t position = item;
    for (std::size_t before = 0; before < target; ++before) position += diagram_.targets[before].items.size();
    return colours[position % colours.size()];
  }

  /// A foreign key: from its column to the parent's, around the left side. Far ones reach out farther.
  void relation(const Diagram::Relation& relation) {
    const double from = tables_[relation.table].rows[relation.column];
    const double to = tables_[relation.parent].rows[relation.parent_column];
    const double out = left_margin - 22 - std::min(90.0, std::abs(to - from) / 12);
    const std::string x = number(left_margin);
    path("M" + x + " " + number(from) + " C" + number(out) + " " + number(from) + " " + number(out) + " " + number(to) + " " + x + " " +
             number(to),
         "r", of_table(relation.table) + " data-c=\"t" + std::to_string(relation.parent) + "\"");
    text_ += "<circle cx=\"" + x + "\" cy=\"" + number(to) + "\" r=\"2.5\" fill=\"#888\"/>\n";
  }

  void ways() {
    for (std::size_t target = 0; target < diagram_.targets.size(); ++target)
      for (std::size_t item = 0; item < diagram_.targets[target].items.size(); ++item) ways_of(target, item);
  }

  /// From each column to each attribute made of it; one line from head to head stands for all that are not shown.
  void ways_of(std::size_t target, std::size_t index) {
    const Diagram::ItemType& item = diagram_.targets[target].items[index];
    const std::string to =
        " data-c=\"i" + std::to_string(target) + "." + std::to_string(index) + "\" stroke=\"" + colour_of(target, index) + "\"";
    bool hidden = false;
    for (std::size_t attribute = 0; attribute < item.attributes.size(); ++attribute) {
      const Diagram::Attribute& each = item.attributes[attribute];
      const double end = items_[target][index].rows[attribute];
      for (const std::size_t table : each.tables) way(head_of(tables_[table]), end, "w k", of_table(table) + to);
      if (!each.shown)
        hidden = hidden || !each.columns.empty();
      else
        for (const auto& [table, column] : each.columns)
          way(tables_[table].rows[column], end, each.key ? "w k" : "w", of_table(table) + to);
    }
    if (hidden)
      way(head_of(tables_[item.table]), head_of(items_[target][index]), "w", of_table(item.table) + to + " stroke-dasharray=\"4 3\"");
  }

  static double head_of(const Box& box) { return box.y + head_height / 2.0; }

  void way(double from, double to, const char* style, const std::string& marks) {
    const double left = left_margin + table_width;
    const double right = item_left();
    const double bend = (right - left) * 0.45;
    path("M" + number(left) + " " + number(from) + " C" + number(left + bend) + " " + number(from) + " " + number(right - bend) + " " +
             number(to) + " " + number(right) + " " + number(to),
         style, marks);
  }

  const Diagram& diagram_;
  std::string text_;
  std::vector<Box> tables_, targets_;
  std::vector<std::vector<Box>> items_;
  double source_bottom_ = 0, target_bottom_ = 0;
};

/// Everything that has to do with the box under the pointer stands out, the rest fades.
constexpr std::string_view page_script = R"(<script>
const svg = document.querySelector("svg");
for (const box of svg.querySelectorAll("[data-b]")) {
  const name = box.dataset.b;
  box.addEventListener("mouseenter", () => {
    svg.classList.add("on");
    for (const way of svg.querySelectorAll("path")) way.classList.toggle("hot", way.dataset.a === name || way.dataset.c === name);
  });
  box.addEventListener("mouseleave", () => svg.classList.remove("on"));
}
</script>
)";

}  // namespace

std::string to_svg(const Diagram& diagram) { return Drawing(diagram).draw(); }

std::string to_html(const Diagram& diagram) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + escaped(diagram.title) +
         "</title>\n<style>body{margin:0}</style>\n</head>\n<body>\n" + to_svg(diagram) + std::string(page_script) + "</body>\n</html>\n";
}

}  // namespace itemize::cli
