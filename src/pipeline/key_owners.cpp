#include "pipeline/key_owners.h"

#include <algorithm>

#include "base/file.h"
#include "base/json.h"

namespace itemize::pipeline {
namespace {

/// Of the logs and this list together. 1 numbered tables only.
constexpr std::int64_t version = 2;

std::unexpected<Error> other_version(const std::string& folder) {
  return fail(ErrorCode::conflict, "the key logs in '" + folder + "' are of another version of itemize, which this one cannot read",
              "finish the load with that version; or itemize reset --execute, and load into empty tables");
}

}  // namespace

Result<KeyOwners> KeyOwners::open(const std::string& state_folder) {
  KeyOwners owners;
  owners.folder_ = state_folder + "/keys";
  const std::string path = owners.folder_ + "/owners.json";
  if (path_exists(owners.folder_ + "/tables.json")) return other_version(owners.folder_);
  if (!path_exists(path)) return owners;
  const json::Value list = TRY_WITH(path, json::parse(TRY(read_file(path))));
  if (list.integer("version") != version) return other_version(owners.folder_);
  const auto damaged = [&] { return fail(ErrorCode::io, "'" + path + "' is damaged", "start the load again into empty tables"); };
  const json::Value* tables = list.find("tables");
  const json::Value* pairs = list.find("owners");
  if (tables == nullptr || tables->array() == nullptr || pairs == nullptr || pairs->array() == nullptr) return damaged();
  for (const json::Value& name : *tables->array()) {
    if (name.string() == nullptr) return damaged();
    owners.tables_.push_back(*name.string());
  }
  for (const json::Value& pair : *pairs->array()) {
    const auto table = static_cast<std::size_t>(pair.integer("table", -1));
    if (table >= owners.tables_.size()) return damaged();
    owners.owners_.emplace_back(table, pair.text("item_type"));
  }
  return owners;
}

std::size_t KeyOwners::table(const std::string& name) {
  const auto found = std::ranges::find(tables_, name);
  const auto number = static_cast<std::size_t>(found - tables_.begin());
  if (found == tables_.end()) tables_.push_back(name);
  return number;
}

std::size_t KeyOwners::owner(std::size_t table, const std::string& item_type) {
  const std::pair<std::size_t, std::string> wanted(table, item_type);
  const auto found = std::ranges::find(owners_, wanted);
  const auto number = static_cast<std::size_t>(found - owners_.begin());
  if (found == owners_.end()) owners_.push_back(wanted);
  return number;
}

Result<KeyNumbers> KeyOwners::numbers_of(const std::vector<std::string>& tables,
                                         const std::vector<std::pair<std::string, std::size_t>>& items) {
  KeyNumbers numbers;
  const std::size_t before = tables_.size() + owners_.size();
  for (const std::string& name : tables) {
    numbers.tables.push_back(table(name));
    numbers.deletes.push_back(owner(numbers.tables.back(), ""));
  }
  for (const auto& [name, index] : items) numbers.items.push_back(owner(numbers.tables.at(index), name));
  if (tables_.size() + owners_.size() != before) TRY(save());
  return numbers;
}

Result<void> KeyOwners::save() const {
  json::Array tables;
  for (const std::string& name : tables_) tables.push_back({name});
  json::Array pairs;
  for (const auto& [table, item_type] : owners_)
    pairs.push_back({json::Object{{"table", {json::Number{std::to_string(table)}}}, {"item_type", {item_type}}}});
  TRY(make_directories(folder_, 0700));
  const json::Object document{
      {"version", {json::Number{std::to_string(version)}}}, {"tables", {std::move(tables)}}, {"owners", {std::move(pairs)}}};
  return write_file_atomically(folder_ + "/owners.json", json::to_text({document}), 0600);
}

}  // namespace itemize::pipeline
