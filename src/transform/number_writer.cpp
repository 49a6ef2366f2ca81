// Numbers: every kind of cell that can be one, as N.
#include "item/number_text.h"
#include "transform/value_writer.h"

namespace itemize::transform {

using item::Reason;
using row::Cell;
using row::CellKind;

namespace {

Written finish(const item::NumberText& number, ValueOutput& output) {
  if (number.written()) [[likely]] {
    output.size += number.check.size;
    return Written::value;
  }
  if (number.form != NumberForm::finite) return refuse_form(number.form, output);
  if (number.check.fit == item::NumberFit::too_precise)
    return output.refuse(Reason::number_precision, "the number has more than 38 significant digits");
  return output.refuse(Reason::number_range, "the number is outside DynamoDB's range (1E-130 to 9.99E+125)");
}

Written write_integer(std::uint64_t magnitude, bool negative, ValueOutput& output) {
  output.size += item::append_integer(magnitude, negative, output.out);
  return Written::value;
}

Written write_bits(std::string_view bits, ValueOutput& output) {
  if (bits.size() > 64) return output.refuse(Reason::type_mismatch, "more than 64 bits are not written as a number");
  std::uint64_t value = 0;
  for (const char bit : bits) value = value << 1 | (bit == '1' ? 1U : 0U);
  return write_integer(value, false, output);
}

}  // namespace

Written refuse_form(NumberForm form, ValueOutput& output) {
  switch (form) {
    case NumberForm::nan:
      return output.refuse(Reason::not_a_number, "NaN is no number to DynamoDB");
    case NumberForm::infinity:
    case NumberForm::minus_infinity:
      return output.refuse(Reason::infinite, "DynamoDB has no infinite numbers");
    default:
      return output.refuse(Reason::invalid_value, "the number could not be decoded");
  }
}

Written write_number_text(const Cell& cell, ValueOutput& output) {
  switch (cell.kind) {
    case CellKind::int64:
      return write_integer(cell.i < 0 ? 0 - cell.u : cell.u, cell.i < 0, output);
    case CellKind::uint64:
      return write_integer(cell.u, false, output);
    case CellKind::boolean:
      return write_integer(cell.i != 0 ? 1 : 0, false, output);
    case CellKind::float32:
    case CellKind::float64:
      return finish(item::append_float(cell.d, cell.kind == CellKind::float32, output.out), output);
    case CellKind::bits:
      return write_bits(cell.view(), output);
    case CellKind::decimal_wire:
      return finish(item::append_wire(cell.view(), output.out), output);
    case CellKind::decimal_text:
    case CellKind::text:
    case CellKind::json: {
      const item::NumberText number = item::append_decimal_text(cell.view(), output.out);
      if (number.form == NumberForm::malformed) return output.refuse(Reason::type_mismatch, "the value is not a number");
      return finish(number, output);
    }
    case CellKind::invalid:
      return refuse_invalid(cell, output);
    default:
      return output.refuse(Reason::type_mismatch, "the value is not a number");
  }
}

}  // namespace itemize::transform
