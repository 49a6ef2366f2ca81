// Files in every bad state: crashed writers, no permission, damage, replacement.
#include <sys/stat.h>

#include <fstream>

#include "base/testing/small_disk.h"
#include "source/sqlite/testing.h"

namespace itemize::source::sqlite {
namespace {

namespace fs = std::filesystem;
using itemize::testing::as_nobody;
using itemize::testing::SmallDisk;

const std::string one_table = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b');";
const std::string many_rows =
    "WITH n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO t SELECT i, hex(zeroblob(60)) FROM n;";

std::string complaint(const TestFile& file) {
  const auto snapshot = file.source()->snapshot({});
  return snapshot ? std::string("none") : snapshot.error().to_string();
}

TEST(SqliteFile, AHotJournalIsNotRolledBackButTold) {
  const TestFile file("PRAGMA journal_mode = DELETE; " + one_table + many_rows);
  // The child's cache spills half a transaction into the file, and the child dies.
  EXPECT_EQ(in_child([&] {
              auto* const writer = new Writer(file.path());
              return writer->execute("PRAGMA cache_size = 5; BEGIN; UPDATE t SET v = 'changed ' || id").empty() ? 0 : 1;
            }),
            0);
  ASSERT_TRUE(fs::exists(file.path() + "-journal"));
  const auto snapshot = file.source()->snapshot({});
  ASSERT_FALSE(snapshot);
  EXPECT_EQ(static_cast<int>(snapshot.error().code), static_cast<int>(ErrorCode::conflict));
  EXPECT_NE(snapshot.error().to_string().find("died while it wrote"), std::string::npos) << snapshot.error().to_string();
  file.run("SELECT 1 FROM t");  // what the hint says: any program that may write
  const auto source = file.source();
  EXPECT_TRUE(source->snapshot({}));
}

TEST(SqliteFile, ALogLeftByACrashIsRead) {
  for (const bool lose_shared_memory : {false, true}) {
    const TestFile file("PRAGMA journal_mode = WAL; " + one_table);
    EXPECT_EQ(
        in_child([&] {
          auto* const writer = new Writer(file.path());
          return writer->execute("INSERT INTO t VALUES (3, 'committed'); PRAGMA cache_size = 5; BEGIN; UPDATE t SET v = 'not committed'")
                         .empty()
                     ? 0
                     : 1;
        }),
        0);
    ASSERT_TRUE(fs::exists(file.path() + "-wal"));
    if (lose_shared_memory) fs::remove(file.path() + "-shm");
    const auto source = file.source();
    const row::Table table = table_of(*source, "t");
    const auto snapshot = source->snapshot({.connections = 2});
    ASSERT_TRUE(snapshot) << snapshot.error().to_string();
    EXPECT_EQ(numbers(**snapshot, table, whole_of(table)), (std::vector<std::int64_t>{1, 2, 3}));
  }
}

TEST(SqliteFile, AFileThatMayOnlyBeRead) {
  const TestFile file("PRAGMA journal_mode = DELETE; " + one_table);
  ::chmod(file.folder().c_str(), 0555);
  ::chmod(file.path().c_str(), 0444);
  EXPECT_TRUE(as_nobody([&] {
    const auto source = file.source();
    const row::Table table = table_of(*source, "t");
    const auto snapshot = source->snapshot({.connections = 2});
    ASSERT_TRUE(snapshot) << snapshot.error().to_string();
    EXPECT_EQ(numbers(**snapshot, table, whole_of(table)).size(), 2U);
  }));
}

TEST(SqliteFile, AWalDatabaseInAFolderThatMayNotBeWrittenSaysWhatItNeeds) {
  const TestFile file("PRAGMA journal_mode = WAL; " + one_table);
  ::chmod(file.folder().c_str(), 0555);
  ::chmod(file.path().c_str(), 0444);
  EXPECT_TRUE(as_nobody([&] {
    const auto snapshot = file.source()->snapshot({});
    ASSERT_FALSE(snapshot);
    EXPECT_EQ(static_cast<int>(snapshot.error().code), static_cast<int>(ErrorCode::permission)) << snapshot.error().to_string();
    EXPECT_NE(snapshot.error().hint.find("-shm"), std::string::npos) << snapshot.error().to_string();
  }));
}

TEST(SqliteFile, AWalDatabaseOnAReadOnlyMediumIsRead) {
  const SmallDisk disk(1 << 20);
  if (!disk.mounted()) GTEST_SKIP() << disk.reason();
  const std::string path = disk.folder() + "/on # disk?.db";
  ASSERT_EQ(Writer(path).execute("PRAGMA journal_mode = WAL; " + one_table), "");
  ASSERT_EQ(::mount("tmpfs", disk.folder().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, ""), 0);
  const auto source = *make_sqlite_source({.url = "sqlite:" + path});
  const row::Table table = table_of(*source, "t");
  const auto snapshot = source->snapshot({.connections = 2});
  ASSERT_TRUE(snapshot) << snapshot.error().to_string();
  EXPECT_EQ(numbers(**snapshot, table, whole_of(table)).size(), 2U);
  EXPECT_TRUE((*snapshot)->alive());
  EXPECT_TRUE(source->change_counters());
}

TEST(SqliteFile, NoPermissionAtAll) {
  const TestFile file(one_table);
  ::chmod(file.folder().c_str(), 0755);
  ::chmod(file.path().c_str(), 0600);
  EXPECT_TRUE(::getuid() != 0 || as_nobody([&] {
                const auto snapshot = file.source()->snapshot({});
                ASSERT_FALSE(snapshot);
                EXPECT_EQ(static_cast<int>(snapshot.error().code), static_cast<int>(ErrorCode::permission)) << snapshot.error().to_string();
              }));
}

TEST(SqliteFile, DamageIsAnErrorThatNamesTheTable) {
  const TestFile file("PRAGMA journal_mode = DELETE; " + one_table + many_rows);
  const auto source = file.source();
  const row::Table table = table_of(*source, "t");
  {
    std::fstream bytes(file.path(), std::ios::binary | std::ios::in | std::ios::out);
    const std::string noise(40 * 4096, '\xAA');
    bytes.seekp(100 * 4096);
    bytes.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  }
  const auto snapshot = source->snapshot({});
  ASSERT_TRUE(snapshot) << snapshot.error().to_string();
  const auto reader = (*snapshot)->open(whole_of(table), table, {"id", "v"});
  ASSERT_TRUE(reader) << reader.error().to_string();
  row::RowBatch batch;
  Result<bool> more = true;
  while (more && *more) more = (*reader)->next(batch);
  ASSERT_FALSE(more) << "damaged pages were read as if they were rows";
  EXPECT_EQ(static_cast<int>(more.error().code), static_cast<int>(ErrorCode::io)) << more.error().to_string();
  EXPECT_NE(more.error().to_string().find("table t"), std::string::npos) << more.error().to_string();
  EXPECT_NE(more.error().hint.find("integrity_check"), std::string::npos);
}

TEST(SqliteFile, ACutFileIsAnError) {
  const TestFile file("PRAGMA journal_mode = DELETE; " + one_table + many_rows);
  fs::resize_file(file.path(), fs::file_size(file.path()) / 2);
  const auto source = file.source();
  const Result<row::Catalog> catalog = source->catalog();
  if (!catalog) return;  // found out at once: as well
  const row::Table table = *catalog->find("", "t");
  const auto snapshot = source->snapshot({});
  ASSERT_TRUE(snapshot) << snapshot.error().to_string();
  row::RowBatch batch;
  const auto reader = *(*snapshot)->open(whole_of(table), table, {"id", "v"});
  Result<bool> more = true;
  while (more && *more) more = reader->next(batch);
  EXPECT_FALSE(more) << "half a file was read as if it were whole";
}

TEST(SqliteFile, AReplacedFileIsReadAsItWasOpened) {
  const TestFile file("PRAGMA journal_mode = DELETE; " + one_table);
  const TestFile other("PRAGMA journal_mode = DELETE; CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (7, 'new')");
  const auto source = file.source();
  const row::Table table = table_of(*source, "t");
  const auto snapshot = *source->snapshot({.connections = 2});
  fs::rename(other.path(), file.path());
  EXPECT_EQ(numbers(*snapshot, table, whole_of(table)), (std::vector<std::int64_t>{1, 2}));
  EXPECT_TRUE(snapshot->alive());
  const auto later = *source->snapshot({.connections = 2});
  EXPECT_EQ(numbers(*later, table, whole_of(table)), std::vector<std::int64_t>{7});
  EXPECT_NE(source->compare(snapshot->position(), later->position()), 0);
}

TEST(SqliteFile, AFileThatIsWrittenOverIsNoSnapshotAnyMore) {
  const TestFile file("PRAGMA journal_mode = DELETE; " + one_table);
  const TestFile other(
      "PRAGMA journal_mode = DELETE; CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (7, 'new'); DELETE FROM t");
  const auto source = file.source();
  const auto snapshot = *source->snapshot({});
  EXPECT_TRUE(snapshot->alive());
  EXPECT_EQ(in_child([&] {
              fs::copy_file(other.path(), file.path(), fs::copy_options::overwrite_existing);
              return 0;
            }),
            0);
  EXPECT_FALSE(snapshot->alive()) << "cp knows no locks";
}

TEST(SqliteFile, WhatIsNoDatabaseSaysSo) {
  const TestFile file;
  EXPECT_NE(complaint(file).find("there is no file"), std::string::npos) << complaint(file);
  std::ofstream(file.path()) << std::string(5000, 'x');
  EXPECT_NE(complaint(file).find("not a SQLite database"), std::string::npos) << complaint(file);
  std::ofstream(file.path(), std::ios::trunc).flush();
  EXPECT_EQ(complaint(file), "none") << "an empty file is an empty database";
  fs::remove(file.path());
  fs::create_directory(file.path());
  EXPECT_NE(complaint(file).find("is a folder"), std::string::npos) << complaint(file);
}

TEST(SqliteFile, AMistypedNameIsGuessed) {
  const TestFile file(one_table);
  const auto source = *make_sqlite_source({.url = "sqlite:" + file.folder() + "/tset.db"});
  const auto snapshot = source->snapshot({});
  ASSERT_FALSE(snapshot);
  EXPECT_NE(snapshot.error().hint.find("test.db"), std::string::npos) << snapshot.error().to_string();
}

TEST(SqliteFile, AnUtf16DatabaseGivesUtf8) {
  for (const char* const encoding : {"UTF-16le", "UTF-16be"}) {
    const TestFile file(std::string("PRAGMA encoding = '") + encoding +
                        "'; CREATE TABLE \"tä\" (id INTEGER PRIMARY KEY, \"wört\" TEXT UNIQUE, b BLOB); INSERT INTO \"tä\" VALUES (1, "
                        "'ünïcødé 表 🦊', X'00FF'), (2, '', NULL)");
    const auto source = file.source();
    const row::Table table = table_of(*source, "tä");
    ASSERT_EQ(table.columns.size(), 3U);
    EXPECT_EQ(table.columns[1].name, "wört");
    const auto snapshot = *source->snapshot({});
    Range range = whole_of(table);
    range.kind = RangeKind::rows;
    range.key_columns = {"wört"};
    range.row_keys = {{"ünïcødé 表 🦊"}};
    const auto reader = *snapshot->open(range, table, {"wört", "b"});
    row::RowBatch batch;
    ASSERT_TRUE(*reader->next(batch));
    EXPECT_EQ(batch.row(0)[0].view(), "ünïcødé 表 🦊");
    EXPECT_EQ(static_cast<int>(batch.row(0)[0].kind), static_cast<int>(row::CellKind::text));
    EXPECT_EQ(batch.row(0)[1].view(), std::string_view("\0\xff", 2));
  }
}

}  // namespace
}  // namespace itemize::source::sqlite
