// Row codec: rows as bytes on the local disk, for one run of one version of the program.
//
// A row is its cells one after the other, without a count: the reader knows how many. A cell is one byte (kind, and the flags in its
// upper three bits) and, after it: nothing for NULL; a zigzag varint for what is `i`; eight bytes for reals; a varint length and bytes;
// a varint count and the cells within.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/arena.h"
#include "base/buffer.h"
#include "row/cell.h"

namespace itemize::store {

/// Cells of every kind come back as they were, bit for bit.
void append_row(std::span<const row::Cell> cells, Buffer& out);

/// Where the cells of a row are wanted: places[i] is the index in `out` of the i-th cell, or nowhere.
inline constexpr std::int32_t nowhere = -1;

/// Takes one row of places.size() cells off the front of `bytes`. Texts point into `bytes`, which must live as long as the cells;
/// nested cells are made in the arena. False where the bytes are no such row.
bool read_row(std::string_view& bytes, std::span<const std::int32_t> places, row::Cell* out, Arena& arena);

}  // namespace itemize::store
