// Orphans: related rows that belong to no row, and references that lead nowhere, in words for the end of a run.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pipeline/gather.h"
#include "pipeline/stored_relations.h"

namespace itemize::pipeline {

/// `counts`: of a whole run, by Join::number. An embed is told of only where its owners' key is unique (else rows count several times), and
/// only for the tables that items come from: rows below an orphan would be counted as orphans, too.
std::vector<std::string> join_notes(const Joins& joins, const std::vector<JoinCount>& counts,
                                    const std::map<store::TableNumber, StoredCount>& stored);

}  // namespace itemize::pipeline
