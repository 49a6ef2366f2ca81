// What the importers share: an itemize.yaml grows block by block, and each block must load before it is taken.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/exchange/exchange.h"
#include "model/starter_names.h"

namespace itemize::model::exchange {

/// A DynamoDB table of the file that is made.
struct TableBlock {
  std::string partition_key, sort_key;  ///< Names; sort_key may be empty.
  char partition_type = 'S', sort_type = 'S';
  std::string more;  ///< Further lines below the table, indented.

  std::string to_yaml(const std::string& name) const;
};

class Importer {
 public:
  Importer(const std::string& source_url, const row::Catalog& catalog, const Target& target);

  const row::Catalog& catalog() const { return catalogs_[0]; }
  StarterNames& names() { return names_; }
  /// Takes the table, or fails where there is one of this name with another key: `why` says so.
  bool add_table(const std::string& name, const TableBlock& table, std::string& why);
  /// Takes the item type (its lines below "  Name:") where the model loads with it; else it is left out, with the reason.
  void add_item(const std::string& name, const std::string& lines, const std::string& table, const std::string& where_from);
  void leave_out(std::string sentence) { left_out_.push_back(std::move(sentence)); }
  Imported finish(const std::string& introduction);

 private:
  std::string start_;
  std::vector<row::Catalog> catalogs_;
  StarterNames names_;
  std::vector<std::pair<std::string, TableBlock>> tables_;
  std::string items_;
  std::size_t item_types_ = 0;
  std::vector<std::string> left_out_;
};

}  // namespace itemize::model::exchange
