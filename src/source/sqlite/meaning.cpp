#include "source/sqlite/meaning.h"

#include "base/text.h"
#include "source/sqlite/names.h"

namespace itemize::source::sqlite {
namespace {

/// "dddd-dd-dd dd:dd:dd", then nothing or a fraction.
bool is_timestamp(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00 00:00:00";
  if (text.size() < shape.size()) return false;
  const auto digit = [](char byte) { return byte >= '0' && byte <= '9'; };
  for (std::size_t at = 0; at < shape.size(); ++at)
    if (shape[at] == '0' ? !digit(text[at]) : text[at] != shape[at]) return false;
  std::string_view fraction = text.substr(shape.size());
  if (fraction.empty()) return true;
  if (fraction[0] != '.' || fraction.size() == 1) return false;
  for (const char byte : fraction.substr(1))
    if (!digit(byte)) return false;
  return true;
}

}  // namespace

Meaning meaning_of(std::string_view declared) {
  std::string name = lower(declared.substr(0, declared.find('(')));
  while (name.ends_with(' ')) name.pop_back();
  if (name == "boolean" || name == "bool") return Meaning::boolean;
  if (name == "timestamp" || name == "datetime") return Meaning::timestamp;
  if (name == "json" || name == "jsonb") return Meaning::json;
  return Meaning::as_stored;
}

void apply(Meaning meaning, row::Cell& cell, Arena& arena) {
  using row::CellKind;
  switch (meaning) {
    case Meaning::as_stored:
      break;
    case Meaning::boolean:
      if (cell.kind == CellKind::int64 && (cell.i == 0 || cell.i == 1)) cell = row::Cell::boolean(cell.i == 1);
      break;
    case Meaning::timestamp:
      if (cell.kind == CellKind::text && is_timestamp(cell.view())) {
        char* const place = arena.allocate(cell.size);
        cell.view().copy(place, cell.size);
        place[10] = 'T';
        cell = row::Cell::text({place, cell.size});
      }
      break;
    case Meaning::json:
      if (cell.kind == CellKind::text) cell.kind = CellKind::json;
      break;
  }
}

}  // namespace itemize::source::sqlite
