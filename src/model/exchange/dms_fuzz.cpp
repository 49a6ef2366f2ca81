// Models of other tools, whatever comes: what is made of them is an itemize.yaml that loads and binds, or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/bind.h"
#include "model/exchange/exchange.h"

using namespace itemize;
using namespace itemize::model;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

const row::Catalog& catalog() {
  static const row::Catalog made = [] {
    row::Catalog catalog;
    const auto add = [&catalog](const char* name, std::initializer_list<std::pair<const char*, row::TypeKind>> columns) {
      row::Table& table = catalog.tables.emplace_back();
      table.schema = "test";
      table.name = name;
      for (const auto& [column, kind] : columns) {
        row::Column& added = table.columns.emplace_back();
        added.name = column;
        added.type.kind = kind;
        added.nullable = false;
      }
      table.unique_keys.push_back({"primary", {0}, true, true});
    };
    add("customer", {{"id", row::TypeKind::integer},
                     {"First Name", row::TypeKind::text},
                     {"a\"{b}'c", row::TypeKind::text},
                     {"income", row::TypeKind::decimal},
                     {"doc", row::TypeKind::json}});
    add("orders", {{"id", row::TypeKind::integer}, {"customer_id", row::TypeKind::integer}, {"placed", row::TypeKind::timestamp_tz}});
    return catalog;
  }();
  return made;
}

void look_at(const Result<exchange::Imported>& imported) {
  if (!imported) return;
  const ParseResult parsed = parse_model("itemize.yaml", imported->text, {});
  require(parsed.model.has_value());
  require(parsed.model->items.size() == imported->item_types);
  const std::vector<row::Catalog> catalogs = {catalog()};
  require(bind_model(*parsed.model, catalogs).bound.has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 32 * 1024) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  look_at(exchange::from_dms(text, "sqlite:x.db", catalog(), {}));
  look_at(exchange::from_workbench(text, "sqlite:x.db", catalog(), {}));
  return 0;
}
