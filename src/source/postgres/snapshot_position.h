// Where in the stream of changes a snapshot lies.
#pragma once

#include <string>

#include "source/postgres/connection.h"

namespace itemize::source::postgres {

/// Call before the snapshot is taken, outside a transaction. The position is an LSN at or before the commit of every transaction that the
/// snapshot does not see: whoever replays all transactions that commit after it misses none (some are seen twice, which does no harm).
///
/// An LSN read just before the snapshot is not that by itself: a transaction writes its commit record first and becomes visible a moment
/// later, so one that committed before the LSN may still be invisible in the snapshot. Therefore: read the LSN, then wait until the
/// transactions that ran at that moment have ended, or have been seen idle since (then they had not begun to commit), for a quarter of a
/// second at most. What is left are statements that run long and, in theory, commits that hang for that long (waiting for a synchronous
/// standby). Following changes does not depend on it: it takes its snapshot from a replication slot, which waits for all of them.
///
/// On a standby: the LSN replayed so far; there commits become visible before it moves.
Result<std::string> read_position(Connection& connection);

}  // namespace itemize::source::postgres
