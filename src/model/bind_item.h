// Binding one item type to its source table. Columns stand in for slots here; bind.cpp gives out the slots afterwards.
#pragma once

#include <set>

#include "model/bind.h"
#include "model/findings.h"

namespace itemize::model {

/// An attribute whose slots are still column indices of the source table.
struct DraftAttribute {
  BoundAttribute bound;
  const Text* text = nullptr;   ///< The template, to be compiled again once slots are known; nullptr for columns and constants.
  std::vector<expr::Piece> pieces;  ///< Of the template, by column index; one literal for a constant.
};

struct DraftItem {
  BoundItem bound;              ///< Attributes empty; where compiled by column index.
  std::vector<DraftAttribute> attributes;
  std::set<std::size_t> columns;    ///< Needed from the source.
  std::set<std::size_t> sensitive;
  std::vector<std::size_t> identity;
};

/// Everything about the item type that is wrong goes to `findings`; the draft is usable where no error was added.
DraftItem bind_item(Findings& findings, const Model& model, std::size_t item_index, const row::Table& from);

/// Names and slots for expressions over a table, `slots[column]` being the slot of each column.
expr::Scope scope_of(const row::Table& table, const std::vector<std::size_t>& slots);

/// `{"S":"..."}` of the text.
std::string string_constant(std::string_view text);

}  // namespace itemize::model
