#include "model/bind_embed.h"

#include <algorithm>

#include "model/policies.h"
#include "model/resolve.h"

namespace itemize::model {

namespace {

bool is_map(Shape shape) { return shape == Shape::list || shape == Shape::map_by || shape == Shape::one; }
bool is_many(Shape shape) { return shape == Shape::list || shape == Shape::map_by || shape == Shape::set; }
/// The order of the rows makes a difference: also to a sum of floating-point numbers.
bool needs_order(Shape shape) { return is_many(shape) || shape == Shape::one || shape == Shape::sum; }

class EmbedBinder {
 public:
  EmbedBinder(BindState& state, const Relation& spec, const Owner& owner, std::uint64_t level)
      : state_(state),
        findings_(state.findings),
        spec_(spec),
        owner_(owner),
        path_(owner.path + ".embed." + spec.name),
        name_(owner.name + spec.name),
        level_(level) {}

  void run() {
    if (!within_bounds(state_, spec_, path_) || !join()) return;
    lookups_ = join_lookups(state_, spec_.lookups, *rows_, path_ + ".lookup", name_ + ".");
    if (lookups_.size() != spec_.lookups.size()) return;
    RowScope& scope = make_scope(state_, *rows_, lookups_, false);
    if (link_ != nullptr && !add_link_names(scope)) return;
    AttributeBinder binder(state_, spec_, scope, list_, owner_.inherited, path_, name_ + ".", spec_.from.place);
    binder.bind_sensitive();
    nested_->spec = &spec_;
    nested_->relation = relation_;
    nested_->scope = &scope;
    nested_->ways = ways_of(lookups_);
    nested_->bound.kind = RelationKind::embed;
    nested_->bound.shape = spec_.shape;
    nested_->bound.too_deep = spec_.recursive && level_ > spec_.max_depth;
    nested_->bound.on_overflow = spec_.on_overflow;
    if (link_ != nullptr) nested_->found = far_->child_columns[0];
    (void)binder.bind_where();
    if (!nested_->bound.too_deep) bind_rows(binder);
    relation_->most_rows = first_use_                                      ? most_rows()
                           : relation_->most_rows == 0 || most_rows() == 0 ? 0
                                                                           : std::max(relation_->most_rows, most_rows());
    nested_->attributes = std::move(list_.attributes);
    add_nested(state_, spec_, path_, owner_, std::move(nested_));
  }

 private:
  DraftRelation wanted(const Join& join, const row::Table* table, RelationKind kind, std::string name) {
    DraftRelation relation;
    relation.kind = kind;
    relation.name = std::move(name);
    relation.parent_columns = join.parent_columns;
    relation.child_columns = join.child_columns;
    relation.child.table = table;
    return relation;
  }

  bool join() {
    const row::Table* table = related_table(state_, spec_.from, *owner_.rows.table, path_);
    if (table == nullptr) return false;
    if (spec_.recursive && table != owner_.rows.table) {
      findings_.error(spec_.recursive_place, path_,
                      "a tree is of rows of one table: the owner's rows are of " + quote(owner_.rows.table->display_name()),
                      "embed the rows at the top (where: parent IS NULL), and the tree in them");
      return false;
    }
    const row::Table* first = table;
    std::optional<Join> join;
    if (spec_.via) {
      first = related_table(state_, spec_.via->from, *owner_.rows.table, path_ + ".via");
      if (first == nullptr) return false;
      join = join_to_link(findings_, path_, *spec_.via, *owner_.rows.table, *first);
    } else {
      join = resolve_join(findings_, path_, spec_, *owner_.rows.table, *table);
    }
    if (!join) return false;
    check_join_columns(state_, *join, *owner_.rows.table, *first, spec_.place, path_, RelationKind::embed);
    const std::size_t before = owner_.rows.relations.size();
    relation_ = &relation_of(owner_.rows, wanted(*join, first, RelationKind::embed, name_));
    first_use_ = owner_.rows.relations.size() > before;
    rows_ = &relation_->child;
    unique_ = hold_unique_key(*first, join->child_columns);
    return !spec_.via || join_far(*first, *table);
  }

