// Locks: what a snapshot cannot protect by itself.
//
// TRUNCATE, DROP, DETACH PARTITION and statements that rewrite a table are not MVCC-safe: a transaction that looks later finds the
// table empty, or gone, though its snapshot is older. An ACCESS SHARE lock makes them wait. It can only be taken when it is known what
// will be read, which is after the snapshot; so after locking, what the snapshot says of the table's files and partitions is compared
// with what is there now. A difference is an Error: never a table that is silently empty.
#pragma once

#include "source/postgres/relation.h"

namespace itemize::source::postgres {

/// Locks the relation and what it reads from (partitions, tables behind a view) in the current transaction, which is the snapshot's.
/// Errors: unavailable where another session holds a lock that does not go away within lock_timeout; conflict where the relation
/// changed between the snapshot and the lock.
Result<void> lock_relation(Connection& connection, const Relation& relation, const std::string& schema, const std::string& name);

}  // namespace itemize::source::postgres
