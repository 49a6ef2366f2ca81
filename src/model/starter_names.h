// Names for a starter model: item types and DynamoDB tables from the names of SQL tables.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "row/catalog.h"

namespace itemize::model {

/// Gives each table a name of its own; the names it has given are taken.
class StarterNames {
 public:
  /// PascalCase and singular where that is safe: "order_lines" -> "OrderLine". Unique without case.
  std::string item_type(const row::Table& table);
  /// As the source table (in another schema than the default: "schema.table"), with what DynamoDB does not allow as '_'; 3 to 255 characters.
  std::string dynamo_table(const row::Table& table);

 private:
  std::set<std::string> item_types_;  // in lower case
  std::set<std::string> tables_;
};

/// "customers" -> "customer", "categories" -> "category", "boxes" -> "box"; "status", "address", "news" stay.
std::string singular(std::string_view word);

/// True where a column's name says that its values are secret or about a person: email, phone, password, ssn, iban, ...
bool looks_sensitive(std::string_view column);
/// True where it looks like a credential, which is best not moved at all: password, secret, token.
bool looks_secret(std::string_view column);

}  // namespace itemize::model