  bool join_far(const row::Table& link, const row::Table& far) {
    const auto join = join_to_far(findings_, path_, *spec_.via, link, far);
    if (!join) return false;
    check_join_columns(state_, *join, link, far, spec_.via->place, path_ + ".via", RelationKind::lookup);
    if (!hold_unique_key(far, join->child_columns)) {
      findings_.error(spec_.via->place, path_ + ".via",
                      "the columns that the link leads to are not unique in " + quote(far.display_name()));
      return false;
    }
    link_ = rows_;
    far_ = &relation_of(*link_, wanted(*join, &far, RelationKind::lookup, name_ + "." + far.name));
    rows_ = &far_->child;
    return true;
  }

  /// The link's columns: by their own names where they are embedded, by the table's name all of them.
  bool add_link_names(RowScope& scope) {
    const std::size_t first = scope.add(link_->table->name + ".", *link_);
    bool good = true;
    for (const Text& name : spec_.via->columns) {
      const auto column = resolve_column(findings_, path_ + ".via.columns", name, *link_->table);
      good = good && column;
      if (column && !rows_->table->column(name.value)) scope.add_name(name.value, first + *column);
    }
    return good;
  }

  void bind_rows(AttributeBinder& binder) {
    if (is_map(spec_.shape) || spec_.shape == Shape::set) {
      bind_attributes(binder);
    } else if (!spec_.set.empty() || !spec_.columns.empty() || !spec_.except.empty() || !spec_.rename.empty() || !spec_.embeds.empty()) {
      findings_.warning(spec_.place, path_, "columns and the like have no meaning with this shape: it is one value");
    }
    bind_shape(binder);
    bind_order(binder);
    bind_overflow();
  }

  void bind_attributes(AttributeBinder& binder) {
    binder.bind_columns();
    if (link_ != nullptr && !spec_.via->columns.empty()) {
      link_shaping_.all_columns = false;
      link_shaping_.columns = spec_.via->columns;
      RowScope& scope = make_scope(state_, *link_, {}, false);
      AttributeBinder link(state_, link_shaping_, scope, list_, owner_.inherited.of(spec_), path_ + ".via", link_->table->name + ".",
                           spec_.via->place);
      link.bind_columns();
    }
    binder.bind_set();
    const Owner inner{*rows_, list_, owner_.inherited.of(spec_), path_, name_ + ".", nullptr};
    bind_relations(state_, spec_, lookups_, inner);
    if (spec_.recursive) bind_embed(state_, spec_, inner, level_ + 1);
    if (list_.attributes.empty()) {
      if (!findings_.has_error())
        findings_.error(spec_.place, path_, "nothing of these rows is embedded", "name columns, or use shape: count");
      return;
    }
    if (spec_.shape != Shape::set || (list_.attributes.size() == 1 && !list_.attributes[0].nested)) return;
    std::vector<std::string> names;
    for (const DraftAttribute& attribute : list_.attributes) names.push_back(attribute.bound.name);
    findings_.error(spec_.shape_place, path_ + ".shape", "a set is made of one column, not of " + list_words(names),
                    "write columns: [" + names[0] + "]");
  }

  void bind_shape(AttributeBinder& binder) {
    if (spec_.shape_of.value.empty()) return;
    const auto program = binder.compile(spec_.shape_of, path_ + ".shape", true);
    if (!program) return;
    using row::TypeKind;
    const TypeKind kind = program->type().kind;
    const bool number = kind == TypeKind::integer || kind == TypeKind::decimal || kind == TypeKind::float32 || kind == TypeKind::float64 ||
                        kind == TypeKind::dynamic;
    if (spec_.shape == Shape::sum && !number)
      findings_.error(spec_.shape_of.place, path_ + ".shape.sum", "a sum takes numbers, not " + type_words(program->type()),
                      "cast it: column::numeric");
  }

