// Joining, from the store and from the source itself, against joins made by hand. Also under ThreadSanitizer.
#include "pipeline/gather.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <random>

#include "pipeline/orphans.h"
#include "pipeline/source_relations.h"
#include "pipeline/stored_relations.h"
#include "pipeline/testing/fake_tables.h"
#include "pipeline/wide_reader.h"

namespace itemize::pipeline {
namespace {

using testing::fake_table;
using testing::FakeTables;
using testing::FakeValue;

/// A cell as text. The order of an embed's rows is the transform's: `sorted` puts them in theirs as texts; a way has its own order.
std::string text_of(const row::Cell& cell, bool sorted) {
  switch (cell.kind) {
    case row::CellKind::null:
      return "-";
    case row::CellKind::int64:
      return std::to_string(cell.i);
    case row::CellKind::text:
      return std::string(cell.view());
    case row::CellKind::invalid:
      return "!" + std::string(cell.view());
    default:
      break;
  }
  std::vector<std::string> parts;
  for (const row::Cell& child : cell.children()) parts.push_back(text_of(child, sorted));
  const bool list = cell.kind == row::CellKind::array;
  if (list && sorted) std::ranges::sort(parts);
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : " ") + part;
  return (list ? "[" : "(") + text + (list ? "]" : ")");
}

/// A shop: customers with a boss, orders with lines, lines of products.
class GatherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string path = (std::filesystem::temp_directory_path() / "itemize-gather-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
    tables_["customers"] = fake_table("customers", {"id", "boss_id", "name"}, {"name"});
    tables_["orders"] = fake_table("orders", {"id", "customer_id"});
    tables_["lines"] = fake_table("lines", {"id", "order_id", "product_id"});
    tables_["products"] = fake_table("products", {"id", "name"}, {"name"});
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<model::BoundRows> rows(const std::string& table, const std::vector<std::string>& columns) {
    auto made = std::make_unique<model::BoundRows>();
    describe(*made, table, columns);
    return made;
  }
  void describe(model::BoundRows& made, const std::string& table, const std::vector<std::string>& columns) {
    made.table = &tables_.at(table).table;
    made.columns = columns;
    for (const std::string& name : columns) made.types.push_back(made.table->columns[*made.table->column(name)].type);
  }
  static std::size_t slot_of(const model::BoundRows& rows, const std::string& column) {
    return static_cast<std::size_t>(std::ranges::find(rows.columns, column) - rows.columns.begin());
  }
  static model::BoundRelation& relate(model::BoundRows& owner, model::RelationKind kind, std::unique_ptr<model::BoundRows> child,
                                      const std::string& parent_column, const std::string& child_column,
                                      std::optional<std::size_t> max_depth = {}) {
    model::BoundRelation& relation = owner.relations.emplace_back();
    relation.kind = kind;
    relation.name = child->table->name;
    relation.parent_slots = {slot_of(owner, parent_column)};
    relation.child_slots = {slot_of(*child, child_column)};
    relation.slot = owner.types.size();
    relation.max_depth = max_depth;
    if (kind == model::RelationKind::lookup) owner.types.insert(owner.types.end(), child->types.begin(), child->types.end());
    if (kind == model::RelationKind::embed || max_depth) owner.types.emplace_back().kind = row::TypeKind::array;
    relation.child = std::move(child);
    return relation;
  }

  /// Orders with their customer, and their lines with products.
  void bind_orders() {
    model::BoundTable& orders = model_.tables.emplace_back();
    describe(orders, "orders", {"id", "customer_id"});
    auto lines = rows("lines", {"order_id", "id", "product_id"});
    relate(*lines, model::RelationKind::lookup, rows("products", {"name", "id"}), "product_id", "id");
    relate(orders, model::RelationKind::embed, std::move(lines), "id", "order_id");
    relate(orders, model::RelationKind::lookup, rows("customers", {"id", "name"}), "customer_id", "id");
  }
  /// Customers with their topmost boss.
  void bind_customers(std::size_t max_depth) {
    model::BoundTable& customers = model_.tables.emplace_back();
    describe(customers, "customers", {"id", "boss_id", "name"});
    relate(customers, model::RelationKind::lookup, rows("customers", {"id", "name", "boss_id"}), "boss_id", "id", max_depth);
  }

  void take_snapshot() {
    auto snapshot = std::make_unique<FakeTables>(tables_);
    fake_ = snapshot.get();
    snapshots_.by_source.clear();
    snapshots_.by_source.push_back(std::move(snapshot));
    auto joins = Joins::of(model_);
    ASSERT_TRUE(joins) << joins.error().to_string();
    joins_ = *std::move(joins);
  }
  void fill(int threads = 1) {
    Progress progress;
    auto stored = StoredRelations::fill(snapshots_, *joins_, folder_ + "/store", {.connections = threads}, progress);
    ASSERT_TRUE(stored) << stored.error().to_string();
    stored_ = *std::move(stored);
  }
  /// All widened rows of the model's first table, as texts.
  std::vector<std::string> read(const Related& related, bool sorted = true, std::size_t rows_at_once = row::RowBatch::max_rows) {
    std::vector<std::string> texts;
    const model::BoundTable& table = model_.tables[0];
    const std::vector<source::Range> ranges = *fake_->plan(*table.table, 0);
    for (const source::Range& each : ranges) {
      auto reader = WideReader::open(*fake_, each, table, &related, rows_at_once);
      EXPECT_TRUE(reader) << reader.error().to_string();
      while (true) {
        const auto more = (*reader)->next();
        EXPECT_TRUE(more) << more.error().to_string();
        if (!more || !*more) break;
        const row::RowBatch& batch = (*reader)->batch();
        EXPECT_EQ(batch.columns(), table.width());
        for (std::size_t index = 0; index < batch.rows(); ++index)
          texts.push_back(text_of(row::Cell::nested(row::CellKind::composite, batch.row(index).data(), batch.columns()), sorted));
      }
      const auto counts = (*reader)->counts();
      counts_.resize(counts.size());
      for (std::size_t index = 0; index < counts.size(); ++index) {
        counts_[index].found += counts[index].found;
        counts_[index].missing += counts[index].missing;
      }
    }
    return texts;
  }
  std::vector<std::string> from_source(bool sorted = true, std::size_t rows_at_once = row::RowBatch::max_rows) {
    const SourceRelations related(snapshots_, *joins_);
    return read(related, sorted, rows_at_once);
  }

  std::string folder_;
  std::map<std::string, testing::FakeTable> tables_;
  model::BoundModel model_;
  Snapshots snapshots_;
  FakeTables* fake_ = nullptr;
  std::unique_ptr<const Joins> joins_;
  std::unique_ptr<StoredRelations> stored_;
  std::vector<JoinCount> counts_;
};

FakeValue number(int value) { return std::to_string(value); }

TEST_F(GatherTest, puts_everything_where_it_belongs) {
  tables_["customers"].rows = {{"1", {}, "Ann"}};
  tables_["orders"].rows = {{"10", "1"}, {"11", {}}, {"12", "99"}};
  tables_["lines"].rows = {{"100", "10", "7"}, {"101", "10", {}}, {"102", "12", "8"}, {"103", "77", "7"}, {"104", {}, "7"}};
  tables_["products"].rows = {{"7", "Nut"}};
  bind_orders();
  take_snapshot();
  fill();
  const std::vector<std::string> expected = {"(10 1 [(10 100 7 Nut 7) (10 101 - - -)] 1 Ann)", "(11 - [] - -)",
                                             "(12 99 [(12 102 8 - -)] - -)"};
  EXPECT_EQ(read(*stored_), expected);
  // Row 103 has no order, 104 refers to none; order 12's customer and line 102's product are not there.
  EXPECT_EQ(join_notes(*joins_, counts_, stored_->counts()),
            (std::vector<std::string>{"1 row of lines belong to no row of orders (order_id)",
                                      "1 row of lines refer to a row of products that is not there (product_id)",
                                      "1 row of orders refer to a row of customers that is not there (customer_id)"}));
  EXPECT_EQ(from_source(), expected);
  EXPECT_EQ(from_source(true, 1), expected);
}

TEST_F(GatherTest, the_store_and_the_source_say_what_a_join_by_hand_says) {
  for (unsigned seed = 0; seed < 3; ++seed) {
    std::mt19937 random(seed);
    const auto maybe = [&](int most) { return random() % 10 == 0 ? FakeValue() : number(static_cast<int>(random()) % most); };
    for (auto& [name, table] : tables_) table.rows.clear();
    for (int id = 0; id < 40; ++id) tables_["customers"].rows.push_back({number(id), maybe(50), "c" + std::to_string(id)});
    for (int id = 0; id < 30; ++id) tables_["products"].rows.push_back({number(id), "p" + std::to_string(id)});
    for (int id = 0; id < 700; ++id) tables_["orders"].rows.push_back({number(id), maybe(50)});
    for (int id = 0; id < 3000; ++id) tables_["lines"].rows.push_back({number(id), maybe(800), maybe(40)});
    std::ranges::shuffle(tables_["lines"].rows, random);
    model_.tables.clear();
    bind_orders();
    take_snapshot();
    fake_->rows_per_range = 250;
    fake_->failures = 2;
    fill(3);
    const auto named = [&](const std::string& table, const FakeValue& id, std::size_t name) {
      for (const auto& row : tables_[table].rows)
        if (id && row[0] == id) return *row[name];
      return std::string("-");
    };
    std::vector<std::string> expected;
    for (const auto& order : tables_["orders"].rows) {
      std::vector<std::string> lines;
      for (const auto& line : tables_["lines"].rows) {
        if (line[1] != order[0]) continue;
        const std::string product = named("products", line[2], 1);
        lines.push_back("(" + *line[1] + " " + *line[0] + " " + line[2].value_or("-") + " " + product + " " +
                        (product == "-" ? "-" : *line[2]) + ")");
      }
      std::ranges::sort(lines);
      std::string list;
      for (const std::string& line : lines) list += (list.empty() ? "" : " ") + line;
      const std::string customer = named("customers", order[1], 2);
      expected.push_back("(" + *order[0] + " " + order[1].value_or("-") + " [" + list + "] " + (customer == "-" ? "-" : *order[1]) + " " +
                         customer + ")");
    }
    EXPECT_EQ(read(*stored_), expected) << seed;
    EXPECT_EQ(from_source(), expected) << seed;
    stored_.reset();
  }
}

TEST_F(GatherTest, follows_a_reference_to_the_root) {
  tables_["customers"].rows = {{"1", {}, "root"}, {"2", "1", "child"}, {"3", "2", "grandchild"}, {"4", "44", "orphan"},
                               {"5", "6", "x"},   {"6", "5", "y"},     {"7", "7", "self"}};
  bind_customers(2);
  take_snapshot();
  fill();
  const std::string circle = "!the rows of customers refer to one another in a circle";
  const std::vector<std::string> expected = {
      "(1 - root 1 root - [])",          "(2 1 child 1 root - [(1 root -)])", "(3 2 grandchild 1 root - [(1 root -) (2 child 1)])",
      "(4 44 orphan 4 orphan 44 [])",    "(5 6 x - - - " + circle + ")",      "(6 5 y - - - " + circle + ")",
      "(7 7 self - - - " + circle + ")",
  };
  EXPECT_EQ(read(*stored_, false), expected);
  EXPECT_EQ(from_source(false), expected);
}

TEST_F(GatherTest, a_way_may_be_too_long) {
  tables_["customers"].rows = {{"1", {}, "a"}, {"2", "1", "b"}, {"3", "2", "c"}};
  bind_customers(1);
  take_snapshot();
  fill();
  EXPECT_EQ(read(*stored_, false).back(), "(3 2 c - - - !the way to the root is longer than max_depth (1))");
  EXPECT_EQ(from_source(false).back(), "(3 2 c - - - !the way to the root is longer than max_depth (1))");
}

TEST_F(GatherTest, a_key_that_several_rows_have_is_no_lookup) {
  tables_["products"].table.unique_keys.clear();
  tables_["orders"].rows = {{"10", {}}};
  tables_["lines"].rows = {{"100", "10", "7"}};
  tables_["products"].rows = {{"7", "Nut"}, {"7", "Bolt"}};
  bind_orders();
  take_snapshot();
  fill();
  const std::string several = "!several rows of products have the key that is looked up";
  EXPECT_EQ(read(*stored_), std::vector<std::string>{"(10 - [(10 100 7 " + several + " " + several + ")] - -)"});
  EXPECT_EQ(from_source(), std::vector<std::string>{"(10 - [(10 100 7 " + several + " " + several + ")] - -)"});
}

TEST_F(GatherTest, what_a_row_may_gather_is_bounded) {
  tables_["orders"].rows = {{"10", {}}, {"11", {}}};
  for (int id = 0; id < 60; ++id) tables_["lines"].rows.push_back({number(id), "10", {}});
  tables_["lines"].rows.push_back({"99", "11", {}});
  bind_orders();
  model_.tables[0].relations[0].most_rows = 3;
  take_snapshot();
  fill();
  EXPECT_EQ(read(*stored_)[0], "(10 - [(10 0 - - -) (10 1 - - -) (10 2 - - -)] - -)");
  model_.tables[0].relations[0].most_rows = 0;
  const auto gathered = [&](GatherLimits limits) {
    row::RowBatch batch;
    auto reader = *fake_->open((*fake_->plan(tables_["orders"].table, 0))[0], tables_["orders"].table, {"id", "customer_id"});
    EXPECT_TRUE(*reader->next(batch));
    const auto related = stored_->open();
    Gatherer gatherer(*joins_->joined(0), *related, joins_->count(), limits);
    EXPECT_TRUE(gatherer.begin(batch));
    row::RowBatch wide;
    EXPECT_TRUE(*gatherer.next(wide));
    return std::pair(text_of(wide.row(0)[2], true).substr(0, 60), text_of(wide.row(1)[2], true));
  };
  EXPECT_EQ(gathered({.rows = 50}),
            std::pair(std::string("!more than 50 rows of lines belong to one row"), std::string("[(11 99 - - -)]")));
  EXPECT_EQ(gathered({.bytes = 1 << 10}).first, "!more than 0 MiB of rows of lines belong to one row");
  EXPECT_EQ(gathered({.rows = 60}).first.substr(0, 4), "[(10");
}

TEST_F(GatherTest, columns_that_cannot_be_keyed_are_refused) {
  tables_["lines"].table.columns[1].type.kind = row::TypeKind::text;
  bind_orders();
  const auto joins = Joins::of(model_);
  ASSERT_FALSE(joins);
  EXPECT_EQ(joins.error().code, ErrorCode::invalid_input);
  EXPECT_NE(joins.error().to_string().find("order_id"), std::string::npos) << joins.error().to_string();
}

TEST_F(GatherTest, a_filling_that_is_stopped_leaves_nothing) {
  for (int id = 0; id < 1000; ++id) tables_["lines"].rows.push_back({number(id), "10", {}});
  bind_orders();
  take_snapshot();
  std::stop_source stop;
  stop.request_stop();
  Progress progress;
  const auto stored = StoredRelations::fill(snapshots_, *joins_, folder_ + "/store", {.stop = stop.get_token()}, progress);
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code, ErrorCode::cancelled);
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/store"));
}

}  // namespace
}  // namespace itemize::pipeline
