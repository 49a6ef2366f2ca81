// Pool: the connections of one snapshot, each inside its transaction, lent to one reader at a time; and one connection beside them.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "source/mysql/connection.h"

namespace itemize::source::mysql {

/// Thread-safe.
class Pool {
 public:
  Pool(std::unique_ptr<Connection> control, std::vector<std::unique_ptr<Connection>> members)
      : control_(std::move(control)), idle_(std::move(members)), size_(idle_.size()) {}

  /// Errors: all are lent, or the snapshot is lost.
  Result<std::unique_ptr<Connection>> take();
  /// Ends what the reader has left unread, and takes the connection back.
  void give_back(std::unique_ptr<Connection> connection);
  /// True while every connection that is not lent answers, and none was lost.
  bool alive();

  /// Runs `use(Connection&)` on the connection beside the snapshot: planning, KILL QUERY. One at a time.
  template <class Use>
  auto with_control(Use use) {
    const std::scoped_lock lock(control_mutex_);
    return use(*control_);
  }

 private:
  void end_stream(Connection& connection);

  std::mutex control_mutex_;
  std::unique_ptr<Connection> control_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t size_;
  bool lost_ = false;
};

}  // namespace itemize::source::mysql
