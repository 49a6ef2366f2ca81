// One point of a SQLite file, held by the read transactions of one or several connections.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "source/sqlite/connection.h"

namespace itemize::source::sqlite {

/// A connection in a read transaction. Those who read over it take turns.
struct Seat {
  std::unique_ptr<Connection> connection;
  std::mutex mutex;
  std::atomic<int> readers = 0;
};

struct Point {
  std::vector<std::shared_ptr<Seat>> seats;  ///< All see the same content. At least one.
  std::string mark;                          ///< content_mark of that content; where writers never paused, of one a little older.
  std::int64_t taken_at = 0;                 ///< Microseconds since 1970, UTC.
  std::string note;                          ///< For people: where writers have to wait, and where there are fewer seats than asked for.
};

/// Opens `seats` read transactions at one point. SQLite cannot hand a transaction's point to another connection (its snapshot
/// interface is not compiled into common builds), so it is proven instead: a further connection, which is in no transaction, sees
/// by its data_version that nobody committed between the first BEGIN and the last. Otherwise again; after many tries one
/// connection has to do.
/// Errors: as Connection::open; `unavailable` where the file stays locked for longer than `patience`.
Result<Point> take_point(const std::string& path, int seats, std::chrono::milliseconds patience);

}  // namespace itemize::source::sqlite
