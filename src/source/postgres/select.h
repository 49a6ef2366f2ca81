// The SELECT that reads a range.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "source/postgres/relation.h"
#include "source/range.h"

namespace itemize::source::postgres {

/// FROM ONLY: children that inherit from a table are tables of their own. A partitioned table has no rows but its partitions', and is read
/// whole; so is one of its partitions.
std::string from_clause(const Range& range, const Relation& relation);
/// " WHERE ..." or nothing. Key values stand as literals without a type, which take the column's.
std::string where_clause(const Range& range, const Relation& relation);
/// `columns` in that order, then the key forms of others; none: rows without columns. Errors: not_found for a column that is not there.
Result<std::string> select_of(const Range& range, const Relation& relation, const std::vector<std::string>& columns,
                              const std::vector<std::string>& key_forms);

}  // namespace itemize::source::postgres
