// For tests: a SQLite file in a folder of its own, and writers to it: in this process, or in another that may die.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "source/source.h"
#include "source/sqlite/sqlite.h"

namespace itemize::source::sqlite {

/// A connection that writes. Gives up soon when the file is locked.
class Writer {
 public:
  explicit Writer(const std::string& path) {
    sqlite3_open(path.c_str(), &database_);
    sqlite3_busy_timeout(database_, 200);
  }
  ~Writer() { sqlite3_close(database_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Empty, or SQLite's complaint.
  std::string execute(const std::string& sql) {
    char* message = nullptr;
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK) return {};
    const std::string complaint = message == nullptr ? "unknown" : message;
    sqlite3_free(message);
    return complaint;
  }

 private:
  sqlite3* database_ = nullptr;
};

class TestFile {
 public:
  /// Runs `sql` on the new file, where there is any.
  explicit TestFile(const std::string& sql = {}) {
    std::string folder = (std::filesystem::temp_directory_path() / "itemize-sqlite-XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    if (!sql.empty()) run(sql);
  }
  ~TestFile() {
    std::error_code ignored;
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(folder_, ignored);
  }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;

  std::string folder() const { return folder_; }
  std::string path() const { return folder_ + "/test.db"; }
  /// On a connection of its own, closed after.
  void run(const std::string& sql) const { EXPECT_EQ(Writer(path()).execute(sql), "") << sql.substr(0, 200); }
  std::unique_ptr<Source> source() const {
    Options options;
    options.url = "sqlite:" + path();
    options.connect_timeout = std::chrono::seconds(1);
    return *make_sqlite_source(options);
  }

 private:
  std::string folder_;
};

/// Runs `body` in a child process that ends without closing anything, as one that is killed. Its exit status.
inline int in_child(const std::function<int()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// The first column of every row of a table, as integers; what went wrong is a test failure.
inline std::vector<std::int64_t> numbers(Snapshot& snapshot, const row::Table& table, const Range& range) {
  std::vector<std::int64_t> found;
  Result<std::unique_ptr<Reader>> reader = snapshot.open(range, table, {table.columns.front().name});
  EXPECT_TRUE(reader) << reader.error().to_string();
  if (!reader) return found;
  row::RowBatch batch;
  while (true) {
    const Result<bool> more = (*reader)->next(batch);
    EXPECT_TRUE(more) << more.error().to_string();
    if (!more || !*more) return found;
    for (std::size_t index = 0; index < batch.rows(); ++index) found.push_back(batch.row(index)[0].i);
  }
}

inline Range whole_of(const row::Table& table) {
  Range range;
  range.table = table.name;
  return range;
}

/// The named table of the source as it is now.
inline row::Table table_of(Source& source, const std::string& name) {
  const Result<row::Catalog> catalog = source.catalog();
  EXPECT_TRUE(catalog) << catalog.error().to_string();
  const row::Table* table = catalog ? catalog->find("", name) : nullptr;
  EXPECT_NE(table, nullptr) << name;
  return table == nullptr ? row::Table() : *table;
}

}  // namespace itemize::source::sqlite
