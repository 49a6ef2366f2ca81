// The border to Lua, both ways: an item that DynamoDB could hold comes back from Lua as the same item, or is refused for a reason that
// is said; and a script of any bytes, given a row, does no harm.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "item/dynamodb_json.h"
#include "transform/script/lua_script.h"
#include "transform/script/lua_state.h"
#include "transform/script/lua_values.h"
#include "transform/testing.h"

namespace item = itemize::item;
using namespace itemize::transform;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

itemize::row::Table table() {
  using itemize::row::TypeKind;
  return testing::table_of("t", {{"id", testing::type_of(TypeKind::integer, "bigint")},
                                 {"document", testing::type_of(TypeKind::json, "json")},
                                 {"text", testing::type_of(TypeKind::text, "text")}});
}

constexpr const char* head =
    "itemize: 1\nsource: sqlite:x.db\ntables:\n  things: { partition_key: { id: N } }\nitems:\n  T:\n    table: things\n    from: t\n    key: { id: "
    "\"{id}\" }\n";

std::vector<itemize::row::Cell> row_with(std::string_view text) {
  using itemize::row::Cell;
  return {Cell::integer(1), Cell::view_of(itemize::row::CellKind::json, text), Cell::text(text)};
}

/// A document through Lua and back against the same without a script.
void try_document(std::string_view text) {
  static const testing::Fixture plain(head, table());
  static const testing::Fixture scripted(std::string(head) + "    script: { lua: \"function transform(item) return item end\" }\n",
                                         table());
  require(plain.program != nullptr && scripted.program != nullptr);
  const testing::Outcome without = testing::run(plain, testing::rows_of({row_with(text)}));
  const testing::Outcome with = testing::run(scripted, testing::rows_of({row_with(text)}));
  require(with.error.empty());
  require(without.texts().size() == with.texts().size() && without.rejections.size() == with.rejections.size());
  if (without.texts().empty()) return;
  const auto before = item::parse_item(without.texts()[0]);
  const auto after = item::parse_item(with.texts()[0]);
  require(before && after && item::equal(*before, *after));
  require(without.table().puts[0].item_size == with.table().puts[0].item_size);
}

/// Bytes that are no item do no harm where one is expected.
void try_staged(std::string_view text) {
  script::LuaState lua;
  std::string copy(text);
  lua_pushcfunction(lua.get(), [](lua_State* state) {
    script::open_libraries(state);
    const auto& bytes = *static_cast<const std::string*>(lua_touserdata(state, 1));
    lua_pushboolean(state, script::push_attributes(state, bytes));
    return 1;
  });
  lua_pushlightuserdata(lua.get(), &copy);
  require(lua.call(1, 1) == script::LuaState::Ending::ok);
}

/// A script of any bytes.
void try_script(std::string_view text) {
  const testing::Fixture fixture(std::string(head) + "    script: { lua: \"function transform(item) return item end\" }\n", table());
  itemize::model::Model model = *fixture.model;
  model.items[0].script->lua = text;
  std::vector<itemize::row::Catalog> catalogs;
  catalogs.emplace_back().tables.push_back(table());
  const auto bound = itemize::model::bind_model(model, catalogs).bound;
  require(bound.has_value());
  const Program program(*bound, bound->tables[0], {});
  Transformer transformer(program, {});
  item::ItemBatch items;
  items.tables.resize(1);
  std::vector<RowRejection> rejections;
  if (!transformer.run(testing::rows_of({row_with("{\"a\":[1,2.5,null]}")}), items, rejections)) return;
  for (const item::Put& put : items.tables[0].puts) {
    const auto made = item::parse_item(items.tables[0].framed(put));
    require(made && item::size_of(*made) == put.item_size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 64 * 1024) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      try_document(text);
      break;
    case 1:
      try_staged(text);
      break;
    case 2:
      try_script(text);
      break;
  }
  return 0;
}
