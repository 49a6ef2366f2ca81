#include "item/rejection.h"

namespace itemize::item {

std::string_view reason_name(Reason reason) {
  switch (reason) {
    case Reason::key_null:
      return "key_null";
    case Reason::key_empty:
      return "key_empty";
    case Reason::key_too_large:
      return "key_too_large";
    case Reason::key_type:
      return "key_type";
    case Reason::item_too_large:
      return "item_too_large";
    case Reason::not_a_number:
      return "not_a_number";
    case Reason::infinite:
      return "infinite";
    case Reason::number_precision:
      return "number_precision";
    case Reason::number_range:
      return "number_range";
    case Reason::invalid_utf8:
      return "invalid_utf8";
    case Reason::invalid_date:
      return "invalid_date";
    case Reason::invalid_json:
      return "invalid_json";
    case Reason::map_key_empty:
      return "map_key_empty";
    case Reason::document_depth:
      return "document_depth";
    case Reason::duplicate_attribute:
      return "duplicate_attribute";
    case Reason::type_mismatch:
      return "type_mismatch";
    case Reason::invalid_value:
      return "invalid_value";
    case Reason::expression:
      return "expression";
    case Reason::duplicate_key:
      return "duplicate_key";
    case Reason::embed_overflow:
      return "embed_overflow";
    case Reason::relation:
      return "relation";
    case Reason::script:
      return "script";
    case Reason::refused:
      return "refused";
  }
  return "unknown";
}

}  // namespace itemize::item