  void bind_order(AttributeBinder& binder) {
    for (const OrderTerm& term : spec_.order_by)
      if (const auto number = binder.number_of(term.column, path_ + ".order_by")) nested_->order.push_back({*number, term.descending});
    if (spec_.shape == Shape::one && spec_.order_by.empty() && !unique_)
      findings_.error(spec_.shape_place, path_ + ".shape",
                      "which one? Several rows of " + quote(relation_->child.table->display_name()) + " can belong to one row",
                      "say which comes first: order_by: [-created_at]");
    if (!needs_order(spec_.shape)) return;
    // Rows that are equal so far, by what identifies them: the same document every time.
    DraftRows& rows = link_ != nullptr ? *link_ : *rows_;
    const row::UniqueKey* identity = rows.table->row_identity();
    nested_->by_all = identity == nullptr;
    if (identity == nullptr) return;
    for (const std::size_t column : identity->columns) {
      if (!check_readable(findings_, path_, spec_.place, *rows.table, column, state_.source)) continue;
      rows.needed.insert(column);
      const std::size_t first = link_ != nullptr ? nested_->scope->number_of_rows(*link_) : 0;
      nested_->order.push_back({first + column, false});
    }
  }

  void bind_overflow() {
    nested_->bound.limit = spec_.limit;
    nested_->bound.max_bytes = spec_.max_bytes;
    if (spec_.on_overflow != OnOverflow::spill) return;
    nested_->bound.spill_items = spec_.spill_items != 0 ? spec_.spill_items : spec_.limit.value_or(0);
    if (owner_.spill == nullptr) {
      findings_.error(spec_.overflow_place, path_ + ".on_overflow",
                      "only an item type's own embed can spill: a row within a row has no key of its own", "use error or truncate here");
      return;
    }
    AttributeList keys;
    keys.uses = owner_.spill->keys.uses;
    for (const auto& [name, value] : spec_.spill_key)
      owner_.spill->binder.bind_value(name, value, path_ + ".on_overflow.spill.key." + name.value, keys);
    bool counts = false;
    for (const DraftAttribute& key : keys.attributes)
      counts = counts || (key.bound.program && std::ranges::binary_search(key.bound.program->slots(), owner_.spill->chunk)) ||
               (!key.bound.program && key.bound.constant.empty() && key.bound.slot == owner_.spill->chunk);
    if (!counts && keys.attributes.size() == spec_.spill_key.size())
      findings_.error(spec_.overflow_place, path_ + ".on_overflow.spill.key", "the further items of a row would all have one key",
                      "put their number in it: {chunk}");
    nested_->spill_key = std::move(keys.attributes);
  }

  /// A bound for whoever gathers the rows: one more than the limit is enough to see that there are too many.
  std::uint64_t most_rows() const {
    if (spec_.where || link_ != nullptr) return 0;
    if (nested_->bound.too_deep) return 1;
    return is_many(spec_.shape) && spec_.limit && spec_.on_overflow == OnOverflow::error ? *spec_.limit + 1 : 0;
  }

  BindState& state_;
  Findings& findings_;
  const Relation& spec_;
  const Owner& owner_;
  const std::string path_;
  const std::string name_;
  const std::uint64_t level_;
  DraftRelation* relation_ = nullptr;
  DraftRelation* far_ = nullptr;  // via: the lookup from the link's row
  DraftRows* rows_ = nullptr;     // whose columns are embedded
  DraftRows* link_ = nullptr;
  bool first_use_ = false;
  bool unique_ = false;
  std::vector<LookupNode> lookups_;
  Shaping link_shaping_;
  AttributeList list_;
  std::unique_ptr<DraftNested> nested_ = std::make_unique<DraftNested>();
};

}  // namespace

void bind_embed(BindState& state, const Relation& spec, const Owner& owner, std::uint64_t level) {
  EmbedBinder(state, spec, owner, level).run();
}

}  // namespace itemize::model
