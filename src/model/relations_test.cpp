// What binding makes of relations: the layout of slots, which columns are read, and whether keys are still proven.
#include "model/relations.h"

#include <gtest/gtest.h>

#include "model/bind.h"
#include "model/relations_testing.h"
#include "model/testing.h"

namespace itemize::model {
namespace {

struct Bound {
  std::vector<row::Catalog> catalogs{testing::shop_catalog()};
  ParseResult parsed;
  BindResult result;

  explicit Bound(const std::string& yaml) : parsed(parse_model("itemize.yaml", yaml, {})) {
    if (parsed.model) result = bind_model(*parsed.model, catalogs);
  }
  std::string findings() const { return testing::to_text(parsed.findings) + testing::to_text(result.findings); }
  const BoundTable& table(std::size_t index = 0) const { return result.bound->tables.at(index); }
  const BoundItem& item() const { return table().items.at(0); }
  const BoundAttribute& attribute(const std::string& name) const {
    for (const BoundAttribute& each : item().attributes)
      if (each.name == name) return each;
    throw std::out_of_range(name);
  }
};

std::string joined_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

/// "orders[id customer_id] (lookup customer @2 1->0 customers[id tenant])": tables, columns read, and where relations stand.
std::string shape_of(const BoundRows& rows) {
  std::string text = rows.table->name + "[" + joined_names(rows.columns) + "]";
  for (const BoundRelation& relation : rows.relations) {
    text += std::string(" (") + (relation.kind == RelationKind::lookup ? "lookup " : "embed ") + relation.name + " @" +
            std::to_string(relation.slot);
    for (std::size_t index = 0; index < relation.parent_slots.size(); ++index)
      text += " " + std::to_string(relation.parent_slots[index]) + "=" + std::to_string(relation.child_slots[index]);
    if (relation.max_depth) text += " depth " + std::to_string(*relation.max_depth);
    if (relation.most_rows > 0) text += " most " + std::to_string(relation.most_rows);
    text += " " + shape_of(*relation.child) + ")";
  }
  return text;
}

#define EXPECT_LAYOUT(bound, layout)                       \
  ASSERT_TRUE((bound).result.bound) << (bound).findings(); \
  EXPECT_EQ(shape_of((bound).table()), layout)

TEST(Relations, ALookupsSlotsFollowTheOwnColumns) {
  const Bound bound(testing::shop_model("orders",
                                        {"lookup: { customer: { from: customers, by: customer_id, columns: none } }", "columns: [status]"},
                                        "{ PK: \"CUSTOMER#{customer.tenant}\", SK: \"ORDER#{id}\" }"));
  EXPECT_LAYOUT(bound, "orders[id customer_id status] (lookup customer @3 1=0 customers[id tenant])");
  EXPECT_EQ(bound.table().width(), 5U);
  EXPECT_EQ(bound.item().attributes[0].program->slots(), std::vector<std::size_t>{4});
  EXPECT_TRUE(bound.item().key_proven_unique) << bound.item().key_doubt;
}

TEST(Relations, LookupsReachThroughLookups) {
  const Bound bound(testing::shop_model(
      "order_lines",
      {"where: \"order.customer.tenant <> 'x' AND order.status = 'open'\"", "columns: none", "lookup:",
       "  order: { from: orders, columns: none, lookup: { customer: { from: customers, by: [customer_id], columns: [name] } } }"},
      "{ PK: \"{order.customer_id}\", SK: \"{sortable(order_id)}#{sortable(line_no)}\" }"));
  EXPECT_LAYOUT(bound,
                "order_lines[order_id line_no] (lookup order @2 0=0 orders[id customer_id status] (lookup order.customer @3 1=0 "
                "customers[id name tenant]))");
  EXPECT_EQ(bound.item().where->slots(), (std::vector<std::size_t>{4, 7}));
  const BoundAttribute& order = bound.attribute("order");
  ASSERT_TRUE(order.nested);
  ASSERT_EQ(order.nested->attributes.size(), 1U);
  const BoundAttribute& customer = order.nested->attributes[0];
  ASSERT_TRUE(customer.nested);
  EXPECT_EQ(customer.nested->attributes[0].name, "name");
  EXPECT_EQ(customer.nested->attributes[0].slot, 6U);
  EXPECT_EQ(customer.nested->found_slot, 5U);
}

TEST(Relations, ItemTypesWithOneJoinShareIt) {
  std::string yaml =
      testing::shop_model("orders", {"lookup: { customer: { from: customers, by: customer_id, columns: [name] } }", "columns: none"});
  yaml +=
      "  Other:\n    table: shop\n    from: orders\n    key: { PK: \"Y#{id}\", SK: B }\n    columns: none\n    lookup: { buyer: { from: "
      "customers, by: customer_id, columns: [email] } }\n";
  const Bound bound(yaml);
  EXPECT_LAYOUT(bound, "orders[id customer_id] (lookup customer @2 1=0 customers[id name email])");
}

TEST(Relations, AnEmbedIsOneCellWithRowsOfItsOwn) {
  const Bound bound(testing::shop_model("orders", {"columns: none",
                                                   "embed: { lines: { from: order_lines, columns: [quantity], order_by: [-line_no], limit: "
                                                   "10, lookup: { product: { from: products, columns: [name], flatten: true } } } }"}));
  EXPECT_LAYOUT(bound,
                "orders[id] (embed lines @1 0=0 most 11 order_lines[order_id line_no product_id quantity] (lookup lines.product @4 2=0 "
                "products[id name]))");
  const BoundNested& nested = *bound.attribute("lines").nested;
  ASSERT_EQ(nested.attributes.size(), 2U);
  EXPECT_EQ(nested.attributes[0].slot, 3U);
  EXPECT_EQ(nested.attributes[1].name, "name");
  EXPECT_EQ(nested.attributes[1].slot, 5U);
  ASSERT_EQ(nested.order.size(), 3U);
  EXPECT_TRUE(nested.order[0].descending);
  EXPECT_EQ(nested.order[1].slot, 0U) << "the primary key decides between equals";
}

TEST(Relations, EmbedsWithinEmbedsAndLookups) {
  const Bound bound(testing::shop_model(
      "customers",
      {"columns: none",
       "embed:", "  orders: { from: orders, by: customer_id, columns: [id], embed: { lines: { from: order_lines, columns: [line_no] } } }",
       "lookup: { referrer: { from: customers, columns: [name], embed: { addresses: { from: addresses, columns: [city] } } } }"}));
  EXPECT_LAYOUT(bound,
                "customers[id referrer_id] (lookup referrer @2 1=0 customers[id name] (embed referrer.addresses @2 0=0 "
                "addresses[customer_id position city]))"
                " (embed orders @5 0=1 orders[id customer_id] (embed orders.lines @2 0=0 order_lines[order_id line_no]))");
  EXPECT_EQ(bound.attribute("referrer").nested->attributes.at(1).nested->slot, 4U);
}

TEST(Relations, ViaIsTheLinkWithALookup) {
  const Bound bound(testing::shop_model(
      "customers", {"columns: none", "embed:", "  tags: { from: tags, via: customer_tags, columns: [name], shape: set }",
                    "  follows: { from: customers, via: { table: follows, from_parent: [follower_id], to_child: [followee_id], columns: "
                    "[since] }, columns: [name], order_by: [since] }"}));
  EXPECT_LAYOUT(bound,
                "customers[id] (embed tags @1 0=0 customer_tags[customer_id tag_id] (lookup tags.tags @2 1=0 tags[id name]))"
                " (embed follows @2 0=0 follows[follower_id followee_id since] (lookup follows.customers @3 1=0 customers[id name]))");
  const BoundNested& nested = *bound.attribute("follows").nested;
  EXPECT_EQ(nested.found_slot, 3U);
  ASSERT_EQ(nested.attributes.size(), 2U);
  EXPECT_EQ(nested.attributes[0].slot, 4U);
  EXPECT_EQ(nested.attributes[1].name, "since");
  EXPECT_EQ(nested.attributes[1].slot, 2U);
  EXPECT_EQ(nested.order[0].slot, 2U);
}

TEST(Relations, ARecursiveLookupHasItsWayBehindIt) {
  const Bound bound(
      testing::shop_model("messages",
                          {"columns: none", "lookup: { root: { from: messages, recursive: root, max_depth: 7, columns: none } }",
                           "set: { path: \"{path(root, id)}\" }"},
                          "{ PK: \"{root.email}\", SK: \"{id}\" }"));
  EXPECT_LAYOUT(bound, "messages[id parent_id email] (lookup root @3 1=0 depth 7 messages[id parent_id email])");
  EXPECT_EQ(bound.table().width(), 7U);
  EXPECT_EQ(bound.item().ways, std::vector<std::size_t>{6});
  EXPECT_EQ(bound.attribute("path").program->slots(), (std::vector<std::size_t>{0, 3, 6}));
}

TEST(Relations, ATreeIsUnrolled) {
  const Bound bound(testing::shop_model(
      "messages", {"columns: none", "embed: { replies: { from: messages, recursive: true, max_depth: 2, columns: [body] } }"}));
  EXPECT_LAYOUT(bound,
                "messages[id] (embed replies @1 0=1 messages[id parent_id body] (embed replies.replies @3 0=1 messages[id parent_id body]"
                " (embed replies.replies.replies @3 0=0 most 1 messages[parent_id])))");
  EXPECT_TRUE(bound.attribute("replies").nested->attributes.at(1).nested->attributes.at(1).nested->too_deep);
}

TEST(Relations, AMatchNeedsNoForeignKey) {
  const Bound bound(
      testing::shop_model("customers", {"columns: none", "lookup: { land: { from: countries, match: { country: code }, columns: [name] } }",
                                        "embed: { log: { from: log, match: { customer_id: id } } }"}));
  EXPECT_LAYOUT(bound, "customers[id country] (lookup land @2 1=0 countries[code name]) (embed log @4 0=0 log[customer_id line])");
}

TEST(Relations, WhatIsSensitiveInOneItemTypeIsHiddenInLookups) {
  std::string yaml = testing::shop_model("orders", {"lookup: { customer: { from: customers, by: customer_id, columns: [email] } }",
                                                    "columns: none", "set: { mail: \"{lower(customer.email)}\" }"});
  yaml += "  Customer:\n    table: shop\n    from: customers\n    key: { PK: \"C#{id}\", SK: C }\n    sensitive: [email]\n";
  const Bound bound(yaml);
  ASSERT_TRUE(bound.result.bound) << bound.findings();
  EXPECT_TRUE(bound.attribute("customer").sensitive);
  EXPECT_TRUE(bound.attribute("mail").sensitive);
  EXPECT_TRUE(bound.table().sensitive[3]);
}

TEST(Relations, NamingAndNullsGoDown) {
  const Bound bound(testing::shop_model("orders", {"naming: camelCase", "nulls: write",
                                                   "embed: { lines: { from: order_lines, columns: [line_no, product_id] , lookup: { "
                                                   "product: { from: products, naming: as_is, columns: [name] } } } }"}));
  ASSERT_TRUE(bound.result.bound) << bound.findings();
  const BoundNested& nested = *bound.attribute("lines").nested;
  EXPECT_EQ(nested.attributes[0].name, "lineNo");
  EXPECT_TRUE(nested.attributes[0].nulls_write);
}

// Keys

bool proven(const Bound& bound) { return bound.result.bound && bound.item().key_proven_unique; }

TEST(RelationKeys, LookedUpColumnsProveNothingUnlessTheyAreTheJoin) {
  const std::vector<std::string> lookup = {"columns: none", "lookup: { order: { from: orders, columns: none } }"};
  EXPECT_FALSE(proven(Bound(testing::shop_model("order_lines", lookup, "{ PK: \"{order.customer_id}\", SK: \"{sortable(line_no)}\" }"))));
  EXPECT_TRUE(proven(Bound(testing::shop_model("order_lines", lookup, "{ PK: \"{order.id}\", SK: \"{sortable(line_no)}\" }"))))
      << "order.id is order_id";
  EXPECT_TRUE(
      proven(Bound(testing::shop_model("order_lines", lookup, "{ PK: \"{order.status}\", SK: \"{sortable(order_id)}#{line_no}\" }"))));
  const std::vector<std::string> by_text = {"columns: none",
                                            "lookup: { land: { from: countries, match: { country: code }, columns: none } }"};
  EXPECT_FALSE(proven(Bound(testing::shop_model("customers", by_text, "{ PK: \"{land.code}\", SK: A }"))))
      << "equal texts may differ under the source's collation";
}

TEST(RelationKeys, SpilledItemsHaveKeysOfTheirOwn) {
  const auto lines = [](const std::string& key) {
    return std::vector<std::string>{
        "columns: none", "embed: { lines: { from: order_lines, limit: 2, on_overflow: { spill: { key: " + key + ", items: 3 } } } }"};
  };
  EXPECT_TRUE(proven(Bound(testing::shop_model("orders", lines("{ PK: \"X#{id}\", SK: \"LINES#{chunk}\" }"))))) << "never SK: A";
  EXPECT_FALSE(proven(Bound(testing::shop_model("orders", lines("{ PK: X, SK: \"LINES#{chunk}\" }")))));
  EXPECT_FALSE(proven(Bound(testing::shop_model("orders", lines("{ PK: \"X#{id}\", SK: \"LINES#{chunk % 7}\" }")))));
  EXPECT_FALSE(proven(Bound(testing::shop_model("orders", lines("{ PK: \"X#{id}\", SK: \"{chr(chunk::int + 65)}\" }"))))) << "could be A";
  const Bound bound(testing::shop_model("orders", lines("{ PK: \"X#{id}\", SK: \"LINES#{chunk}\" }")));
  const BoundNested& nested = *bound.attribute("lines").nested;
  ASSERT_EQ(nested.spill_key.size(), 2U);
  EXPECT_EQ(nested.spill_key[1].program->slots(), std::vector<std::size_t>{bound.table().width() + 1});
}

TEST(RelationKeys, ElementsOfForEachAreToldApart) {
  EXPECT_TRUE(proven(Bound(
      testing::shop_model("articles", {"columns: [title]", "for_each: { tag: \"{tags}\" }"}, "{ PK: \"TAG#{tag}\", SK: \"{id}\" }"))));
  EXPECT_FALSE(proven(Bound(testing::shop_model("articles", {"columns: [title]", "for_each: { tag: \"{tags}\" }"},
                                                "{ PK: \"TAG#{lower(tag)}\", SK: \"{id}\" }"))));
  EXPECT_FALSE(proven(
      Bound(testing::shop_model("articles", {"columns: [title]", "for_each: { tag: \"{tags}\" }"}, "{ PK: \"TAG#{tag}\", SK: A }"))));
  EXPECT_FALSE(proven(Bound(
      testing::shop_model("articles", {"columns: [title]", "for_each: { tag: \"{labels}\" }"}, "{ PK: \"TAG#{tag}\", SK: \"{id}\" }"))))
      << "1 and '1' look the same";
}

TEST(RelationKeys, WhereClausesOverLookupsExcludeNothing) {
  std::string yaml = testing::shop_model(
      "orders", {"where: \"c.name = 'a'\"", "lookup: { c: { from: customers, by: customer_id, columns: none } }", "columns: none"});
  yaml +=
      "  Other:\n    table: shop\n    from: orders\n    key: { PK: \"X#{id}\", SK: A }\n    columns: none\n    where: \"NOT (c.name = "
      "'a')\"\n"
      "    lookup: { c: { from: customers, by: payer_id, columns: none } }\n";
  const Bound bound(yaml);
  ASSERT_TRUE(bound.result.bound) << bound.findings();
  EXPECT_EQ(bound.result.bound->may_meet.size(), 1U);
}

}  // namespace
}  // namespace itemize::model
