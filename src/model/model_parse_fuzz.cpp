// Model files, whatever comes: findings or a model; a model is bound to a small catalog; everything said fits on a line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "model/bind.h"

namespace model = itemize::model;
namespace row = itemize::row;

namespace {

row::Column column(std::string name, row::TypeKind kind, std::string type_name, bool nullable = true) {
  row::Column result;
  result.name = std::move(name);
  result.type.kind = kind;
  result.type.name = std::move(type_name);
  result.nullable = nullable;
  return result;
}

std::vector<row::Catalog> small_catalog() {
  row::Catalog catalog;
  row::Table orders;
  orders.name = "orders";
  orders.columns = {column("id", row::TypeKind::integer, "bigint", false), column("customer_id", row::TypeKind::integer, "integer"),
                    column("status", row::TypeKind::text, "text"),         column("placed_at", row::TypeKind::timestamp_tz, "timestamptz"),
                    column("total", row::TypeKind::decimal, "numeric"),    column("payload", row::TypeKind::json, "jsonb"),
                    column("mail", row::TypeKind::text, "text"),           column("blob", row::TypeKind::bytes, "bytea")};
  orders.unique_keys.push_back({"orders_pkey", {0}, true, true});
  row::Table lines;
  lines.name = "order_lines";
  lines.schema = "public";
  lines.columns = {column("order_id", row::TypeKind::integer, "bigint", false), column("line_no", row::TypeKind::integer, "integer", false),
                   column("Select", row::TypeKind::text, "text"), column("odd", row::TypeKind::unsupported, "pg_lsn")};
  lines.unique_keys.push_back({"lines_pkey", {0, 1}, true, true});
  lines.foreign_keys.push_back({"lines_order_fkey", {"order_id"}, "", "orders", {"id"}});
  orders.foreign_keys.push_back({"orders_parent_fkey", {"customer_id"}, "", "orders", {"id"}});
  row::Table plain;
  plain.name = "no_key";
  plain.columns = {column("a", row::TypeKind::dynamic, "")};
  catalog.tables = {std::move(orders), std::move(lines), std::move(plain)};
  return {std::move(catalog)};
}

/// True where there is an error among them; aborts where one could not be shown.
bool check(const std::vector<model::Finding>& findings) {
  bool has_error = false;
  for (const model::Finding& finding : findings) {
    has_error = has_error || finding.severity == model::Severity::error;
    if (finding.message.empty() || finding.place.line < 0 || model::to_string(finding, "itemize.yaml").empty()) std::abort();
  }
  return has_error;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<row::Catalog> one = small_catalog();
  const model::ParseResult parsed = model::parse_model("itemize.yaml", {reinterpret_cast<const char*>(data), size}, {});
  if (check(parsed.findings) == parsed.model.has_value()) std::abort();
  if (!parsed.model) return 0;
  const std::vector<row::Catalog> catalogs(parsed.model->sources.size(), one[0]);
  const model::BindResult bound = model::bind_model(*parsed.model, catalogs);
  if (check(bound.findings) == bound.bound.has_value()) std::abort();
  return 0;
}
