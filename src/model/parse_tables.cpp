#include <algorithm>
#include <set>

#include "model/keys.h"
#include "model/parts.h"

namespace itemize::model {

namespace {

/// Table and index names: 3 to 255 of a-z A-Z 0-9 _ - . (DynamoDB Developer Guide, "Naming rules").
void check_name(Reader& reader, const Field& field, std::string_view name, std::string_view what) {
  const bool letters = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
  if (!letters) reader.key_error(field, "the name of " + std::string(what) + " may hold only letters, digits, '_', '-' and '.'");
  if (name.size() < 3 || name.size() > 255)
    reader.key_error(field, "the name of " + std::string(what) + " has " + std::to_string(name.size()) + " characters" +
                                (name == field.name() ? "" : " with the table prefix") + ": DynamoDB asks for 3 to 255");
}

std::optional<KeyAttribute> key_attribute(Reader& reader, const Field& field) {
  const auto type = reader.choice(field, keys::key_types);
  check_attribute_name(reader, field.key_place(), field.path, field.name(), true);
  if (!type) return std::nullopt;
  return KeyAttribute{field.name(), static_cast<KeyType>(keys::key_types[*type][0]), field.key_place()};
}

/// `{ PK: S }`: one attribute.
std::optional<KeyAttribute> single_key(Reader& reader, const Field& field) {
  const auto entries = reader.entries(field, "one attribute to its type, such as { PK: S }");
  if (field.value->kind != NodeKind::map) return std::nullopt;
  if (entries.size() != 1) {
    reader.error(field, "this must name exactly one attribute, not " + std::to_string(entries.size()), "write it as { PK: S }");
    return std::nullopt;
  }
  return key_attribute(reader, entries[0]);
}

/// `{ PK: S }` or, in order, `[ { tenant: S }, { status: S } ]`: a GSI's key of up to four attributes.
std::vector<KeyAttribute> index_key(Reader& reader, const Field& field) {
  std::vector<KeyAttribute> result;
  if (field.value->kind != NodeKind::sequence) {
    if (field.value->kind == NodeKind::map && field.value->entries.size() > 1) {
      reader.error(field, "the order of several key attributes matters, and a map has none", "write them as a list: [ { a: S }, { b: S } ]");
      return result;
    }
    if (auto attribute = single_key(reader, field)) result.push_back(std::move(*attribute));
    return result;
  }
  for (const Field& element : reader.elements(field, "attributes"))
    if (auto attribute = single_key(reader, element)) result.push_back(std::move(*attribute));
  const std::size_t count = field.value->elements.size();
  if (count < 1 || count > 4) reader.error(field, "an index key has 1 to 4 attributes, not " + std::to_string(count));
  return result;
}

void projection(Reader& reader, const Field& field, Index& index) {
  if (field.value->kind != NodeKind::map) {
    if (field.value->kind == NodeKind::scalar && field.value->text == "INCLUDE") {
      reader.error(field, "INCLUDE needs the attributes that it includes", "write projection: { INCLUDE: [a, b] }");
      return;
    }
    if (const auto choice = reader.choice(field, keys::projections)) index.projection = *choice == 0 ? Projection::all : Projection::keys_only;
    return;
  }
  index.projection = Projection::include;
  const auto entries = reader.known_entries(field, keys::projection, "INCLUDE");
  for (const Field& entry : entries) {
    for (const Text& name : reader.texts(entry, "attributes")) {
      check_attribute_name(reader, name.place, entry.path, name.value, false);
      index.include.push_back(name.value);
    }
    if (index.include.empty() && entry.value->kind == NodeKind::sequence) reader.error(entry, "there is no attribute in INCLUDE", "write KEYS_ONLY if that is what you mean");
  }
  if (entries.empty() && field.value->entries.empty()) reader.error(field, "the projection is empty", "write ALL, KEYS_ONLY or { INCLUDE: [a, b] }");
}

void throughput(Reader& reader, const Field& field, std::uint64_t& read, std::uint64_t& write) {
  const auto entries = reader.known_entries(field, keys::throughput, "read_capacity_units and write_capacity_units");
  for (const Field& entry : entries) {
    const auto units = reader.number(entry, 1, 1'000'000'000);
    if (units) (entry.name() == "read_capacity_units" ? read : write) = *units;
  }
  if (field.value->kind != NodeKind::map) return;
  for (const std::string_view key : keys::throughput)
    if (find(entries, key) == nullptr) reader.key_error(field, std::string(key) + " is missing");
}

void parse_index(Reader& reader, const Field& field, bool local, DynamoTable& table) {
  Index index;
  index.name = field.name();
  index.local = local;
  index.place = field.key_place();
  check_name(reader, field, index.name, "an index");
  const auto entries = local ? reader.known_entries(field, keys::local_index, "sort_key and projection")
                             : reader.known_entries(field, keys::global_index, "partition_key, sort_key and projection");
  for (const Field& entry : entries) {
    if (entry.name() == "partition_key") index.partition_key = index_key(reader, entry);
    if (entry.name() == "sort_key") index.sort_key = index_key(reader, entry);
    if (entry.name() == "projection") projection(reader, entry, index);
    if (entry.name() == "provisioned_throughput") throughput(reader, entry, index.read_capacity, index.write_capacity);
  }
  if (field.value->kind == NodeKind::map) {
    if (!local && find(entries, "partition_key") == nullptr) reader.key_error(field, "the index has no partition_key");
    if (local && find(entries, "sort_key") == nullptr) reader.key_error(field, "a local secondary index needs a sort_key of its own");
    if (local && index.sort_key.size() > 1) reader.key_error(field, "a local secondary index has exactly one sort key attribute");
  }
  for (const Index& other : table.indexes)
    if (other.name == index.name) reader.key_error(field, "the table has two indexes of the name " + quote(index.name));
  table.indexes.push_back(std::move(index));
}

void parse_tags(Reader& reader, const Field& field, DynamoTable& table) {
  for (const Field& entry : reader.entries(field, "tags")) {
    const auto value = reader.text(entry, "text");
    if (!value) continue;
    if (entry.name().empty() || entry.name().size() > 128 || value->value.size() > 256 || entry.name().starts_with("aws:"))
      reader.key_error(entry, "a tag's key has 1 to 128 characters and does not start with 'aws:', its value has up to 256");
    table.tags.emplace_back(entry.name(), value->value);
  }
  if (table.tags.size() > 50) reader.error(field, "a table has at most 50 tags");
}

void parse_time_to_live(Reader& reader, const Field& field, DynamoTable& table) {
  TimeToLive ttl;
  ttl.place = field.key_place();
  for (const Field& entry : reader.known_entries(field, keys::time_to_live, "attribute and expired_rows")) {
    if (entry.name() == "attribute") {
      if (const auto name = reader.text(entry, "an attribute's name")) {
        check_attribute_name(reader, entry.place(), entry.path, name->value, false);
        ttl.attribute = name->value;
      }
    } else if (const auto choice = reader.choice(entry, keys::expired_rows)) {
      ttl.write_expired = *choice == 1;
    }
  }
  if (ttl.attribute.empty()) {
    if (field.value->kind == NodeKind::map) reader.key_error(field, "time_to_live needs the name of its attribute", "write { attribute: expiresAt }");
    return;
  }
  table.time_to_live = std::move(ttl);
}

void parse_setting(Reader& reader, const Field& field, DynamoTable& table) {
  const std::string& name = field.name();
  if (name == "billing_mode") {
    if (const auto choice = reader.choice(field, keys::billing_modes)) table.pay_per_request = *choice == 0;
  } else if (name == "provisioned_throughput") {
    throughput(reader, field, table.read_capacity, table.write_capacity);
  } else if (name == "time_to_live") {
    parse_time_to_live(reader, field, table);
  } else if (name == "stream") {
    if (const auto choice = reader.choice(field, keys::streams)) table.stream = keys::streams[*choice];
  } else if (name == "table_class") {
    if (const auto choice = reader.choice(field, keys::table_classes)) table.table_class = keys::table_classes[*choice];
  } else if (name == "deletion_protection") {
    table.deletion_protection = reader.boolean(field).value_or(false);
  } else if (name == "point_in_time_recovery") {
    table.point_in_time_recovery = reader.boolean(field).value_or(false);
  } else if (name == "tags") {
    parse_tags(reader, field, table);
  } else if (name == "during_load") {
    for (const Field& entry : reader.known_entries(field, keys::during_load, "warm_write_units"))
      table.warm_write_units = reader.number(entry, 1, 1'000'000'000);
  } else if (name == "after_load") {
    for (const Field& element : reader.elements(field, "settings"))
      if (const auto choice = reader.choice(element, keys::after_load)) table.after_load.emplace_back(keys::after_load[*choice]);
  } else if (name == "managed") {
    table.managed = reader.boolean(field).value_or(true);
  } else if (name == "on_existing_items") {
    if (const auto choice = reader.choice(field, keys::on_existing_items)) table.on_existing_items = static_cast<OnExistingItems>(*choice);
  }
}

/// What after_load switches on is asked for by that alone, where it needs no further word; a stream and a time to live do.
void apply_after_load(Reader& reader, const Field& field, const std::vector<Field>& entries, DynamoTable& table) {
  for (const std::string& setting : table.after_load) {
    if (find(entries, setting) != nullptr) continue;
    if (setting == "deletion_protection") table.deletion_protection = true;
    if (setting == "point_in_time_recovery") table.point_in_time_recovery = true;
    if (setting == "stream" || setting == "time_to_live")
      reader.findings.warning(field.place(), field.path, "after_load names " + setting + ", but the table has none",
                              setting == "stream" ? "write stream: NEW_AND_OLD_IMAGES as well" : "write time_to_live: { attribute: ... } as well");
  }
}

void check_capacity(Reader& reader, const Field& field, DynamoTable& table) {
  for (Index& index : table.indexes) {
    if (table.pay_per_request && index.read_capacity > 0)
      reader.findings.error(index.place, field.path, "the index " + quote(index.name) + " has provisioned_throughput, but its table is billed PAY_PER_REQUEST",
                            "write billing_mode: PROVISIONED, or leave it out");
    if (index.read_capacity == 0) index.read_capacity = table.read_capacity;
    if (index.write_capacity == 0) index.write_capacity = table.write_capacity;
  }
  if (!table.pay_per_request && table.read_capacity == 0)
    reader.key_error(field, "billing_mode PROVISIONED needs provisioned_throughput", "write provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 5 }");
  if (table.pay_per_request && table.read_capacity > 0)
    reader.key_error(field, "provisioned_throughput has no meaning with billing_mode PAY_PER_REQUEST", "write billing_mode: PROVISIONED, or leave it out");
}

/// The quotas of "Service, account, and table quotas in DynamoDB": 20 GSIs, 5 LSIs, 100 projected attributes over all indexes.
void check_limits(Reader& reader, const Field& field, const DynamoTable& table) {
  std::size_t global = 0, local = 0, projected = 0;
  for (const Index& index : table.indexes) {
    ++(index.local ? local : global);
    projected += index.include.size();
    if (index.include.size() > 20)
      reader.findings.warning(index.place, field.path, "the index " + quote(index.name) + " includes more than 20 attributes", "consider projection: ALL");
  }
  if (global > 20) reader.key_error(field, "a table has at most 20 global secondary indexes, not " + std::to_string(global));
  if (local > 5) reader.key_error(field, "a table has at most 5 local secondary indexes, not " + std::to_string(local));
  if (projected > 100) reader.key_error(field, "the indexes of a table include at most 100 attributes altogether, not " + std::to_string(projected));
  if (local > 0 && !table.sort_key) reader.key_error(field, "a table with local secondary indexes needs a sort_key");
}

/// One attribute has one type, whichever keys it is part of.
void check_key_types(Reader& reader, const Field& field, DynamoTable& table) {
  std::vector<const KeyAttribute*> attributes = table.key();
  if (table.sort_key && table.sort_key->name == table.partition_key.name)
    reader.key_error(field, "partition key and sort key are the same attribute " + quote(table.sort_key->name));
  for (Index& index : table.indexes) {
    if (index.local) {
      if (index.partition_key.empty()) index.partition_key = {table.partition_key};
      else if (index.partition_key.size() != 1 || index.partition_key[0].name != table.partition_key.name)
        reader.findings.error(index.place, field.path, "a local secondary index has its table's partition key", "leave partition_key out");
    }
    std::set<std::string_view> names;
    for (const auto* list : {&index.partition_key, &index.sort_key})
      for (const KeyAttribute& attribute : *list) {
        attributes.push_back(&attribute);
        if (!names.insert(attribute.name).second)
          reader.findings.error(attribute.place, field.path, "the index " + quote(index.name) + " has the attribute " + quote(attribute.name) + " twice in its key");
      }
  }
  for (std::size_t index = 1; index < attributes.size(); ++index)
    for (std::size_t earlier = 0; earlier < index; ++earlier) {
      if (attributes[earlier]->name != attributes[index]->name || attributes[earlier]->type == attributes[index]->type) continue;
      reader.findings.error(attributes[index]->place, field.path,
                            "the key attribute " + quote(attributes[index]->name) + " is " + static_cast<char>(attributes[index]->type) + " here and " +
                                static_cast<char>(attributes[earlier]->type) + " in line " + std::to_string(attributes[earlier]->place.line),
                            "an attribute has one type in all keys of a table");
      break;
    }
  if (!table.time_to_live) return;
  for (const KeyAttribute* attribute : attributes)
    if (attribute->name == table.time_to_live->attribute && attribute->type != KeyType::N)
      reader.findings.error(table.time_to_live->place, field.path, "the time_to_live attribute must be a number, but it is a key attribute of type " + std::string(1, static_cast<char>(attribute->type)));
}

void parse_table(Reader& reader, const Field& field, const std::string& table_prefix, Model& model) {
  DynamoTable table;
  table.model_name = field.name();
  table.name = table_prefix + field.name();
  table.place = field.key_place();
  check_name(reader, field, table.name, "a table");
  const auto entries = reader.known_entries(field, keys::table, "the table's keys and settings");
  const std::size_t errors_before = reader.findings.count();
  for (const Field& entry : entries) {
    if (entry.name() == "partition_key") {
      if (auto key = single_key(reader, entry)) table.partition_key = std::move(*key);
    } else if (entry.name() == "sort_key") {
      table.sort_key = single_key(reader, entry);
    } else if (entry.name() == "global_secondary_indexes" || entry.name() == "local_secondary_indexes") {
      for (const Field& index : reader.entries(entry, "indexes by name")) parse_index(reader, index, entry.name()[0] == 'l', table);
    } else {
      parse_setting(reader, entry, table);
    }
  }
  if (field.value->kind == NodeKind::map && find(entries, "partition_key") == nullptr)
    reader.key_error(field, "the table has no partition_key", "write partition_key: { PK: S }");
  if (reader.findings.count() == errors_before) {
    if (const Field* after_load = find(entries, "after_load")) apply_after_load(reader, *after_load, entries, table);
    check_capacity(reader, field, table);
    check_limits(reader, field, table);
    check_key_types(reader, field, table);
  }
  model.tables.push_back(std::move(table));
}

}  // namespace

void check_attribute_name(Reader& reader, Place place, const std::string& path, std::string_view name, bool key) {
  if (name.empty()) reader.findings.error(place, path, "an attribute's name is empty");
  const std::size_t most = key ? 255 : 65535;
  if (name.size() > most)
    reader.findings.error(place, path, std::string(key ? "a key attribute's name" : "an attribute's name") + " has " + std::to_string(name.size()) +
                                           " bytes: DynamoDB allows " + std::to_string(most));
}

void parse_tables(Reader& reader, const Field& field, const std::string& table_prefix, Model& model) {
  const auto entries = reader.entries(field, "tables by name");
  for (const Field& entry : entries) parse_table(reader, entry, table_prefix, model);
  if (entries.empty() && field.value->kind == NodeKind::map) reader.findings.warning(field.place(), field.path, "there is no table");
}

}  // namespace itemize::model
