#include "model/bind_item.h"

#include <algorithm>

#include "model/policies.h"
#include "model/resolve.h"

namespace itemize::model {

namespace {

class ItemBinder {
 public:
  ItemBinder(BindState& state, std::size_t index, std::size_t source_index, DraftRows& rows)
      : state_(state),
        findings_(state.findings),
        item_(state.model.items[index]),
        rows_(rows),
        from_(*rows.table),
        path_("items." + item_.name),
        table_(*state.model.table(item_.table)) {
    draft_.bound.index = index;
    draft_.bound.item = &item_;
    draft_.bound.from = &from_;
    draft_.bound.source = source_index;
    draft_.bound.table_index = static_cast<std::size_t>(&table_ - state.model.tables.data());
  }

  DraftItem run() {
    find_key_uses();
    const std::vector<LookupNode> lookups = join_lookups(state_, item_.lookups, rows_, path_ + ".lookup", "");
    // Without a lookup every expression that uses it would be called wrong.
    if (has_broken(lookups, item_.lookups)) return std::move(draft_);
    draft_.ways = ways_of(lookups);
    const RowScope& plain = make_scope(state_, rows_, lookups, true);
    RowScope& scope = make_scope(state_, rows_, lookups, true);
    draft_.rows = &plain;
    draft_.scope = &scope;
    const Inherited inherited{Naming::as_is, state_.model.nulls_write};
    AttributeBinder binder(state_, item_, scope, draft_.list, inherited, path_, "", item_.from.place);
    binder.bind_sensitive();
    bind_for_each(plain, scope, binder);
    bind_keys(binder);
    bind_index_keys(binder);
    binder.bind_columns();
    binder.bind_set();
    bind_related(lookups, inherited);
    bind_where(binder);
    bind_extra_where();
    bind_identity();
    bind_time_to_live();
    check_types();
    return std::move(draft_);
  }

 private:
  void find_key_uses() {
    for (const KeyAttribute* attribute : table_.key())
      draft_.list.uses[attribute->name] = {attribute, true, attribute != &table_.partition_key, false};
    for (const Index& index : table_.indexes) {
      for (const auto* list : {&index.partition_key, &index.sort_key})
        for (const KeyAttribute& attribute : *list) {
          KeyUse& use = draft_.list.uses[attribute.name];
          if (use.attribute == nullptr) use.attribute = &attribute;
          if (list == &index.sort_key) use.index_sort = true;
        }
    }
  }

  static bool has_broken(const std::vector<LookupNode>& nodes, const std::vector<Relation>& specs) {
    if (nodes.size() != specs.size()) return true;
    for (std::size_t index = 0; index < nodes.size(); ++index)
      if (has_broken(nodes[index].lookups, specs[index].lookups)) return true;
    return false;
  }

  void bind_for_each(const RowScope& plain, RowScope& scope, AttributeBinder& binder) {
    if (!item_.for_each) return;
    const ForEach& each = *item_.for_each;
    const std::string path = path_ + ".for_each." + each.name.value;
    AttributeList unused;
    AttributeBinder over_rows(state_, item_, plain, unused, {}, path_, "", item_.from.place);
    over_rows.bind_sensitive();
    if (from_.column(each.name.value) ||
        std::ranges::any_of(item_.lookups, [&](const Relation& lookup) { return lookup.name == each.name.value; })) {
      findings_.error(each.name.place, path, quote(each.name.value) + " is the name of a column or lookup already",
                      "give the element another name");
      return;
    }
    auto program = over_rows.compile(each.array, path, false);
    if (!program) return;
    const row::Type& type = program->type();
    row::Type element;
    if (type.kind == row::TypeKind::array && type.children.size() == 1) {
      element = type.children[0];
    } else if (type.kind == row::TypeKind::set) {
      element.name = "text";
    } else if (type.kind == row::TypeKind::json || type.kind == row::TypeKind::dynamic) {
      draft_.bound.each_is_json = true;
      element.kind = row::TypeKind::dynamic;  // a JSON list's elements each have their own
    } else {
      findings_.error(each.array.place, path, "for_each takes an array or a JSON list, but this gives " + type_words(type),
                      type.kind == row::TypeKind::text ? "split it: \"{string_to_array(column, ',')}\", or cast it: column::jsonb" : "");
      return;
    }
    draft_.element = scope.add_extra(each.name.value, element, 0);
    if (over_rows.is_sensitive(*program)) binder.add_sensitive(*draft_.element);
    draft_.bound.for_each = std::move(program);
  }

