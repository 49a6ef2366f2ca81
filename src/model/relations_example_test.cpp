// The model language's own example of relations: a customer with addresses and tags, orders with lines and products, lines whose keys are
// made of their order's columns, and tagged articles.
#include <gtest/gtest.h>

#include "model/bind.h"
#include "model/relations_testing.h"
#include "model/testing.h"

namespace itemize::model {
namespace {

constexpr const char* example = R"(itemize: 1
source: sqlite:shop.db
tables:
  shop:
    partition_key: { PK: S }
    sort_key: { SK: S }
    global_secondary_indexes:
      by_status: { partition_key: [ { tenant: S }, { status: S } ], sort_key: [ { placedAt: S } ], projection: KEYS_ONLY }
items:
  Customer:
    table: shop
    from: customers
    key: { PK: "CUSTOMER#{id}", SK: PROFILE }
    naming: camelCase
    embed:
      addresses: { from: addresses, shape: list, order_by: [position], limit: 50, on_overflow: error }
      tags: { from: tags, via: customer_tags, columns: [name], shape: set }
    lookup:
      land: { from: countries, match: { country: code }, columns: [name] }
    sensitive: [email]
  Order:
    table: shop
    from: orders
    where: "status <> 'draft'"
    columns: [payer_id]
    lookup:
      customer: { from: customers, by: customer_id, columns: none }
    key: { PK: "CUSTOMER#{customer_id}", SK: "ORDER#{placed_at}#{sortable(id)}" }
    index_keys: { by_status: { tenant: "{customer.tenant}", status: "{status}", placedAt: "{placed_at}" } }
    embed:
      lines:
        from: order_lines
        order_by: [line_no]
        limit: 200
        on_overflow: { spill: { key: { PK: "CUSTOMER#{customer_id}", SK: "LINES#{sortable(id)}#{chunk}" }, items: 100 } }
        lookup: { product: { from: products, columns: [name, sku], flatten: true } }
  OrderLine:
    table: shop
    from: order_lines
    lookup: { order: { from: orders, columns: none } }
    where: "order.status <> 'draft'"
    key: { PK: "CUSTOMER#{order.customer_id}", SK: "LINE#{sortable(order_id)}#{sortable(line_no)}" }
  Message:
    table: shop
    from: messages
    lookup: { root: { from: messages, by: parent_id, recursive: root, max_depth: 50, columns: none } }
    key: { PK: "THREAD#{root.id}", SK: "MESSAGE#{array_to_string(path(root, id), '/')}#{sortable(id)}" }
  Tagged: { table: shop, from: articles, for_each: { tag: "{tags}" }, key: { PK: "TAG#{tag}", SK: "ARTICLE#{id}" }, columns: [title] }
)";

TEST(RelationsExample, BindsWithKeysThatAreProven) {
  const std::vector<row::Catalog> catalogs = {testing::shop_catalog()};
  const ParseResult parsed = parse_model("itemize.yaml", example, {});
  ASSERT_TRUE(parsed.model) << testing::to_text(parsed.findings);
  const BindResult result = bind_model(*parsed.model, catalogs);
  ASSERT_TRUE(result.bound) << testing::to_text(result.findings);
  EXPECT_EQ(testing::to_text(result.findings), "");
  for (const BoundTable& table : result.bound->tables)
    for (const BoundItem& item : table.items) EXPECT_TRUE(item.key_proven_unique) << item.item->name << ": " << item.key_doubt;
  EXPECT_TRUE(result.bound->may_meet.empty());
}

}  // namespace
}  // namespace itemize::model
