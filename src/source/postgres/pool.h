// ConnectionPool: connections that stand in one imported snapshot, used by one reader after another.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "source/postgres/connection.h"

namespace itemize::source::postgres {

/// Thread-safe. Shared by a snapshot and its readers, whichever lives longer.
class ConnectionPool {
 public:
  ConnectionPool(Address address, Options options, std::string snapshot)
      : address_(std::move(address)), options_(std::move(options)), snapshot_(std::move(snapshot)) {}

  /// An idle one, or a new one in a read-only transaction that sees the snapshot. Errors: the snapshot is gone; those of connecting.
  Result<std::unique_ptr<Connection>> take();
  /// Gives one back that is idle and in good order; others are simply destroyed by who holds them.
  void give(std::unique_ptr<Connection> connection);

 private:
  Address address_;
  Options options_;
  std::string snapshot_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace itemize::source::postgres
