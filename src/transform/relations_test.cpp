// Items with related rows: every shape, bounds, spilling, trees, lookups, and many items from one row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "model/relations_testing.h"
#include "transform/testing.h"

namespace itemize::transform {
namespace {

using model::testing::shop_model;
using row::Cell;
using row::CellKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A row by its columns' names; what is not named is NULL. A lookup's row by its name, an embed's rows by its name.
struct Row {
  std::map<std::string, Cell> cells;
  std::map<std::string, Row> lookups;
  std::map<std::string, std::vector<Row>> embeds;
};

class Related {
 public:
  explicit Related(const std::string& yaml, item::Framing framing = {}) : framing_(framing) {
    catalogs_.push_back(model::testing::shop_catalog());
    model::ParseResult parsed = model::parse_model("itemize.yaml", yaml, {});
    for (const auto& finding : parsed.findings) problem += model::to_string(finding, "") + "\n";
    model_ = std::move(parsed.model);
    if (!model_) return;
    model::BindResult result = model::bind_model(*model_, catalogs_);
    for (const auto& finding : result.findings) problem += model::to_string(finding, "") + "\n";
    bound = std::move(result.bound);
    if (bound) program_ = std::make_unique<Program>(*bound, bound->tables.at(0), framing_);
  }

  /// The framed texts of the items that the rows become; rejections as "reason attribute: sentence".
  std::vector<std::string> run(const std::vector<Row>& rows) {
    outcome = {};
    if (!program_) return {problem};
    row::RowBatch batch(bound->tables[0].width());
    for (const Row& row : rows) {
      Cell* cells = batch.add_row();
      fill(bound->tables[0], row, cells);
    }
    outcome.items.tables.resize(1);
    Transformer transformer(*program_, {});
    transformer.run(batch, outcome.items, outcome.rejections);
    outcome.counts = transformer.counts();
    std::vector<std::string> texts = outcome.texts();
    for (const RowRejection& each : outcome.rejections)
      texts.push_back(std::string(item::reason_name(each.rejection.reason)) + " " + each.rejection.attribute + ": " +
                      each.rejection.sentence);
    check_sizes();
    return texts;
  }
  std::vector<std::string> run(const Row& row) { return run(std::vector<Row>{row}); }

  std::optional<model::BoundModel> bound;
  std::string problem;
  testing::Outcome outcome;

 private:
  void fill(const model::BoundRows& rows, const Row& row, Cell* cells) {
    for (std::size_t slot = 0; slot < rows.columns.size(); ++slot)
      if (const auto found = row.cells.find(rows.columns[slot]); found != row.cells.end()) cells[slot] = found->second;
    for (const model::BoundRelation& relation : rows.relations) {
      const std::string name = relation.name.substr(relation.name.rfind('.') + 1);
      if (relation.kind == model::RelationKind::lookup) {
        if (const auto found = row.lookups.find(name); found != row.lookups.end())
          fill(*relation.child, found->second, cells + relation.slot);
        if (relation.max_depth)
          cells[relation.slot + relation.child->width()] =
              embedded(*relation.child, row.embeds.contains(name) ? row.embeds.at(name) : std::vector<Row>{});
        continue;
      }
      cells[relation.slot] = embedded(*relation.child, row.embeds.contains(name) ? row.embeds.at(name) : std::vector<Row>{});
    }
  }

  Cell embedded(const model::BoundRows& rows, const std::vector<Row>& children) {
    Cell* list = arena_.allocate_array<Cell>(children.size());
    for (std::size_t index = 0; index < children.size(); ++index) {
      Cell* cells = arena_.allocate_array<Cell>(rows.width());
      std::fill_n(cells, rows.width(), Cell{});
      fill(rows, children[index], cells);
      list[index] = Cell::nested(CellKind::composite, cells, rows.width());
    }
    return Cell::nested(CellKind::array, list, children.size());
  }

  /// What an item counts is what its text counts when it is read again.
  void check_sizes() {
    if (!framing_.before.empty()) return;
    for (const item::Put& put : outcome.table().puts) {
      const auto item = item::parse_item(outcome.table().framed(put));
      ASSERT_TRUE(item) << outcome.table().framed(put);
      EXPECT_EQ(put.item_size, item::size_of(*item)) << outcome.table().framed(put);
    }
  }

