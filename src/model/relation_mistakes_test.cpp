// Every mistake that lookups, embeds and for_each can hold, with the words, line and column that people get for it.
#include <gtest/gtest.h>

#include "model/bind.h"
#include "model/relations_testing.h"
#include "model/testing.h"

namespace itemize::model {
namespace {

struct Mistake {
  const char* name;
  const char* from;
  const char* lines;  // of the item type, in line 12 and on
  const char* findings;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class RelationMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(RelationMistakes, HasItsOwnWords) {
  std::vector<std::string> lines;
  std::string rest = GetParam().lines;
  for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
    lines.push_back(rest.substr(0, end));
    rest.erase(0, end + 1);
  }
  lines.push_back(rest);
  const std::string yaml = testing::shop_model(GetParam().from, lines, "{ PK: \"X\", SK: A }");
  const ParseResult parsed = parse_model("itemize.yaml", yaml, {});
  std::string text = testing::to_text(parsed.findings);
  if (parsed.model) {
    const std::vector<row::Catalog> catalogs = {testing::shop_catalog()};
    text += testing::to_text(bind_model(*parsed.model, catalogs).findings);
  }
  EXPECT_EQ(text, GetParam().findings);
}

const Mistake mistakes[] = {
    // The form
    {"UnknownPart", "orders", "embed: { lines: { from: order_lines, limits: 3 } }",
     "12:42: error: items.Thing.embed.lines.limits: the key 'limits' is not known here\n"
     "  did you mean 'limit'?\n"},
    {"WhereInALookup", "orders", "lookup: { customer: { from: customers, by: customer_id, flattened: true } }",
     "12:61: error: items.Thing.lookup.customer.flattened: the key 'flattened' is not known here\n"
     "  did you mean 'flatten'?\n"},
    {"NoFrom", "orders", "embed: { lines: { limit: 3 } }",
     "12:14: error: items.Thing.embed.lines: the embed has no from\n"
     "  write from: with the table whose rows are wanted\n"},
    {"LimitZero", "orders", "embed: { lines: { from: order_lines, limit: 0 } }",
     "12:49: error: items.Thing.embed.lines.limit: this must be a whole number from 1 to 4294967295, not 0\n"},
    {"ShapeUnknown", "orders", "embed: { lines: { from: order_lines, shape: array } }",
     "12:49: error: items.Thing.embed.lines.shape: 'array' is none of list, set, one and count\n"},
    {"ShapeMapUnknown", "orders", "embed: { lines: { from: order_lines, shape: { avg: price } } }",
     "12:51: error: items.Thing.embed.lines.shape.avg: the key 'avg' is not known here\n"
     "  known here: map_by, sum, min and max\n"},
    {"OverflowWithoutBound", "orders", "embed: { lines: { from: order_lines, on_overflow: truncate } }",
     "12:42: error: items.Thing.embed.lines.on_overflow: on_overflow has a meaning only with limit or max_bytes\n"
     "  say how much is embedded: limit: 200\n"},
    {"LimitOfACount", "orders", "embed: { lines: { from: order_lines, shape: count, limit: 3 } }",
     "12:56: error: items.Thing.embed.lines.limit: limit has a meaning only with shape: list, set or map_by\n"
     "  the other shapes are one value, however many rows there are\n"},
    {"SpillWithoutKey", "orders", "embed: { lines: { from: order_lines, limit: 3, on_overflow: { spill: { items: 3 } } } }",
     "12:74: error: items.Thing.embed.lines.on_overflow.spill: the further items have no key\n"
     "  write spill: { key: { PK: \"...\", SK: \"...#{chunk}\" }, items: 100 }; {chunk} counts them from 0\n"},
    {"SpillKeyMissesAPart", "orders",
     "embed: { lines: { from: order_lines, limit: 3, on_overflow: { spill: { key: { PK: \"{id}\" } } } } }",
     "12:83: error: items.Thing.embed.lines.on_overflow.spill.key: the sort key 'SK' of the table 'shop' is missing\n"
     "  every item has all key attributes of its table; a constant will do: SK: PROFILE\n"},
    {"OrderTwice", "orders", "embed: { lines: { from: order_lines, order_by: [price, -price] } }",
     "12:60: error: items.Thing.embed.lines.order_by[1]: the order has 'price' twice\n"},
    {"ByAndMatch", "orders", "lookup: { customer: { from: customers, by: customer_id, match: { customer_id: id } } }",
     "12:61: error: items.Thing.lookup.customer.match: match and by exclude each other\n"
     "  one of them says how the rows belong together\n"},
    {"RecursiveRootInAnEmbed", "messages", "embed: { replies: { from: messages, recursive: root, max_depth: 3 } }",
     "12:52: error: items.Thing.embed.replies.recursive: recursive: root goes with lookup\n"
     "  a tree: recursive: true, max_depth: 5\n"},
    {"TreeWithoutDepth", "messages", "embed: { replies: { from: messages, recursive: true } }",
     "12:41: error: items.Thing.embed.replies.recursive: the tree has no max_depth\n"
     "  write max_depth: from 1 to 15 levels; what is deeper becomes a reject\n"},
    {"TreeTooDeep", "messages", "embed: { replies: { from: messages, recursive: true, max_depth: 16 } }",
     "12:69: error: items.Thing.embed.replies.max_depth: this must be a whole number from 1 to 15, not 16\n"},
    {"OtherSource", "orders", "lookup: { customer: { from: { source: stock, table: customers } } }",
     "12:57: error: items.Thing.lookup.customer.from.source: 'stock' is another source than that of the item type\n"
     "  rows of two sources cannot be joined: each has its own snapshot\n"},
    {"OneNameTwice", "orders", "lookup: { x: { from: customers, by: customer_id } }\nembed: { x: { from: order_lines } }",
     "13:14: error: items.Thing.embed.x: a lookup and an embed have the name 'x'\n"
     "  an attribute has one value: rename one of the two\n"},
    {"ForEachOfTwo", "articles", "for_each: { a: \"{tags}\", b: \"{tags}\" }",
     "12:15: error: items.Thing.for_each: for_each takes one name and its array\n"
     "  write for_each: { tag: \"{tags}\" }\n"},
    {"ForEachConstant", "articles", "for_each: { a: tags }",
     "12:20: error: items.Thing.for_each.a: this is a constant, not a template that gives an array\n"
     "  write \"{tags}\"\n"},
    // Joins
    {"UnknownTable", "orders", "embed: { lines: { from: order_line } }",
     "12:29: error: items.Thing.embed.lines.from: the source has no table or view 'order_line'\n"
     "  did you mean 'order_lines'?\n"},
    {"NoForeignKey", "customers", "lookup: { land: { from: countries } }",
     "12:15: error: items.Thing.lookup.land: there is no foreign key from 'customers' to 'countries'\n"
     "  say which columns belong together: match: { ...: code }, a column of 'customers' to one of 'countries'\n"},
    {"NoForeignKeyButAName", "customers", "embed: { log: { from: log } }",
     "12:14: error: items.Thing.embed.log: there is no foreign key from 'log' to 'customers'\n"
     "  say which columns belong together: match: { customer_id: id }, a column of 'log' to one of 'customers'\n"},
    {"SeveralForeignKeys", "orders", "lookup: { customer: { from: customers } }",
     "12:15: error: items.Thing.lookup.customer: 'orders' has several foreign keys to 'customers': over customer_id and payer_id\n"
     "  say which: by: customer_id\n"},
    {"ByAnotherColumn", "orders", "lookup: { customer: { from: customers, by: status } }",
     "12:48: error: items.Thing.lookup.customer.by: no foreign key of 'orders' over status leads to 'customers'\n"
     "  those that do: customer_id and payer_id\n"},
    {"ByNoColumn", "orders", "lookup: { customer: { from: customers, by: costumer_id } }",
     "12:48: error: items.Thing.lookup.customer.by: the table 'orders' has no column 'costumer_id'\n"
     "  did you mean 'customer_id'?\n"},
    {"UnknownForeignKey", "orders", "lookup: { customer: { from: customers, foreign_key: orders_buyer_id_fkey } }",
     "12:57: error: items.Thing.lookup.customer.foreign_key: 'orders' has no foreign key 'orders_buyer_id_fkey' to 'customers'\n"
     "  did you mean 'orders_payer_id_fkey'?\n"},
    {"MatchSwapped", "customers", "lookup: { land: { from: countries, match: { code: country } } }",
     "12:49: error: items.Thing.lookup.land.match: match goes from the table that references to the one that is referenced: 'code' is a "
     "column of 'countries'\n"
     "  write match: { country: code }\n"},
    {"LookupOfSeveral", "customers", "lookup: { entry: { from: log, match: { id: customer_id } } }",
     "12:15: error: items.Thing.lookup.entry: nothing says that customer_id is unique in 'log': a lookup finds one row at most\n"
     "  embed it with shape: one and order_by, or make a unique key\n"},
    {"ViaAmbiguous", "customers", "embed: { friends: { from: customers, via: follows } }",
     "12:47: error: items.Thing.embed.friends.via: 'follows' has several foreign keys to 'customers': over follower_id and followee_id\n"
     "  say which: from_parent: [follower_id]\n"},
    // Attributes
    {"UnknownColumnOfTheChild", "orders", "embed: { lines: { from: order_lines, columns: [prize] } }",
     "12:52: error: items.Thing.embed.lines.columns: the table 'order_lines' has no column 'prize'\n"
     "  did you mean 'price'?\n"},
    {"UnknownOrder", "orders", "embed: { lines: { from: order_lines, order_by: [-position] } }",
     "12:53: error: items.Thing.embed.lines.order_by: there is no column 'position'\n"
     "  there is order_id, line_no, product_id, quantity and price\n"},
    {"UnknownNameOfALookup", "orders",
     "lookup: { customer: { from: customers, by: customer_id, columns: none } }\nset: { x: \"{lower(customer.tennant)}\" }",
     "13:23: error: items.Thing.set.x: there is no column 'customer.tennant'\n"
     "  did you mean 'customer.tenant'?\n"},
    {"NameOfAColumn", "orders", "lookup: { status: { from: customers, by: customer_id } }",
     "12:15: error: items.Thing.lookup.status: 'status' is already written from the column 'status'\n"
     "  name the column under except, or give the relation another name\n"},
    {"FlattenedIntoAColumn", "orders", "lookup: { customer: { from: customers, by: customer_id, columns: [id], flatten: true } }",
     "12:71: error: items.Thing.lookup.customer: the columns 'id' and 'customer.id' would both be written as 'id'\n"
     "  rename one of them, or name it under except\n"},
    {"SetOfSeveral", "orders", "embed: { lines: { from: order_lines, shape: set, columns: [price, quantity] } }",
     "12:49: error: items.Thing.embed.lines.shape: a set is made of one column, not of quantity and price\n"
     "  write columns: [quantity]\n"},
    {"NothingEmbedded", "orders", "embed: { lines: { from: order_lines, columns: none } }",
     "12:14: error: items.Thing.embed.lines: nothing of these rows is embedded\n"
     "  name columns, or use shape: count\n"},
    {"OneOfSeveral", "orders", "embed: { lines: { from: order_lines, shape: one } }",
     "12:49: error: items.Thing.embed.lines.shape: which one? Several rows of 'order_lines' can belong to one row\n"
     "  say which comes first: order_by: [-created_at]\n"},
    {"SumOfTexts", "orders", "embed: { lines: { from: customers, match: { id: id }, shape: { sum: name } } }",
     "12:73: error: items.Thing.embed.lines.shape.sum: a sum takes numbers, not text\n"
     "  cast it: column::numeric\n"},
    {"SpillWithinARow", "customers",
     "embed: { orders: { from: orders, by: customer_id, embed: { lines: { from: order_lines, limit: 1, on_overflow: { spill: { key: { PK: "
     "x, SK: \"{chunk}\" } } } } } } }",
     "12:102: error: items.Thing.embed.orders.embed.lines.on_overflow: only an item type's own embed can spill: a row within a row has no "
     "key of its own\n"
     "  use error or truncate here\n"},
    {"SpillWithoutChunk", "orders",
     "embed: { lines: { from: order_lines, limit: 1, on_overflow: { spill: { key: { PK: \"{id}\", SK: L } } } } }",
     "12:52: error: items.Thing.embed.lines.on_overflow.spill.key: the further items of a row would all have one key\n"
     "  put their number in it: {chunk}\n"},
    {"ChunkElsewhere", "orders", "set: { x: \"{chunk}\" }", "12:17: error: items.Thing.set.x: there is no column 'chunk'\n"},
    {"TreeOfAnotherTable", "customers", "embed: { x: { from: messages, match: { id: id }, recursive: true, max_depth: 2 } }",
     "12:54: error: items.Thing.embed.x: a tree is of rows of one table: the owner's rows are of 'customers'\n"
     "  embed the rows at the top (where: parent IS NULL), and the tree in them\n"},
    {"WhereOfAnEmbed", "orders", "embed: { lines: { from: order_lines, where: price } }",
     "12:49: error: items.Thing.embed.lines.where: where must be true or false, but this gives numeric\n"
     "  compare it with something: x <> 0\n"},
    {"ForEachOfText", "articles", "for_each: { word: \"{title}\" }",
     "12:23: error: items.Thing.for_each.word: for_each takes an array or a JSON list, but this gives text\n"
     "  split it: \"{string_to_array(column, ',')}\", or cast it: column::jsonb\n"},
    {"ForEachWithAColumnsName", "articles", "for_each: { title: \"{tags}\" }",
     "12:17: error: items.Thing.for_each.title: 'title' is the name of a column or lookup already\n"
     "  give the element another name\n"},
    {"LookupByWhatCannotBeCompared", "orders",
     "lookup: { product: { from: products, match: { status: id }, columns: [nme] } }\nset: { x: \"{product.nam}\" }",
     "12:15: error: items.Thing.lookup.product: status (text) and id (int) are of types that are not compared by anything that can be "
     "keyed\n"
     "  rows can be joined by columns of one type and one collation\n"
     "12:75: error: items.Thing.lookup.product.columns: the table 'products' has no column 'nme'\n"
     "  did you mean 'name'?\n"
     "13:17: error: items.Thing.set.x: there is no column 'product.nam'\n"
     "  did you mean 'product.name'?\n"},
    {"EmbedByWhatCannotBeCompared", "orders", "embed: { lines: { from: order_lines, match: { quantity: status } } }",
     "12:14: error: items.Thing.embed.lines: quantity (int) and status (text) are of types that are not compared by anything that can be "
     "keyed\n"
     "  rows can be joined by columns of one type and one collation\n"},
    {"PathOfNoLookup", "messages", "set: { x: \"{path(root, id)}\" }",
     "12:17: error: items.Thing.set.x: there is no recursive lookup 'root'\n"
     "  path() goes with lookup: { root: { ..., recursive: root } }\n"},
};

INSTANTIATE_TEST_SUITE_P(All, RelationMistakes, ::testing::ValuesIn(mistakes),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace itemize::model