  void bind_keys(AttributeBinder& binder) {
    for (const KeyAttribute* attribute : table_.key())
      for (const auto& [name, value] : item_.key)
        if (name.value == attribute->name) binder.bind_value(name, value, path_ + ".key." + name.value, draft_.list);
  }

  void bind_index_keys(AttributeBinder& binder) {
    for (const auto& [index, values] : item_.index_keys)
      for (const auto& [name, value] : values)
        binder.bind_value(name, value, path_ + ".index_keys." + index.value + "." + name.value, draft_.list);
  }

  void bind_related(const std::vector<LookupNode>& lookups, const Inherited& inherited) {
    RowScope& scope = make_scope(state_, rows_, lookups, true);
    // Behind the place of for_each's element, whether there is one or not.
    if (item_.for_each && draft_.element) scope.add_extra(item_.for_each->name.value, scope_type(*draft_.element), 0);
    const bool spills = std::ranges::any_of(item_.embeds, [](const Relation& embed) { return embed.on_overflow == OnOverflow::spill; });
    if (spills && from_.column("chunk"))
      findings_.error(item_.from.place, path_ + ".embed", "the column 'chunk' has the name that the number of a spilled item has",
                      "rename it in a view");
    const std::size_t chunk = scope.add_extra("chunk", expr_integer(), 1);
    if (spills) draft_.chunk = chunk;
    AttributeList unused;
    AttributeBinder binder(state_, item_, scope, unused, inherited, path_, "", item_.from.place);
    binder.bind_sensitive();
    AttributeList keys;
    for (const KeyAttribute* attribute : table_.key()) keys.uses[attribute->name] = draft_.list.uses[attribute->name];
    SpillBinder spill{binder, chunk, keys};
    bind_relations(state_, item_, lookups, {rows_, draft_.list, inherited.of(item_), path_, "", &spill});
  }

  row::Type scope_type(std::size_t number) const {
    for (const expr::Name& name : draft_.scope->names().names)
      if (name.slot == number) return name.type;
    return {};
  }

  static row::Type expr_integer() {
    row::Type type;
    type.kind = row::TypeKind::integer;
    type.name = "bigint";
    type.length = 8;
    return type;
  }

  void bind_where(AttributeBinder& binder) {
    auto program = binder.bind_where();
    if (!program) return;
    draft_.where_reads_relations = binder.reads_relations(*program);
    draft_.bound.where = std::move(*program);
    draft_.where_text = item_.where->value;
  }

  /// --where: what it names may not be there, which is no mistake of the model.
  void bind_extra_where() {
    if (state_.extra_where.empty()) return;
    const auto program = expr::compile_expression(state_.extra_where, draft_.scope->names());
    if (!program) {
      const expr::Diagnostic& first = program.error().front();
      draft_.extra_where_doubt = first.message + (first.hint.empty() ? "" : " (" + first.hint + ")");
      return;
    }
    if (program->type().kind != row::TypeKind::boolean) {
      draft_.extra_where_doubt = "it must be true or false, but gives " + type_words(program->type());
      return;
    }
    for (const std::size_t number : program->slots()) {
      const RowScope::Reference& reference = draft_.scope->reference(number);
      if (reference.rows == nullptr) continue;
      if (!check_readable(findings_, "--where", {}, *reference.rows->table, reference.column, state_.source)) return;
      reference.rows->needed.insert(reference.column);
      draft_.where_reads_relations = draft_.where_reads_relations || reference.rows != &rows_;
    }
    // On lines of their own: a comment of SQL ends with its line.
    draft_.where_text = draft_.where_text.empty() ? state_.extra_where : "(" + draft_.where_text + "\n) AND (" + state_.extra_where + "\n)";
    auto both = expr::compile_expression(draft_.where_text, draft_.scope->names());
    if (both) draft_.bound.where = std::move(*both);
  }

