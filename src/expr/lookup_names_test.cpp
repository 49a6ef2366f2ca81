// Names of lookups in expressions, also where SQL reserves the word; path(root, column).
#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

using row::Cell;

struct Lookups : World {
  Lookups() {
    scope = {{{"id", type_from(Sql::int8), 0, false},
              {"order.status", type_from(Sql::text), 1, true, true},
              {"order.customer.name", type_from(Sql::text), 2, true, true}},
             true};
    row = {Cell::integer(1), Cell::text("open"), Cell::text("Ann")};
  }
};

TEST(LookupNames, ReachAnyDepth) {
  Lookups world;
  EXPECT_EQ(world.text("{order.customer.name}#{order.status}"), "Ann#open");
  EXPECT_EQ(world.value("\"order\".customer.name || '!'"), "Ann!");
}

TEST(LookupNames, MayBeReservedWords) {
  Lookups world;
  EXPECT_EQ(world.value("order.status <> 'draft' AND order.customer.name = 'Ann'"), "true");
  EXPECT_EQ(world.value("'order.status ' || order.status -- order.status"), "order.status open");
  EXPECT_EQ(world.value("E'\\'order.status' || order.status || $$order.status$$ || $a$'order.status$a$"),
            "'order.statusopenorder.status'order.status");
  EXPECT_EQ(world.value("CASE WHEN id = 1 THEN order.status END /* order.status */"), "open");
  EXPECT_EQ(world.value("(order.status)"), "open");
}

TEST(LookupNames, KeepTheirPlacesInMistakes) {
  Lookups world;
  EXPECT_EQ(world.value("lower(order.statu)"), "@6 there is no column 'order.statu'; did you mean 'order.status'?");
  EXPECT_EQ(world.value("order"), "@5 SQL: syntax error at end of input");
}

TEST(LookupNames, AreNoColumnsOfTheRow) {
  Lookups world;
  EXPECT_EQ(world.value("row_hash(*)"), world.value("row_hash(id)"));
}

TEST(Path, GivesTheWayFromTheRoot) {
  Lookups world;
  world.scope.names.push_back({"root.id", type_from(Sql::int8), 3, true, true});
  world.scope.ways.push_back({"root", 4, {{"id", type_from(Sql::int8), 0, 3, 0}}});
  const Cell top[] = {Cell::integer(7)};
  const Cell middle[] = {Cell::integer(5)};
  const Cell way[] = {Cell::nested(row::CellKind::composite, top, 1), Cell::nested(row::CellKind::composite, middle, 1)};
  world.row.push_back(Cell::integer(7));
  world.row.push_back(Cell::nested(row::CellKind::array, way, 2));
  EXPECT_EQ(world.value("array_to_string(path(root, id), '/')"), "7/5/1");
  EXPECT_EQ(world.value("cardinality(path(root, id))"), "3");
  EXPECT_EQ(compile_expression("path(root, id)", world.scope)->slots(), (std::vector<std::size_t>{0, 3, 4}));
  EXPECT_EQ(world.value("path(rot, id)"), "@0 there is no recursive lookup 'rot'; did you mean 'root'?");
  EXPECT_EQ(world.value("path(root, idd)"), "@0 there is no column 'idd' on the way of 'root'; did you mean 'id'?");
  EXPECT_EQ(world.value("path(id)"), "@0 path() takes the name of a recursive lookup and that of a column; as in path(root, id)");
  world.row.back() = Cell::view_of(row::CellKind::invalid, "a circle");
  EXPECT_EQ(world.value("path(root, id)"), "error: a circle");
}

}  // namespace
}  // namespace itemize::expr
