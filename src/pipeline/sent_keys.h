// SentKeys: which keys a generation sends to DynamoDB, written down before each request leaves; see key_log.h for why.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pipeline/key_log.h"
#include "pipeline/key_owners.h"
#include "pipeline/written_contents.h"
#include "sink/live/options.h"

namespace itemize::pipeline {

/// A log on disk: "<state>/keys/<run>-<generation>-<number>" and an ending.
enum class SentLog : std::uint8_t {
  writes,   ///< ".log": keys of items, a key log.
  deletes,  ///< ".deletes": keys that were sent to be deleted, a key log: those a generation did not write, whatever became of the request.
  contents,  ///< ".contents": numbers of items; see written_contents.h.
};
struct KeyLogFile {
  std::string path;
  std::int64_t run = 0;
  std::int64_t generation = 0;
  SentLog kind = SentLog::writes;
};

/// The logs in the state folder, sorted by name; none where there is no folder.
Result<std::vector<KeyLogFile>> list_key_logs(const std::string& state_folder);
/// How long to wait until no request of earlier processes can still be applied: `grace` from the time of the newest of these logs.
/// A process that lives keeps that the time of its last attempt, and one that ends well sets it back to that of its last attempt
/// without an answer; one that was killed leaves it to be feared that any attempt is on its way.
std::chrono::milliseconds time_until_quiet(const std::vector<KeyLogFile>& logs, std::chrono::milliseconds grace);

/// The logs of one process's writers, one each. What hooks() gives may be called from any of their threads.
class SentKeys {
 public:
  /// `numbers`: of the sink's tables and item types, as KeyOwners gives them.
  SentKeys(std::string state_folder, std::int64_t run, std::int64_t generation, KeyNumbers numbers, std::shared_ptr<const Clock> clock)
      : folder_(std::move(state_folder) + "/keys"),
        run_(run),
        generation_(generation),
        numbers_(std::move(numbers)),
        clock_(std::move(clock)) {}
  /// Sets the logs' times: see time_until_quiet. No writer may be at work.
  ~SentKeys();
  SentKeys(const SentKeys&) = delete;

  sink::LiveHooks hooks();
  /// From now on the keys sent are of deletes. No writer may be at work.
  void begin_deletes() { deleting_ = true; }
  /// What earlier processes wrote where foreign items stay. Call it before the first write.
  void set_written(WrittenContents written) { written_ = std::move(written); }
  /// Whether this migration wrote the item that was found under the key.
  bool is_ours(std::size_t table, std::string_view key, std::uint64_t content) const {
    return written_.contains(written_number(numbers_.tables[table], key, content));
  }
  /// Onto the disk. No writer may be at work.
  Result<void> sync();
  /// The moment of the last request whose outcome is unknown; Instant{} where there was none.
  Clock::Instant last_unknown() const { return Clock::Instant(Clock::Instant::duration(last_unknown_.load())); }

 private:
  struct Log {
    KeyLog log;
    Clock::Instant synced_at;
    std::string stem;  // of its path
    File contents;     // opened by the first item of a table where foreign ones stay
  };
  Result<Log*> mine();
  Result<void> before_send(std::size_t table, sink::LiveHooks::Keys keys, std::span<const std::uint32_t> item_types);
  void before_retry();
  Result<void> before_put(std::size_t table, std::string_view key, std::uint64_t content);

  std::string folder_;
  std::int64_t run_;
  std::int64_t generation_;
  KeyNumbers numbers_;
  std::shared_ptr<const Clock> clock_;
  std::mutex mutex_;
  bool deleting_ = false;
  WrittenContents written_;
  std::map<std::pair<bool, std::thread::id>, std::unique_ptr<Log>> logs_;  // of deletes, of each thread
  std::uint64_t next_number_ = 0;
  std::atomic<Clock::Instant::duration::rep> last_unknown_{0};
};

}  // namespace itemize::pipeline
