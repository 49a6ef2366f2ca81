// N's canonical text - plain digits, no exponent, no needless zeros: "-1200", "0.001", "0" - written and checked in one pass.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "base/decimal.h"
#include "item/number.h"

namespace itemize::item {

/// What became of a number: its text was appended where the form is finite and the check says that it fits, and only there.
struct NumberText {
  NumberForm form = NumberForm::finite;  ///< malformed: not a number at all.
  NumberCheck check;

  bool written() const { return form == NumberForm::finite && check.fit == NumberFit::fits; }
};

/// Always fits. The size that it counts is returned.
std::uint32_t append_integer(std::uint64_t magnitude, bool negative, Buffer& out);
/// The shortest decimal that reads back as the same value at its own width (single: a 32-bit float).
NumberText append_float(double value, bool single, Buffer& out);
/// From base-10000 wire digits (see base/decimal.h).
NumberText append_wire(std::string_view wire, Buffer& out);
/// From text: [+-]digits[.digits][e[+-]digits], NaN, Infinity.
NumberText append_decimal_text(std::string_view text, Buffer& out);

}  // namespace itemize::item
