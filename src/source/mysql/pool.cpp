#include "source/mysql/pool.h"

namespace itemize::source::mysql {

Result<std::unique_ptr<Connection>> Pool::take() {
  const std::scoped_lock lock(mutex_);
  if (lost_) return fail(ErrorCode::unavailable, "the snapshot is lost: a connection that held it was cut", "run the same command again");
  if (idle_.empty())
    return fail(ErrorCode::conflict, "all " + std::to_string(size_) + " connections of the snapshot are reading",
                "ask for more with --connections: they cannot be added later");
  std::unique_ptr<Connection> connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void Pool::end_stream(Connection& connection) {
  // What is left may be the rest of a huge table: the server is told to stop. KILL reaches the statement, not the transaction.
  const Result<void> killed =
      with_control([&](Connection& control) { return control.execute("KILL QUERY " + std::to_string(connection.id())); });
  if (!killed) return;  // then all that is left has to be read
  connection.drain();
  // Had the statement just ended, the KILL would hit the next one: let that be one that nobody misses.
  if (!connection.lost()) (void)connection.execute("DO 0");
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  if (connection->streaming() && !connection->lost()) end_stream(*connection);
  if (connection->streaming() && !connection->lost()) connection->drain();
  const std::scoped_lock lock(mutex_);
  if (connection->lost())
    lost_ = true;
  else
    idle_.push_back(std::move(connection));
}

bool Pool::alive() {
  const std::scoped_lock lock(mutex_);
  for (const std::unique_ptr<Connection>& connection : idle_)
    if (!connection->alive()) lost_ = true;
  return !lost_;
}

}  // namespace itemize::source::mysql
