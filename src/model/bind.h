// Binding: a Model joined to the catalogs of its sources: every name resolved, every template compiled, every type chosen.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "expr/program.h"
#include "model/model.h"
#include "model/relations.h"
#include "row/catalog.h"

namespace itemize::model {

/// What a value is written as.
enum class WriteAs : std::uint8_t { automatic, S, N, B, BOOL, SS, NS, BS, L, M, document, null };

/// What happens to a value that DynamoDB cannot hold.
enum class Otherwise : std::uint8_t { reject, omit, null, string };

struct BoundNested;

/// One attribute of the items of a type, ready to be compiled into the transform's program.
struct BoundAttribute {
  std::string name;                       ///< DynamoDB attribute name.
  std::size_t slot = 0;                   ///< The cell it copies, where program is empty and constant is empty.
  std::optional<expr::Program> program;   ///< A template or expression.
  std::string constant;                   ///< Ready DynamoDB JSON value ({"S":"Customer"}), where not empty.
  row::Type type;                         ///< Of the cell or the program's result.
  WriteAs write_as = WriteAs::automatic;
  Otherwise otherwise = Otherwise::reject;
  bool nulls_write = false;
  bool table_key = false;                 ///< Partition or sort key of the table: NULL or empty is a rejection; converted to key_type.
  bool sort = false;                      ///< The sort key of the table (1024 bytes) rather than its partition key (2048 bytes).
  bool index_key = false;                 ///< Key attribute of an index: NULL or empty is absent; converted to key_type.
  bool index_sort = false;                ///< Used as an index's sort key (1024 bytes).
  KeyType key_type = KeyType::S;
  bool sensitive = false;
  std::string from_column;              ///< The row's own column, for messages; empty for expressions.
  std::string related_column;             ///< The same for what it copies from a lookup or an element: "customer.name", as expressions name it.
  const row::Table* every_of = nullptr;   ///< A relation's table, every column of which is taken, this one among them, by the name `every_column`.
  std::string every_column;
  std::unique_ptr<BoundNested> nested;  ///< An attribute made of related rows: then there is no slot, program or constant.
  Place place;
};

struct BoundOrder {
  std::size_t slot = 0;
  bool descending = false;
};

/// What one lookup or embed writes into its owner's map.
struct BoundNested {
  RelationKind kind = RelationKind::lookup;
  std::size_t slot = 0;                   ///< An embed's cell in the owner's row.
  const BoundRows* rows = nullptr;        ///< An embed's: what its composites hold. A lookup's attributes read the owner's row itself.
  std::optional<std::size_t> found_slot;  ///< NULL there: a lookup found no row; a row of an embed (via) has no far row and is left out.
  Shape shape = Shape::list;              ///< Of an embed; a lookup is one map.
  std::optional<expr::Program> where;     ///< Over a row of the embed, as the following.
  std::optional<expr::Program> of;        ///< What map_by, sum, min and max take.
  std::vector<BoundOrder> order;          ///< Complete: rows that agree in all of it are alike.
  std::optional<std::uint64_t> limit;
  std::optional<std::uint64_t> max_bytes;
  OnOverflow on_overflow = OnOverflow::error;
  std::vector<BoundAttribute> spill_key;   ///< Over the owner's row, with the chunk's number in the slot behind for_each's.
  std::uint64_t spill_items = 0;           ///< Rows of a further item; 0: as many as max_bytes allows.
  std::vector<std::size_t> ways;           ///< As BoundItem::ways, in a row of the embed.
  bool too_deep = false;                   ///< Below the last level of a tree: a row here is one too many.
  std::vector<BoundAttribute> attributes;  ///< Of each row's map; exactly one for a set.
};

struct BoundItem {
  std::size_t index = 0;                  ///< In Model::items.
  const ItemType* item = nullptr;
  std::size_t source = 0;                 ///< In Model::sources.
  std::size_t table_index = 0;            ///< In Model::tables.
  const row::Table* from = nullptr;
  std::optional<expr::Program> where;
  /// An array, or JSON that is a list: one item for each element, which the programs find in the slot behind the table's last
  /// (BoundRows::width()). None for NULL and an empty one; equal elements count once.
  std::optional<expr::Program> for_each;
  bool each_is_json = false;      ///< for_each gives JSON: the elements are scalars, or JSON.
  std::vector<std::size_t> ways;  ///< Slots of recursive lookups' ways: where one is invalid, the row is rejected.
  /// Table keys first (partition, sort), then the rest in a fixed order (index keys, columns, set, relations).
  std::vector<BoundAttribute> attributes;
  std::optional<std::size_t> ttl_attribute;  ///< In attributes: rows already past it are skipped where the table says so.
  bool skip_expired = false;
  /// Slots that identify the source row, for origins and rejects.
  std::vector<std::size_t> identity_slots;
  /// What a script gets of the row: the names of columns, and their slots.
  std::vector<std::pair<std::string, std::size_t>> script_columns;
  bool key_proven_unique = false;         ///< False: a scan has to show it.
  std::string key_doubt;                  ///< Why it is not proven, for people.
};

/// All item types that read the same source table: it is read once for all of them. An item type of many schemas has a BoundItem
/// in each of their tables.
struct BoundTable : BoundRows {
  std::vector<BoundItem> items;
  std::shared_ptr<const row::Table> own_table;  ///< What `table` points to: of this BoundTable only, so that reads of it can be told.
  std::optional<std::size_t> schema_slot;       ///< Of `schema_name`, which no source column holds.
};

struct BoundModel {
  const Model* model = nullptr;
  std::vector<BoundTable> tables;
  /// Pairs of item types (indices in Model::items) whose keys may meet in one DynamoDB table: a scan has to show that they do not.
  std::vector<std::pair<std::size_t, std::size_t>> may_meet;

  /// The item type with this index in Model::items, of the first table that it reads; nullptr where it is not selected.
  const BoundItem* item(std::size_t index) const {
    for (const BoundTable& table : tables)
      for (const BoundItem& each : table.items)
        if (each.index == index) return &each;
    return nullptr;
  }
};

struct BindResult {
  std::optional<BoundModel> bound;        ///< Absent where there is an error.
  std::vector<Finding> findings;
};

/// `catalogs[i]` is the catalog of model.sources[i]; model and catalogs must outlive the result.
/// `only`: names of the item types wanted (--select); empty: all. `extra_where`: a condition beside each item type's own, for those
/// whose rows have what it names; the others are noted. An error where it fits none.
BindResult bind_model(const Model& model, const std::vector<row::Catalog>& catalogs, const std::vector<std::string>& only = {},
                      const std::string& extra_where = {});

/// A starter itemize.yaml for `init`: one item type a table, keys from the primary key; loads as it is.
/// `existing_target`: endpoint or region for the target section.
std::string starter_model(const std::string& source_url, const row::Catalog& catalog, const Target& target);

}  // namespace itemize::model
