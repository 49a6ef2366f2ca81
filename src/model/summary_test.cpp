// What counts as a change of the model, and what does not.
#include "model/summary.h"

#include <gtest/gtest.h>

#include "model/relations_testing.h"
#include "model/testing.h"

namespace itemize::model {
namespace {

std::vector<row::Catalog> catalogs(bool with_new_column = false) {
  using row::TypeKind;
  row::Table orders;
  orders.name = "orders";
  for (const auto& [name, kind] :
       {std::pair("id", TypeKind::integer), std::pair("mail", TypeKind::text), std::pair("Status", TypeKind::text)}) {
    row::Column column;
    column.name = name;
    column.type.kind = kind;
    column.type.length = 8;
    column.nullable = kind != TypeKind::integer;
    orders.columns.push_back(std::move(column));
  }
  if (with_new_column) {
    orders.columns.push_back(orders.columns[1]);
    orders.columns.back().name = "phone";
  }
  orders.unique_keys.push_back({"orders_pkey", {0}, true, true});
  row::Table others = orders;
  others.name = "others";
  row::Catalog catalog;
  catalog.tables = {std::move(orders), std::move(others)};
  return {std::move(catalog)};
}

json::Value order_of(const std::string& yaml, bool with_new_column = false) {
  const ParseResult parsed = parse_model("itemize.yaml", yaml, {});
  EXPECT_TRUE(parsed.model) << testing::to_text(parsed.findings);
  if (!parsed.model) return {};
  const std::vector<row::Catalog> all = catalogs(with_new_column);
  const BindResult bound = bind_model(*parsed.model, all);
  EXPECT_TRUE(bound.bound) << testing::to_text(bound.findings);
  if (!bound.bound) return {};
  const json::Value summary = summary_of(*bound.bound);
  const json::Value* order = summary.find("items")->find("Order");
  return order == nullptr ? json::Value{} : *order;
}

/// Differences of good_lines() and of the same with one line replaced: "attribute_added phone;".
std::string changed(int line, const std::string& text, bool with_new_column = false) {
  static constexpr const char* names[] = {"table", "key", "from", "where", "attribute_added", "attribute_removed", "attribute_changed",
                                          "other"};
  std::string words;
  for (const Difference& difference :
       differences(order_of(testing::joined(testing::good_lines())), order_of(testing::good_but(line, text), with_new_column)))
    words += std::string(names[static_cast<std::size_t>(difference.of)]) + " " + difference.name + ";";
  return words;
}

TEST(SummaryTest, spelling_is_no_change) {
  EXPECT_EQ(changed(10, "    table: shop   # where it goes"), "");
  EXPECT_EQ(changed(12, "    key: { SK: META, PK: \"ORDER#{ id }\" }"), "");
  EXPECT_EQ(changed(12, "    key: { PK: \"ORDER#{ID}\", SK: 'META' }"), "");
  EXPECT_EQ(changed(14, "    set: { type: Order }\n    sensitive: [mail]"), "") << "masking changes no item";
  EXPECT_EQ(changed(14, "    set: { type: Order }\n    except: []"), "");
}

TEST(SummaryTest, expressions_are_compared_by_their_meaning) {
  const std::string before =
      testing::good_but(14, "    set: { type: \"{upper(status) || '!'}\" }\n    where: \"id <> 4 and mail is not null\"");
  const std::string same =
      testing::good_but(14, "    where: \"ID<>4   AND Mail IS NOT NULL\"\n    set: { type: \"{ UPPER( \\\"Status\\\" )||'!' }\" }");
  const std::string other =
      testing::good_but(14, "    where: \"id <> 5 and mail is not null\"\n    set: { type: \"{lower(status) || '!'}\" }");
  EXPECT_TRUE(differences(order_of(before), order_of(same)).empty());
  const auto found = differences(order_of(before), order_of(other));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].before, "id <> 4 and mail is not null");
  EXPECT_EQ(found[1].after, "{lower(status) || '!'}");
}

TEST(SummaryTest, what_decides_the_items_is_a_change) {
  EXPECT_EQ(changed(12, "    key: { PK: \"O#{id}\", SK: META }"), "key PK;");
  EXPECT_EQ(changed(12, "    key: { PK: \"ORDER#{id}\", SK: \"{mail}\" }"), "key SK;");
  EXPECT_EQ(changed(11, "    from: others"), "from from;");
  EXPECT_EQ(changed(14, "    set: { type: Order }\n    where: \"id > 7\""), "where where;");
  EXPECT_EQ(changed(14, "    set: { type: Order, size: 1 }"), "attribute_added size;");
  EXPECT_EQ(changed(14, ""), "attribute_removed type;");
  EXPECT_EQ(changed(14, "    set: { type: Orders }"), "attribute_changed type;");
  EXPECT_EQ(changed(14, "    set: { type: Order }\n    rename: { Status: state }"), "attribute_removed Status;attribute_added state;");
  EXPECT_EQ(changed(14, "    set: { type: Order }\n    nulls: write"),
            "attribute_changed Status;attribute_changed id;attribute_changed mail;");
  EXPECT_EQ(changed(14, "    set: { type: Order }", true), "attribute_added phone;") << "the source has a new column";
}

/// What differs between two models over orders with a customer looked up.
std::string related_change(const std::string& before, const std::string& after, std::size_t columns_after = 5) {
  const auto summary = [](const std::string& lines, std::size_t columns) {
    std::vector<row::Catalog> all = {testing::shop_catalog()};
    for (row::Table& table : all[0].tables)
      if (table.name == "order_lines") table.columns.resize(columns, table.columns.back());
    if (columns > 5) all[0].tables[3].columns.back().name = "note";
    const ParseResult parsed =
        parse_model("itemize.yaml",
                    testing::shop_model(
                        "orders", {"columns: none", "lookup: { customer: { from: customers, by: customer_id, columns: none } }", lines}),
                    {});
    EXPECT_TRUE(parsed.model) << testing::to_text(parsed.findings);
    const BindResult bound = bind_model(*parsed.model, all);
    EXPECT_TRUE(bound.bound) << testing::to_text(bound.findings);
    return *summary_of(*bound.bound).find("items")->find("Thing");
  };
  std::string words;
  for (const Difference& each : differences(summary(before, 5), summary(after, columns_after)))
    words += each.name + " " + each.before + "->" + each.after + ";";
  return words;
}

TEST(SummaryTest, related_rows_count) {
  EXPECT_EQ(related_change("set: { x: \"{customer.name}\" }", "set: { x: \"{customer.email}\" }"), "x {customer.name}->{customer.email};");
  EXPECT_EQ(related_change("embed: { lines: { from: order_lines } }", "embed: { lines: { from: order_lines } }"), "");
  EXPECT_EQ(related_change("embed: { lines: { from: order_lines } }", "embed: { lines: { from: order_lines, limit: 3 } }"), "embed ->;");
  EXPECT_EQ(related_change("embed: { lines: { from: order_lines } }", "embed: { lines: { from: order_lines } }", 6), "lines ->;")
      << "a new column";
}

}  // namespace
}  // namespace itemize::model
