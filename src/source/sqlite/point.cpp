#include "source/sqlite/point.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "source/sqlite/mark.h"

namespace itemize::source::sqlite {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// With a writer that commits 1,000 times a second, 50 tries of some 30 microseconds find a pause with certainty for practice.
constexpr int most_tries = 50;
/// More connections than this only share the disk and the cores.
constexpr int most_seats = 64;

/// The connections of a point in the making, with their statements ready: the shorter the stretch that must be quiet, the better.
class Attempt {
 public:
  static Result<Attempt> make(const std::string& path, int seats, milliseconds patience) {
    Attempt attempt;
    attempt.watcher_ = TRY(Connection::open(path, patience));
    attempt.version_.emplace(TRY(attempt.watcher_->prepare("PRAGMA data_version")));
    for (int index = 0; index < seats; ++index) {
      auto seat = std::make_shared<Seat>();
      seat->connection = TRY(Connection::open(path, patience));
      attempt.firsts_.push_back(TRY(seat->connection->prepare("SELECT count(*) FROM sqlite_schema")));
      attempt.seats_.push_back(std::move(seat));
    }
    return attempt;
  }

  Result<std::int64_t> version() {
    version_->reset();
    TRY(version_->step());
    const std::int64_t version = version_->integer(0);
    version_->reset();
    return version;
  }
  /// Begins a transaction and its first read, which is when it begins to see.
  Result<void> begin(std::size_t seat) {
    TRY(seats_[seat]->connection->execute("BEGIN"));
    firsts_[seat].reset();
    TRY(firsts_[seat].step());
    firsts_[seat].reset();
    return {};
  }
  void end(std::size_t from) {
    for (std::size_t seat = from; seat < seats_.size(); ++seat)
      if (sqlite3_get_autocommit(seats_[seat]->connection->get()) == 0) (void)seats_[seat]->connection->execute("ROLLBACK");
  }
  /// A writer that wants to commit lets no new reader in and waits for those that are there: then the first seat must give way.
  /// True: every seat has begun.
  Result<bool> begin_all(milliseconds patience) {
    TRY(begin(0));
    for (std::size_t seat = 1; seat < seats_.size(); ++seat) {
      seats_[seat]->connection->set_patience(milliseconds(0));
      const Result<void> begun = begin(seat);
      seats_[seat]->connection->set_patience(patience);
      if (!begun && begun.error().code == ErrorCode::unavailable) return false;
      if (!begun) return std::unexpected(begun.error());
    }
    return true;
  }
  /// Whether every connection has the file open that stands under the name now: a file may be replaced between two opens.
  bool same_file() const {
    return std::ranges::none_of(seats_, [](const std::shared_ptr<Seat>& seat) { return seat->connection->has_moved(); }) &&
           !watcher_->has_moved();
  }
  Connection& first() { return *seats_.front()->connection; }
  std::vector<std::shared_ptr<Seat>> take(std::size_t count) {
    seats_.resize(count);
    firsts_.clear();
    return std::move(seats_);
  }

 private:
  // Statements go before their connections.
  std::unique_ptr<Connection> watcher_;
  std::vector<std::shared_ptr<Seat>> seats_;
  std::optional<Statement> version_;
  std::vector<Statement> firsts_;
};

std::int64_t microseconds_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// What people should know of a file whose readers keep writers out for as long as they read.
Result<std::string> waiting_writers(Connection& connection) {
  if (connection.immutable() || TRY(in_wal_mode(connection))) return std::string();
  return std::string("the database is not in WAL mode: programs that write to it wait until it has been read");
}

Result<Point> take(const std::string& path, int seats, milliseconds patience) {
  const int wanted = std::clamp(seats, 1, most_seats);
  const steady_clock::time_point deadline = steady_clock::now() + patience;
  for (int replaced = 0; replaced < 3; ++replaced) {
    Attempt attempt = TRY(Attempt::make(path, wanted, patience));
    for (int tries = 0; tries < most_tries && attempt.same_file(); ++tries) {
      const std::int64_t before = TRY(attempt.version());
      if (TRY(attempt.begin_all(patience))) {
        Point point;
        point.taken_at = microseconds_now();
        point.mark = TRY(content_mark(attempt.first(), path));
        if (TRY(attempt.version()) == before && attempt.same_file()) {
          point.note = TRY(waiting_writers(attempt.first()));
          point.seats = attempt.take(static_cast<std::size_t>(wanted));
          return point;
        }
      }
      attempt.end(0);
      if (tries > most_tries / 2 && steady_clock::now() < deadline) std::this_thread::sleep_for(milliseconds(1 + tries % 7));
    }
    if (!attempt.same_file()) continue;
    // Writers never paused. One connection is a consistent point by itself; the mark of a moment before it errs on the safe side.
    TRY(attempt.begin(0));
    Point point;
    point.mark = TRY(content_mark(attempt.first(), path));
    attempt.end(0);
    TRY(attempt.begin(0));
    point.taken_at = microseconds_now();
    point.note = TRY(waiting_writers(attempt.first()));
    point.seats = attempt.take(1);
    if (wanted > 1)
      point.note += std::string(point.note.empty() ? "" : "; ") + "others write so often that one connection reads it all, instead of " +
                    std::to_string(wanted);
    return point;
  }
  return fail(ErrorCode::unavailable, "the file '" + path + "' was replaced again and again while it was opened", "stop what replaces it");
}

}  // namespace

Result<Point> take_point(const std::string& path, int seats, milliseconds patience) {
  return TRY_WITH("a snapshot of '" + path + "'", take(path, seats, patience));
}

}  // namespace itemize::source::sqlite
