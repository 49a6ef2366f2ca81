// LiveState: what the writers of one live sink share. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "aws/session.h"
#include "base/rate_limit.h"
#include "sink/live/options.h"

namespace itemize::sink {

class LiveState {
 public:
  /// One table's shared part.
  struct Table {
    Table(LiveTable from, const Clock& clock);

    LiveTable table;
    std::string request_head;      ///< The request's JSON up to the first item.
    std::string put_head;          ///< Of a PutItem that must not replace anything, up to the item; see LiveTable::keep_existing.
    std::string replace_head;      ///< Of one that may.
    AdaptiveRate rate;
    std::atomic<std::uint64_t> items{0};
    std::atomic<double> write_units{0};
    std::atomic<double> index_write_units{0};
  };

  LiveState(std::shared_ptr<aws::Session> session, std::vector<LiveTable> tables, LiveOptions options, LiveHooks hooks);

  const aws::Session& session() const { return *session_; }
  const Clock& clock() const { return *session_->clock; }
  const LiveOptions& options() const { return options_; }
  const LiveHooks& hooks() const { return hooks_; }
  std::size_t table_count() const { return tables_.size(); }
  Table& table(std::size_t index) { return *tables_[index]; }

  /// A connection with its kept sockets, for one writer at a time.
  Result<std::unique_ptr<aws::Connection>> take_connection();
  void give_back(std::unique_ptr<aws::Connection> connection);

  void note_throttle(const std::string& what);
  void note_trouble(const std::string& what);
  void note_success();
  LiveProgress progress() const;

  std::atomic<std::uint64_t> items{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> retries{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> kept{0};
  std::atomic<std::uint64_t> unknown_outcomes{0};
  std::atomic<std::uint64_t> in_flight{0};

 private:
  std::shared_ptr<aws::Session> session_;
  LiveOptions options_;
  LiveHooks hooks_;
  std::vector<std::unique_ptr<Table>> tables_;

  std::mutex connections_lock_;
  std::vector<std::unique_ptr<aws::Connection>> connections_;

  mutable std::mutex notes_lock_;
  std::map<std::string, std::uint64_t> throttles_;
  std::string last_throttle_;
  Clock::Instant last_throttle_at_{};
  std::string trouble_;
  std::atomic<bool> in_trouble_{false};
};

}  // namespace itemize::sink
