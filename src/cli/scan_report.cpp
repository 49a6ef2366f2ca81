#include "cli/scan_report.h"

#include <cmath>

#include "cli/output.h"
#include "cli/text.h"

namespace itemize::cli {
namespace {

using pipeline::ScanItemType;

/// Bytes that DynamoDB adds to each item, and to each of its entries in an index, when it bills storage (facts of AWS).
constexpr std::uint64_t storage_overhead = 100;

std::string rounded(double number) { return with_commas(static_cast<std::uint64_t>(std::llround(number))); }

std::uint64_t storage_of(const ScanItemType& type) {
  return type.bytes + type.items * storage_overhead + static_cast<std::uint64_t>(type.index_bytes);
}

std::string rejects_text(const std::string& name, const ScanItemType& type) {
  std::string text;
  for (const auto& [reason, reject] : type.rejects) {
    text += "REJECT " + name + ": " + counted(reject.count, "row") + ", " + reason + "\n";
    for (const auto& example : reject.examples)
      text += "    " + example.origin + (example.attribute.empty() ? "" : " attribute " + example.attribute) + ": " + example.sentence + "\n";
  }
  return text;
}

std::string collisions_text(const Workspace& workspace, const pipeline::ScanReport& report) {
  if (report.collisions == 0) return "";
  std::string text = "COLLISION: " + counted(report.collisions, "key is", "keys are") + " made by more than one row; each would overwrite the other\n";
  for (const pipeline::Collision& collision : report.examples) {
    text += "    " + workspace.model().tables[collision.table].name + " " + collision.key + ": " + counted(collision.rows, "row") + "\n";
    for (const auto& [type, origin] : collision.occurrences) text += "        " + workspace.model().items[type].name + " " + origin + "\n";
  }
  return text;
}

}  // namespace

bool scan_has_findings(const pipeline::ScanReport& report) {
  if (report.collisions > 0) return true;
  for (const ScanItemType& type : report.items)
    if (type.rejected() > 0) return true;
  return false;
}

std::string scan_text(const Workspace& workspace, const pipeline::ScanReport& report, double seconds) {
  Columns columns({"item type", ">items", ">left out", ">rejects", ">bytes p50", ">p99", ">max", ">WCU to load", ">of indexes", ">stored", "keys"});
  std::uint64_t items = 0;
  std::uint64_t stored = 0;
  double units = 0;
  for (std::size_t index = 0; index < report.items.size(); ++index) {
    if (workspace.item(index) == nullptr) continue;
    const ScanItemType& type = report.items[index];
    columns.add({workspace.model().items[index].name, with_commas(type.items), with_commas(type.skipped), with_commas(type.rejected()), with_commas(type.sizes.percentile(0.5)),
                 with_commas(type.sizes.percentile(0.99)), with_commas(type.sizes.largest()), rounded(static_cast<double>(type.write_units) + type.index_write_units),
                 rounded(type.index_write_units), bytes_text(storage_of(type)), report.keys_scanned[index] ? "compared" : "proven"});
    items += type.items;
    stored += storage_of(type);
    units += static_cast<double>(type.write_units) + type.index_write_units;
  }
  std::string text = "\n" + columns.to_string();
  text += "\n" + counted(report.rows, "row") + " read in " + duration_text(seconds) + ": " + counted(items, "item") + ", " + rounded(units) + " WCU to load them, " + bytes_text(stored) + " stored\n";
  for (std::size_t index = 0; index < report.items.size(); ++index)
    if (report.items[index].numbered > 0)
      text += workspace.model().items[index].name + ": " + counted(report.items[index].numbered, "copy of another item gets", "copies of other items get") + " a number behind the key (duplicates: number)\n";
  for (std::size_t index = 0; index < report.items.size(); ++index) text += rejects_text(workspace.model().items[index].name, report.items[index]);
  text += collisions_text(workspace, report);
  return text;
}

json::Value scan_json(const Workspace& workspace, const pipeline::ScanReport& report) {
  json::Object items;
  for (std::size_t index = 0; index < report.items.size(); ++index) {
    if (workspace.item(index) == nullptr) continue;
    const ScanItemType& type = report.items[index];
    json::Object rejects;
    for (const auto& [reason, reject] : type.rejects) rejects.emplace_back(reason, json_number(reject.count));
    items.emplace_back(workspace.model().items[index].name,
                       json::Value{json::Object{{"items", json_number(type.items)}, {"left_out", json_number(type.skipped)}, {"numbered", json_number(type.numbered)}, {"rejects", {std::move(rejects)}},
                                                {"bytes", json_number(type.bytes)}, {"p50", json_number(type.sizes.percentile(0.5))}, {"p99", json_number(type.sizes.percentile(0.99))},
                                                {"max", json_number(type.sizes.largest())}, {"write_units", json_number(type.write_units)},
                                                {"index_write_units", json_real(type.index_write_units)}, {"stored_bytes", json_number(storage_of(type))}, {"keys_compared", {static_cast<bool>(report.keys_scanned[index])}}}});
  }
  json::Array collisions;
  for (const pipeline::Collision& collision : report.examples) {
    json::Array rows;
    for (const auto& [type, origin] : collision.occurrences) {
      json::Object row{{"item_type", {workspace.model().items[type].name}}};
      if (const auto parsed = json::parse(origin)) row.emplace_back("origin", *parsed);
      rows.push_back({std::move(row)});
    }
    collisions.push_back({json::Object{{"table", {workspace.model().tables[collision.table].name}}, {"key", {collision.key}}, {"rows", json_number(collision.rows)}, {"first", {std::move(rows)}}}});
  }
  return {json::Object{{"rows", json_number(report.rows)}, {"items", {std::move(items)}}, {"collisions", json_number(report.collisions)}, {"collision_examples", {std::move(collisions)}}}};
}

}  // namespace itemize::cli