  item::Framing framing_;
  std::vector<row::Catalog> catalogs_;
  std::optional<model::Model> model_;
  std::unique_ptr<Program> program_;
  Arena arena_;
};

Cell number(std::int64_t value) { return Cell::integer(value); }
Cell text(std::string_view value) { return Cell::text(value); }
Cell decimal(std::string_view value) { return Cell::view_of(CellKind::decimal_text, value); }

Row line(std::int64_t no, std::string_view price = "1.00") {
  return {
      {{"order_id", number(1)}, {"line_no", number(no)}, {"product_id", number(no)}, {"quantity", number(2)}, {"price", decimal(price)}},
      {},
      {}};
}
Row order_with(std::vector<Row> lines) { return {{{"id", number(1)}}, {}, {{"lines", std::move(lines)}}}; }

std::string lines_model(const std::string& embed) {
  return shop_model("orders", {"columns: none", "embed: { lines: { from: order_lines, " + embed + " } }"});
}

constexpr const char* key = R"({"PK":{"S":"X#1"},"SK":{"S":"A"})";

TEST(Lookups, AreMapsOrFlat) {
  const Row row{{{"id", number(1)}, {"customer_id", number(7)}},
                {{"customer", {{{"id", number(7)}, {"name", text("Ann")}, {"tenant", text("t")}}, {}, {}}}},
                {}};
  Related map(shop_model(
      "orders",
      {"columns: none", "lookup: { customer: { from: customers, by: customer_id, columns: [name, tenant], rename: { name: who } } }"}));
  EXPECT_THAT(map.run(row), ElementsAre(std::string(key) + R"(,"customer":{"M":{"who":{"S":"Ann"},"tenant":{"S":"t"}}}})"));
  Related flat(shop_model(
      "orders",
      {"columns: none",
       "lookup: { customer: { from: customers, by: customer_id, columns: [name], flatten: true, set: { greeting: \"Dear {name}\" } } }"}));
  EXPECT_THAT(flat.run(row), ElementsAre(std::string(key) + R"(,"name":{"S":"Ann"},"greeting":{"S":"Dear Ann"}})"));
  Related read(shop_model(
      "orders",
      {"columns: none", "where: \"customer.tenant = 't'\"", "lookup: { customer: { from: customers, by: customer_id, columns: none } }"},
      "{ PK: \"{customer.name}\", SK: \"{id}\" }"));
  EXPECT_THAT(read.run({row, Row{{{"id", number(2)}}, {}, {}}}), ElementsAre(R"({"PK":{"S":"Ann"},"SK":{"S":"1"}})"));
}

TEST(Lookups, WithoutARowAreAbsent) {
  const Row row{{{"id", number(1)}, {"customer_id", number(7)}}, {}, {}};
  Related map(
      shop_model("orders", {"columns: none", "nulls: write", "lookup: { customer: { from: customers, by: customer_id, columns: [name] } }",
                            "set: { c: \"{coalesce(customer.name, 'none')}\" }"}));
  EXPECT_THAT(map.run(row), ElementsAre(std::string(key) + R"(,"c":{"S":"none"}})"));
}

TEST(Lookups, ThatFindSeveralRowsAreRejected) {
  Cell several = Cell::view_of(CellKind::invalid, "two rows of customers have this id");
  several.flags = row::invalid_value;
  const Row row{{{"id", number(1)}, {"customer_id", number(7)}}, {{"customer", {{{"id", several}, {"name", several}}, {}, {}}}}, {}};
  Related map(shop_model("orders", {"columns: none", "lookup: { customer: { from: customers, by: customer_id, columns: [name] } }"}));
  EXPECT_THAT(map.run(row), ElementsAre("relation customer: two rows of customers have this id"));
}

TEST(Embeds, AListInItsOrder) {
  Related model(lines_model("columns: [line_no, price], order_by: [-price], where: \"quantity > 1\""));
  Row none = line(9);
  none.cells["quantity"] = number(1);
  EXPECT_THAT(
      model.run(order_with({line(2, "1.50"), line(1, "1.5"), none, line(3, "10")})),
      ElementsAre(std::string(key) +
                  R"(,"lines":{"L":[{"M":{"line_no":{"N":"3"},"price":{"N":"10"}}},{"M":{"line_no":{"N":"1"},"price":{"N":"1.5"}}},)"
                  R"({"M":{"line_no":{"N":"2"},"price":{"N":"1.5"}}}]}})"));
  EXPECT_THAT(model.run(order_with({})), ElementsAre(std::string(key) + R"(,"lines":{"L":[]}})"));
}

TEST(Embeds, NullsSortAsInPostgreSql) {
  Row null = line(1);
  null.cells["price"] = Cell::null();
  Related up(lines_model("columns: [line_no], order_by: [price]"));
  EXPECT_THAT(up.run(order_with({null, line(2)})), ElementsAre(HasSubstr(R"([{"M":{"line_no":{"N":"2"}}},{"M":{"line_no":{"N":"1"}}}])")));
  Related down(lines_model("columns: [line_no], order_by: [{ price: desc }]"));
  EXPECT_THAT(down.run(order_with({line(2), null})),
              ElementsAre(HasSubstr(R"([{"M":{"line_no":{"N":"1"}}},{"M":{"line_no":{"N":"2"}}}])")));
}

TEST(Embeds, OneMapAndValues) {
  const Row row = order_with({line(2, "0.10"), line(1, "0.20")});
  Related one(lines_model("shape: one, columns: [line_no], order_by: [-line_no]"));
  EXPECT_THAT(one.run(row), ElementsAre(std::string(key) + R"(,"lines":{"M":{"line_no":{"N":"2"}}}})"));
  EXPECT_THAT(one.run(order_with({})), ElementsAre(std::string(key) + "}"));
  Related map(lines_model("shape: { map_by: line_no }, columns: [price]"));
  EXPECT_THAT(map.run(row),
              ElementsAre(std::string(key) + R"(,"lines":{"M":{"1":{"M":{"price":{"N":"0.2"}}},"2":{"M":{"price":{"N":"0.1"}}}}}})"));
  EXPECT_THAT(map.run(order_with({})), ElementsAre(std::string(key) + R"(,"lines":{"M":{}}})"));
  Related count(lines_model("shape: count, where: \"price > 0.15\""));
  EXPECT_THAT(count.run(row), ElementsAre(std::string(key) + R"(,"lines":{"N":"1"}})"));
  Related sum(lines_model("shape: { sum: quantity * price }"));
  EXPECT_THAT(sum.run(row), ElementsAre(std::string(key) + R"(,"lines":{"N":"0.6"}})"));
  EXPECT_THAT(sum.run(order_with({})), ElementsAre(std::string(key) + "}"));
  Related min(lines_model("shape: { min: price }"));
  EXPECT_THAT(min.run(row), ElementsAre(std::string(key) + R"(,"lines":{"N":"0.1"}})"));
  Related max(lines_model("shape: { max: line_no }"));
  EXPECT_THAT(max.run(row), ElementsAre(std::string(key) + R"(,"lines":{"N":"2"}})"));
}

TEST(Embeds, MapKeysAreTextsThatDiffer) {
  Related map(lines_model("shape: { map_by: quantity }, columns: [line_no]"));
  EXPECT_THAT(map.run(order_with({line(1), line(2)})), ElementsAre("duplicate_attribute lines[1]: map_by has one value for two rows"));
  Row null = line(1);
  null.cells["quantity"] = Cell::null();
  EXPECT_THAT(map.run(order_with({null})), ElementsAre("map_key_empty lines[0]: map_by is NULL or empty for a row"));
}

TEST(Embeds, SetsHoldEachValueOnce) {
  Row null = line(4);
  null.cells["price"] = Cell::null();
  Related numbers(lines_model("shape: set, columns: [price]"));
  EXPECT_THAT(numbers.run(order_with({line(1, "1.50"), line(2, "1.5"), line(3, "7"), null})),
              ElementsAre(std::string(key) + R"(,"lines":{"NS":["1.5","7"]}})"));
  EXPECT_THAT(numbers.run(order_with({null})), ElementsAre(std::string(key) + "}"));
  Related texts(
      shop_model("customers", {"columns: none", "embed: { tags: { from: tags, via: customer_tags, columns: [name], shape: set } }"}));
  const auto tag = [](std::int64_t id, std::string_view name) {
    return Row{{{"customer_id", number(1)}, {"tag_id", number(id)}}, {{"tags", {{{"id", number(id)}, {"name", text(name)}}, {}, {}}}}, {}};
  };
  Row dangling = tag(3, "");
  dangling.lookups.clear();
  EXPECT_THAT(texts.run(Row{{{"id", number(1)}}, {}, {{"tags", {tag(2, "new"), dangling, tag(1, "vip")}}}}),
              ElementsAre(std::string(key) + R"(,"tags":{"SS":["vip","new"]}})"));
}

TEST(Embeds, ViaWritesTheLinksColumnsToo) {
  Related model(shop_model("customers", {"columns: none",
                                         "embed: { follows: { from: customers, via: { table: follows, from_parent: follower_id, to_child: "
                                         "followee_id, columns: [since] }, columns: [name], where: \"since IS NOT NULL\" } }"}));
  const auto follow = [](std::int64_t id, std::string_view name, Cell since) {
    return Row{{{"follower_id", number(1)}, {"followee_id", number(id)}, {"since", since}},
               {{"customers", {{{"id", number(id)}, {"name", text(name)}}, {}, {}}}},
               {}};
  };
  EXPECT_THAT(
      model.run(Row{
          {{"id", number(1)}}, {}, {{"follows", {follow(3, "Cy", Cell::make(CellKind::timestamp_tz, 0)), follow(2, "Bo", Cell::null())}}}}),
      ElementsAre(std::string(key) + R"(,"follows":{"L":[{"M":{"name":{"S":"Cy"},"since":{"S":"1970-01-01T00:00:00.000000Z"}}}]}})"));
}

TEST(Embeds, AreNestedWithLookupsOfTheirOwn) {
  Related model(shop_model(
      "customers", {"columns: none", "embed:",
                    "  orders: { from: orders, by: customer_id, columns: [id], embed: { lines: { from: order_lines, columns: [line_no],",
                    "      lookup: { product: { from: products, columns: [sku], flatten: true } } } } }"}));
  Row with_product = line(1);
  with_product.lookups["product"] = {{{"id", number(1)}, {"sku", text("S1")}}, {}, {}};
  const Row row{{{"id", number(1)}}, {}, {{"orders", {order_with({with_product, line(2)})}}}};
  EXPECT_THAT(
      model.run(row),
      ElementsAre(
          std::string(key) +
          R"(,"orders":{"L":[{"M":{"id":{"N":"1"},"lines":{"L":[{"M":{"line_no":{"N":"1"},"sku":{"S":"S1"}}},{"M":{"line_no":{"N":"2"}}}]}}}]}})"));
}

TEST(Embeds, SayWhereARejectIs) {
  Related model(lines_model("columns: [line_no], set: { x: \"{10 / (line_no - 2)}\" }"));
  EXPECT_THAT(model.run(order_with({line(1), line(2)})), ElementsAre("expression lines[1].x: division by zero"));
  Related omitted(lines_model("columns: [line_no, price], column_types: { price: { otherwise: omit } }"));
  EXPECT_THAT(omitted.run(order_with({line(1, "NaN")})),
              ElementsAre(std::string(key) + R"(,"lines":{"L":[{"M":{"line_no":{"N":"1"}}}]}})"));
}

TEST(Bounds, AreErrorsOrTruncate) {
  const Row row = order_with({line(3), line(1), line(2)});
  Related error(lines_model("columns: [line_no], limit: 2"));
  EXPECT_THAT(error.run(row), ElementsAre("embed_overflow lines: there are more rows than its limit, 2"));
  EXPECT_THAT(error.run(order_with({line(1), line(2)})), ElementsAre(HasSubstr(R"({"N":"2"})")));
  Related truncate(lines_model("columns: [line_no], limit: 2, on_overflow: truncate"));
  EXPECT_THAT(truncate.run(row),
              ElementsAre(std::string(key) + R"(,"lines":{"L":[{"M":{"line_no":{"N":"1"}}},{"M":{"line_no":{"N":"2"}}}]}})"));
  // A list is 3 bytes; each element 1 + 3 + 1 + 7 + 2.
  Related bytes(lines_model("columns: [line_no], max_bytes: 31, on_overflow: truncate"));
  EXPECT_THAT(bytes.run(row),
              ElementsAre(std::string(key) + R"(,"lines":{"L":[{"M":{"line_no":{"N":"1"}}},{"M":{"line_no":{"N":"2"}}}]}})"));
  Related fewer(lines_model("columns: [line_no], max_bytes: 30"));
  EXPECT_THAT(fewer.run(row), ElementsAre("embed_overflow lines: the rows take more bytes than its max_bytes, 30"));
}

TEST(Bounds, WhoeverGathersMayGiveUp) {
  Related model(lines_model("columns: [line_no]"));
  row::RowBatch batch(model.bound->tables[0].width());
  Cell* cells = batch.add_row();
  cells[0] = number(1);
  cells[1] = Cell::view_of(CellKind::invalid, "order 1 has more than 100,000 lines");
  item::ItemBatch items;
  items.tables.resize(1);
  std::vector<RowRejection> rejections;
  const Program program(*model.bound, model.bound->tables[0], {});
  Transformer(program, {}).run(batch, items, rejections);
  ASSERT_EQ(rejections.size(), 1U);
  EXPECT_EQ(rejections[0].rejection.reason, item::Reason::embed_overflow);
  EXPECT_EQ(rejections[0].rejection.sentence, "order 1 has more than 100,000 lines");
}

TEST(Spills, FurtherItemsWithTheirOwnKey) {
  const std::string spill = "on_overflow: { spill: { key: { PK: \"X#{id}\", SK: \"L#{chunk}\" }, items: 2 } }";
  Related model(lines_model("columns: [line_no], limit: 1, " + spill), {"", "", true});
  EXPECT_THAT(model.run(order_with({line(4), line(1), line(2), line(3)})),
              ElementsAre(std::string(key) + R"(,"lines":{"L":[{"M":{"line_no":{"N":"1"}}}]}})",
                          R"({"PK":{"S":"X#1"},"SK":{"S":"L#0"},"lines":{"L":[{"M":{"line_no":{"N":"2"}}},{"M":{"line_no":{"N":"3"}}}]}})",
                          R"({"PK":{"S":"X#1"},"SK":{"S":"L#1"},"lines":{"L":[{"M":{"line_no":{"N":"4"}}}]}})"));
  EXPECT_EQ(model.outcome.counts.items[0], 3U);
  const item::TableItems& table = model.outcome.table();
  EXPECT_EQ(table.key(table.puts[2]), R"({"PK":{"S":"X#1"},"SK":{"S":"L#1"}})");
  EXPECT_EQ(table.origin(table.puts[2]), R"({"table":"orders","key":{"id":"1"}})");
  EXPECT_THAT(model.run(order_with({line(4)})), ElementsAre(std::string(key) + R"(,"lines":{"L":[{"M":{"line_no":{"N":"4"}}}]}})"));
}

TEST(Spills, ByBytesAndAsSetsAndMaps) {
  const std::string spill = "on_overflow: { spill: { key: { PK: \"X#{id}\", SK: \"L#{chunk}\" } } }";
  Related bytes(lines_model("columns: [line_no], max_bytes: 31, " + spill));
  EXPECT_EQ(bytes.run(order_with({line(1), line(2), line(3), line(4), line(5)})).size(), 3U);
  Related small(lines_model("columns: [line_no], max_bytes: 5, " + spill));
  EXPECT_THAT(small.run(order_with({line(1), line(2)})),
              ElementsAre(std::string(key) + R"(,"lines":{"L":[]}})", HasSubstr(R"({"N":"1"})"), HasSubstr(R"({"N":"2"})")))
      << "a row larger than max_bytes has a further item to itself";
  Related set(lines_model("columns: [line_no], shape: set, limit: 2, " + spill));
  EXPECT_THAT(set.run(order_with({line(1), line(2), line(3)})),
              ElementsAre(HasSubstr(R"("lines":{"NS":["1","2"]})"), HasSubstr(R"("lines":{"NS":["3"]})")));
  Related map(lines_model("columns: [quantity], shape: { map_by: line_no }, limit: 2, " + spill));
  EXPECT_THAT(map.run(order_with({line(1), line(2), line(3)})),
              ElementsAre(HasSubstr(R"("lines":{"M":{"1":)"), HasSubstr(R"("lines":{"M":{"3":)")));
}

TEST(Spills, ARejectTakesAllOfTheRowsItemsBack) {
  Related model(lines_model("columns: [line_no], set: { x: \"{10 / (line_no - 3)}\" }, limit: 1, on_overflow: { spill: { key: { PK: "
                            "\"X#{id}\", SK: \"L#{chunk}\" }, items: 1 } }"),
                {"", "", true});
  const std::vector<std::string> texts = model.run({order_with({line(1), line(2), line(3)}), order_with({line(1)})});
  EXPECT_THAT(texts, ElementsAre(HasSubstr(R"({"N":"1"})"), "expression lines[2].x: division by zero"));
  EXPECT_EQ(model.outcome.table().puts.size(), 1U);
  EXPECT_EQ(model.outcome.table().key(model.outcome.table().puts[0]), R"({"PK":{"S":"X#1"},"SK":{"S":"A"}})");
  EXPECT_EQ(model.outcome.counts.items[0], 1U);
}

Row message(std::int64_t id, std::vector<Row> replies = {}) {
  return {{{"id", number(id)}, {"parent_id", number(0)}, {"body", text("b")}}, {}, {{"replies", std::move(replies)}}};
}

TEST(Trees, AreRowsWithinRowsToTheirDepth) {
  Related model(
      shop_model("messages", {"columns: none", "embed: { replies: { from: messages, recursive: true, max_depth: 2, columns: [id] } }"}));
  EXPECT_THAT(model.run(message(1, {message(2, {message(3)})})),
              ElementsAre(std::string(key) + R"(,"replies":{"L":[{"M":{"id":{"N":"2"},"replies":{"L":[{"M":{"id":{"N":"3"}}}]}}}]}})"));
  EXPECT_THAT(model.run(message(1, {message(2, {message(3, {message(4)})})})),
              ElementsAre("embed_overflow replies[0].replies[0].replies: the tree has more levels than its max_depth"));
}

TEST(Trees, TheWayToTheRoot) {
  Related model(shop_model("messages",
                           {"columns: none", "lookup: { root: { from: messages, recursive: root, columns: none } }",
                            "set: { path: \"{path(root, id)}\", text: \"{array_to_string(path(root, body), '/')}\" }"},
                           "{ PK: \"{root.id}\", SK: \"{id}\" }"));
  Row row = message(3);
  row.lookups["root"] = {{{"id", number(1)}, {"body", text("a")}}, {}, {}};
  row.embeds["root"] = {{{{"id", number(1)}, {"body", text("a")}}, {}, {}}, {{{"id", number(2)}, {"body", text("x")}}, {}, {}}};
  EXPECT_THAT(model.run(row),
              ElementsAre(R"({"PK":{"S":"1"},"SK":{"S":"3"},"path":{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]},"text":{"S":"a/x/b"}})"));
}

TEST(Spills, CarryTheTimeToLive) {
  std::string yaml = lines_model("columns: [line_no], limit: 1, on_overflow: { spill: { key: { PK: \"X#{id}\", SK: \"L#{chunk}\" } } }");
  yaml.insert(yaml.find("items:"), "    time_to_live: { attribute: expires, expired_rows: write }\n");
  Related model(yaml + "    set: { expires: \"{id + 7}\" }\n");
  EXPECT_THAT(model.run(order_with({line(1), line(2)})),
              ElementsAre(HasSubstr(R"("expires":{"N":"8"})"),
                          R"({"PK":{"S":"X#1"},"SK":{"S":"L#0"},"expires":{"N":"8"},"lines":{"L":[{"M":{"line_no":{"N":"2"}}}]}})"));
}

TEST(Limits, OfItemsCountWhatIsEmbedded) {
  Related model(
      shop_model("customers", {"columns: none", "embed: { a: { from: articles, match: { id: id }, columns: [title, labels] } }"}));
  const std::string large(100'000, 'x');
  const auto row_of = [&](std::size_t count, std::string_view title, std::string_view json) {
    Row row{{{"id", number(1)}}, {}, {{"a", {}}}};
    for (std::size_t index = 0; index < count; ++index)
      row.embeds["a"].push_back(
          {{{"id", number(static_cast<std::int64_t>(index))}, {"title", text(title)}, {"labels", Cell::view_of(CellKind::json, json)}},
           {},
           {}});
    return row;
  };
  EXPECT_THAT(model.run(row_of(4, large, "1")), ElementsAre(HasSubstr("xxx")));
  EXPECT_THAT(model.run(row_of(5, large, "1")), ElementsAre(HasSubstr("item_too_large a[4]")));
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + "1" + std::string(levels, ']'); };
  EXPECT_THAT(model.run(row_of(1, "t", nested(29))), ElementsAre(HasSubstr(R"("N":"1")")));
  EXPECT_THAT(model.run(row_of(1, "t", nested(30))),
              ElementsAre("document_depth a[0].labels: the document is nested deeper than 32 levels"));
}

TEST(Limits, SensitiveValuesStandInNoSentence) {
  Related model(shop_model(
      "orders",
      {"columns: none",
       "embed: { who: { from: customers, match: { id: customer_id }, columns: none, sensitive: [name], set: { n: \"{name::int}\" } } }"}));
  const Row row{{{"id", number(1)}, {"customer_id", number(1)}}, {}, {{"who", {{{{"id", number(1)}, {"name", text("secret")}}, {}, {}}}}}};
  const std::vector<std::string> texts = model.run(row);
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_THAT(texts[0], HasSubstr("expression who[0].n: the value cannot be used"));
  EXPECT_TRUE(model.bound->tables[0].items[0].attributes.back().sensitive);
}

Row article(std::vector<Cell>& tags) {
  return {{{"id", number(1)}, {"title", text("T")}, {"tags", Cell::nested(CellKind::array, tags.data(), tags.size())}}, {}, {}};
}

TEST(ForEach, OneItemForEachElement) {
  Related model(shop_model("articles", {"columns: [title]", "for_each: { tag: \"{tags}\" }", "where: \"tag <> 'no'\""},
                           "{ PK: \"TAG#{tag}\", SK: \"{id}\" }"));
  std::vector<Cell> tags = {text("a"), text("no"), text("b"), text("a")};
  EXPECT_THAT(model.run(article(tags)), ElementsAre(R"({"PK":{"S":"TAG#a"},"SK":{"S":"1"},"title":{"S":"T"}})",
                                                    R"({"PK":{"S":"TAG#b"},"SK":{"S":"1"},"title":{"S":"T"}})"));
  EXPECT_EQ(model.outcome.counts.items[0], 2U);
  std::vector<Cell> none;
  EXPECT_THAT(model.run({article(none), Row{{{"id", number(2)}}, {}, {}}}), IsEmpty());
  EXPECT_EQ(model.outcome.counts.skipped[0], 2U);
}

TEST(ForEach, OverJson) {
  Related model(shop_model("articles", {"columns: none", "for_each: { tag: \"{labels}\" }", "set: { tag: \"{tag}\" }"},
                           "{ PK: \"TAG#{tag}\", SK: \"{id}\" }"));
  const auto with = [](std::string_view json) { return Row{{{"id", number(1)}, {"labels", Cell::view_of(CellKind::json, json)}}, {}, {}}; };
  EXPECT_THAT(model.run(with(R"(["x", 1.50, "x"])")), ElementsAre(R"({"PK":{"S":"TAG#x"},"SK":{"S":"1"},"tag":{"S":"x"}})",
                                                                  R"({"PK":{"S":"TAG#1.50"},"SK":{"S":"1"},"tag":{"N":"1.5"}})"));
  EXPECT_THAT(model.run(with(R"({"a":1})")), ElementsAre("type_mismatch : for_each: the JSON is not a list"));
  EXPECT_THAT(model.run(with("null")), IsEmpty());
  Related objects(
      shop_model("articles", {"columns: none", "for_each: { line: \"{labels}\" }"}, "{ PK: \"{line->>'sku'}\", SK: \"{id}\" }"));
  EXPECT_THAT(objects.run(with(R"([{"sku":"s1"},{"sku":"s2"}])")),
              ElementsAre(R"({"PK":{"S":"s1"},"SK":{"S":"1"}})", R"({"PK":{"S":"s2"},"SK":{"S":"1"}})"));
}

TEST(ForEach, ARejectTakesAllBack) {
  Related model(shop_model("articles", {"columns: none", "for_each: { tag: \"{tags}\" }"}, "{ PK: \"{tag}\", SK: \"{id}\" }"));
  std::vector<Cell> tags = {text("a"), text("")};
  EXPECT_THAT(model.run(article(tags)), ElementsAre("key_empty PK: the key is empty"));
  EXPECT_TRUE(model.outcome.table().puts.empty());
  EXPECT_TRUE(model.outcome.table().text.empty());
}

}  // namespace
}  // namespace itemize::transform
