#include "pipeline/sent_keys.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "base/hash.h"
#include "base/json.h"

namespace itemize::pipeline {
namespace {

constexpr std::string_view endings[] = {".log", ".deletes", ".contents"};  // by SentLog

/// What a power loss may take: keys of so long. A sync before each request would make a disk the limit of the load.
constexpr auto between_syncs = std::chrono::seconds(1);

}  // namespace

Result<std::vector<KeyLogFile>> list_key_logs(const std::string& state_folder) {
  std::vector<KeyLogFile> logs;
  const std::string folder = state_folder + "/keys";
  if (!path_exists(folder)) return logs;
  for (const DirectoryEntry& entry : TRY(list_directory(folder))) {
    long long run = 0;
    long long generation = 0;
    long long number = 0;
    int size = 0;
    if (std::sscanf(entry.name.c_str(), "%lld-%lld-%lld%n", &run, &generation, &number, &size) != 3) continue;
    const std::string_view ending = std::string_view(entry.name).substr(static_cast<std::size_t>(size));
    const auto* const known = std::ranges::find(endings, ending);
    if (known == std::end(endings)) continue;
    logs.push_back({folder + "/" + entry.name, run, generation, static_cast<SentLog>(known - endings)});
  }
  return logs;
}

std::chrono::milliseconds time_until_quiet(const std::vector<KeyLogFile>& logs, std::chrono::milliseconds grace) {
  using namespace std::chrono;
  milliseconds longest{0};
  for (const KeyLogFile& log : logs) {
    if (log.kind == SentLog::contents) continue;
    struct stat about{};
    if (::stat(log.path.c_str(), &about) != 0) continue;
    const auto written = sys_time<nanoseconds>(seconds(about.st_mtim.tv_sec) + nanoseconds(about.st_mtim.tv_nsec));
    // A clock that was set back makes this too long: never longer than the grace time itself.
    longest = std::max(longest, std::min(grace, ceil<milliseconds>(written + grace - system_clock::now())));
  }
  return longest;
}

SentKeys::~SentKeys() {
  using namespace std::chrono;
  system_clock::time_point quiet_since{};  // long ago
  if (const Clock::Instant unknown = last_unknown(); unknown != Clock::Instant{})
    quiet_since = system_clock::now() - duration_cast<system_clock::duration>(clock_->now() - unknown);
  for (auto& [thread, log] : logs_) (void)log->log.set_time(quiet_since);  // else it is the time of the last attempt: the safe side
}

sink::LiveHooks SentKeys::hooks() {
  sink::LiveHooks hooks;
  hooks.before_send = [this](std::size_t table, sink::LiveHooks::Keys keys, std::span<const std::uint32_t> item_types) {
    return before_send(table, keys, item_types);
  };
  hooks.before_retry = [this] { before_retry(); };
  hooks.on_unknown_outcome = [this](std::size_t, sink::LiveHooks::Keys) { last_unknown_.store(clock_->now().time_since_epoch().count()); };
  hooks.before_put = [this](std::size_t table, std::string_view key, std::uint64_t content) { return before_put(table, key, content); };
  hooks.is_ours = [this](std::size_t table, std::string_view key, std::uint64_t content) {
    return Result<bool>(is_ours(table, key, content));
  };
  return hooks;
}

Result<SentKeys::Log*> SentKeys::mine() {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Log>& log = logs_[{deleting_, std::this_thread::get_id()}];
  if (log == nullptr) {
    TRY(make_directories(folder_, 0700));
    std::string stem;
    std::string path;
    do {
      stem = folder_ + "/" + std::to_string(run_) + "-" + std::to_string(generation_) + "-" + std::to_string(++next_number_);
      path = stem + std::string(endings[static_cast<std::size_t>(deleting_ ? SentLog::deletes : SentLog::writes)]);
    } while (path_exists(path));
    log = std::unique_ptr<Log>(new Log{TRY(KeyLog::open(path)), clock_->now(), std::move(stem), File()});
  }
  return log.get();
}

Result<void> SentKeys::before_send(std::size_t table, sink::LiveHooks::Keys keys, std::span<const std::uint32_t> item_types) {
  Log* log = TRY(mine());
  if (deleting_) {
    TRY(log->log.append(numbers_.deletes[table], keys));
  } else if (std::ranges::adjacent_find(item_types, std::ranges::not_equal_to()) == item_types.end()) {
    TRY(log->log.append(numbers_.items.at(item_types.front()), keys));
  } else {
    std::map<std::uint32_t, std::vector<std::string_view>> by_type;
    for (std::size_t index = 0; index < keys.size(); ++index) by_type[item_types[index]].push_back(keys[index]);
    for (const auto& [type, own] : by_type) TRY(log->log.append(numbers_.items.at(type), own));
  }
  if (const Clock::Instant now = clock_->now(); now - log->synced_at >= between_syncs) {
    log->synced_at = now;
    TRY(log->log.sync());
    if (log->contents.is_open()) TRY(log->contents.sync());
  }
  return {};
}

Result<void> SentKeys::before_put(std::size_t table, std::string_view key, std::uint64_t content) {
  Log* log = TRY(mine());
  if (!log->contents.is_open()) {
    const std::string path = log->stem + std::string(endings[static_cast<std::size_t>(SentLog::contents)]);
    log->contents = TRY(File::open(path, O_WRONLY | O_CREAT | O_APPEND, 0600));
  }
  const std::uint64_t number = written_number(numbers_.tables[table], key, content);
  return log->contents.write({reinterpret_cast<const char*>(&number), sizeof number});
}

void SentKeys::before_retry() {
  // The attempt is under way all the same where this fails: the log's time is then a little too old, and only if we are killed.
  if (const Result<Log*> log = mine()) (void)(*log)->log.set_time(std::chrono::system_clock::now());
}

Result<void> SentKeys::sync() {
  const std::lock_guard lock(mutex_);
  for (auto& [thread, log] : logs_) {
    TRY(log->log.sync());
    if (log->contents.is_open()) TRY(log->contents.sync());
  }
  return {};
}

}  // namespace itemize::pipeline
