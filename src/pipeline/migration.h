// Migration: what a run works on. Made by the cli from the model file; everything in it outlives the run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "model/bind.h"
#include "source/source.h"

namespace itemize::pipeline {

/// --sample SHARE --of ITEM
struct SampleSpec {
  double share = 1;
  std::string of;   ///< An item type.
};

struct Migration {
  const model::BoundModel* bound = nullptr;
  std::vector<source::Source*> sources;   ///< By Model::sources index; nullptr where no item type reads it.
  std::string state_folder;               ///< .itemize, or .itemize/ENVIRONMENT: journal, rejects, key logs, temporary files.
  journal::Journal* journal = nullptr;
  std::vector<std::string> selected;      ///< --select: names of item types, sorted; empty: all.
  std::optional<SampleSpec> sample;
  std::string filter;                     ///< What leaves rows out beside the model (--where, --sample), in words; empty: nothing.

  const model::Model& model() const { return *bound->model; }
};

}  // namespace itemize::pipeline