  void bind_identity() {
    std::vector<std::size_t>& identity = draft_.identity;
    for (const Text& name : item_.identity)
      if (const auto column = resolve_column(findings_, path_ + ".identity", name, from_)) identity.push_back(*column);
    if (item_.identity.empty() && !item_.identity_row) {
      const row::UniqueKey* key = from_.row_identity();
      if (key != nullptr)
        identity = key->columns;
      else
        findings_.error(
            item_.from.place, path_ + ".from",
            quote(from_.display_name()) + " has no primary key and no unique key over NOT NULL columns: its rows cannot be told apart",
            "write identity: [columns] that are unique together, or identity: row");
    }
    for (const std::size_t column : identity)
      if (check_readable(findings_, path_ + ".identity", item_.from.place, from_, column, state_.source)) rows_.needed.insert(column);
  }

  void bind_time_to_live() {
    if (!table_.time_to_live) return;
    const auto found = draft_.list.taken.find(table_.time_to_live->attribute);
    if (found == draft_.list.taken.end()) return;
    const BoundAttribute& bound = draft_.list.attributes[found->second].bound;
    draft_.bound.ttl_attribute = found->second;
    draft_.bound.skip_expired = !table_.time_to_live->write_expired;
    const bool constant_number = bound.constant.starts_with("{\"N\"");
    const bool number = constant_number || bound.write_as == WriteAs::N ||
                        (bound.constant.empty() && bound.write_as == WriteAs::automatic && can_be_key(bound.type, KeyType::N));
    if (!number)
      findings_.warning(bound.place, path_,
                        "the time_to_live attribute " + quote(bound.name) + " is not a number: DynamoDB will not expire these items",
                        "write epoch(column), which gives seconds since 1970");
  }

  /// Parts of an index key without the others: the item would never be in that index.
  void check_types() {
    for (const auto& [name, values] : item_.index_keys)
      for (const Index& index : table_.indexes) {
        if (index.name != name.value) continue;
        for (const auto* list : {&index.partition_key, &index.sort_key})
          for (const KeyAttribute& attribute : *list)
            if (!draft_.list.taken.contains(attribute.name) && !findings_.has_error())
              findings_.warning(name.place, path_ + ".index_keys." + name.value,
                                "nothing writes " + quote(attribute.name) + ": these items will not be in the index " + quote(index.name));
      }
  }

  BindState& state_;
  Findings& findings_;
  const ItemType& item_;
  DraftRows& rows_;
  const row::Table& from_;
  const std::string path_;
  const DynamoTable& table_;
  DraftItem draft_;
};

std::vector<KeyPart> key_of(const std::vector<DraftAttribute>& attributes, const DynamoTable& table) {
  std::vector<KeyPart> parts;
  for (const KeyAttribute* attribute : table.key())
    for (const DraftAttribute& candidate : attributes) {
      if (!candidate.bound.table_key || candidate.bound.name != attribute->name) continue;
      KeyPart& part = parts.emplace_back(attribute->name, candidate.pieces, attribute->type == KeyType::S);
      // A looked-up key is as good as the column that references it.
      for (expr::Piece& piece : part.pieces)
        if (piece.injective_slot) piece.injective_slot = candidate.scope->same_as(*piece.injective_slot);
    }
  if (parts.size() != table.key().size()) parts.clear();
  return parts;
}

}  // namespace

DraftItem bind_item(BindState& state, std::size_t item_index, std::size_t source_index, DraftRows& rows) {
  return ItemBinder(state, item_index, source_index, rows).run();
}

std::vector<std::vector<KeyPart>> keys_of(const DraftItem& draft, const DynamoTable& table) {
  std::vector<std::vector<KeyPart>> keys = {key_of(draft.list.attributes, table)};
  for (const DraftAttribute& attribute : draft.list.attributes)
    if (attribute.nested && attribute.nested->bound.on_overflow == OnOverflow::spill)
      keys.push_back(key_of(attribute.nested->spill_key, table));
  if (std::ranges::any_of(keys, &std::vector<KeyPart>::empty)) keys.clear();
  return keys;
}

bool keys_read_relations(const DraftItem& draft) {
  return std::ranges::any_of(draft.list.attributes,
                             [](const DraftAttribute& attribute) { return attribute.bound.table_key && attribute.reads_relations; });
}

}  // namespace itemize::model
