// Key owners: who a key in the logs belongs to: a DynamoDB table and an item type, under numbers that outlive changes of the model.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace itemize::pipeline {

/// The numbers of one model, by its own indices.
struct KeyNumbers {
  std::vector<std::size_t> tables;   ///< By Model::tables: of the table, as numbers of contents have them (written_contents.h).
  std::vector<std::size_t> items;    ///< By Model::items: the owner of a key that is put.
  std::vector<std::size_t> deletes;  ///< By Model::tables: the owner of a key that is deleted; of no item type.
};

/// The list "<state>/keys/owners.json", which only grows.
class KeyOwners {
 public:
  /// conflict: the folder's logs are of another version of itemize.
  static Result<KeyOwners> open(const std::string& state_folder);
  /// `items`: name and index in `tables` of each item type. New ones are added and the file is written.
  Result<KeyNumbers> numbers_of(const std::vector<std::string>& tables, const std::vector<std::pair<std::string, std::size_t>>& items);

  /// The number of the owner's table; one that no table has for an owner that is not in the list.
  std::size_t table_of(std::size_t owner) const { return owner < owners_.size() ? owners_[owner].first : tables_.size(); }
  /// Empty: no item type (deletes).
  std::string_view item_type_of(std::size_t owner) const {
    return owner < owners_.size() ? std::string_view(owners_[owner].second) : std::string_view();
  }
  std::string table_name(std::size_t table) const { return table < tables_.size() ? tables_[table] : "that is not known"; }

 private:
  std::size_t table(const std::string& name);
  std::size_t owner(std::size_t table, const std::string& item_type);
  Result<void> save() const;

  std::string folder_;
  std::vector<std::string> tables_;
  std::vector<std::pair<std::size_t, std::string>> owners_;
};

}  // namespace itemize::pipeline
