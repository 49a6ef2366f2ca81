// Diagram: a model as one self-contained picture: source tables and their relations on the left, DynamoDB tables with their keys and item
// types on the right, and the columns' way between them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace itemize::cli {

struct Diagram {
  struct Column {
    std::string name, type;
    std::string sample;  ///< A value, where there is one.
    bool key = false;    ///< Of the primary key.
    bool shown = true;
  };
  struct Table {
    std::string name, note;  ///< "about 1,200 rows"
    std::vector<Column> columns;
  };
  /// A foreign key: by index of table and column.
  struct Relation {
    std::size_t table = 0, column = 0, parent = 0, parent_column = 0;
  };
  struct Attribute {
    std::string name, type;
    std::string detail;                                        ///< The template, or the sample value.
    std::vector<std::pair<std::size_t, std::size_t>> columns;  ///< What it is made of: tables and their columns.
    std::vector<std::size_t> tables;                           ///< Whose rows it is made of, as a whole.
    bool key = false;                                          ///< Of the table or of an index.
    bool shown = true;
  };
  struct ItemType {
    std::string name, note;  ///< "221 bytes, 1 WCU"
    std::size_t table = 0;   ///< It reads this one.
    std::vector<Attribute> attributes;
  };
  struct Target {
    std::string name;
    std::vector<std::string> notes;  ///< Keys and indexes, a line each.
    std::vector<ItemType> items;
  };
  std::string title;
  std::vector<Table> tables;
  std::vector<Relation> relations;
  std::vector<Target> targets;
};

/// SVG 1.1 with its styles in it: nothing is loaded from anywhere.
std::string to_svg(const Diagram& diagram);
/// The same in a page: what the pointer is over is made to stand out.
std::string to_html(const Diagram& diagram);

}  // namespace itemize::cli
