#include "source/postgres/pool.h"

namespace itemize::source::postgres {

Result<std::unique_ptr<Connection>> ConnectionPool::take() {
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  std::unique_ptr<Connection> connection = TRY(Connection::open(address_, options_));
  TRY(connection->execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "beginning to read"));
  const Result<void> joined = connection->execute("SET TRANSACTION SNAPSHOT " + literal(snapshot_), "joining the snapshot");
  if (!joined) {
    Error error = joined.error();
    if (error.code == ErrorCode::invalid_input || error.code == ErrorCode::conflict) {
      error.code = ErrorCode::unavailable;
      error.hint = "the transaction that held the snapshot has ended; run the command again to carry on with a new one";
    }
    return std::unexpected(std::move(error));
  }
  return connection;
}

void ConnectionPool::give(std::unique_ptr<Connection> connection) {
  if (PQtransactionStatus(connection->get()) != PQTRANS_INTRANS) return;
  const std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(connection));
}

}  // namespace itemize::source::postgres
