#include "store/row_store.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <thread>
#include <vector>

namespace itemize::store {
namespace {

class TestFolder {
 public:
  TestFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "itemize-store-XXXXXX").string();
    path_ = ::mkdtemp(path.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  std::string store() const { return path_ + "/store"; }

 private:
  std::string path_;
};

std::string key_text(int number) {
  std::string key = "k" + std::to_string(number) + ".";
  return key;
}

std::string found(StoreReader& reader, TableNumber table, const std::string& key) {
  std::string all;
  const Result<void> done = reader.find(table, key, [&](std::string_view rows) { return all += rows, true; });
  EXPECT_TRUE(done) << done.error().to_string();
  return all;
}

TEST(RowStore, FindsAllRowsOfAKeyFromAllWritersAndNoOthers) {
  const TestFolder folder;
  auto store = RowStore::create({.folder = folder.store(), .writers = 3, .write_bytes = 3 << 20, .cache_bytes = 1 << 20});
  ASSERT_TRUE(store) << store.error().to_string();
  // By key, a row's length: the sum tells whether all were found.
  constexpr int keys = 2'000;
  std::vector<std::array<std::uint64_t, keys>> written(3);
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 3; ++thread) {
      threads.emplace_back([&, thread] {
        auto writer = (*store)->writer();
        std::mt19937 random(static_cast<unsigned>(thread));
        for (int part = 0; part < 20; ++part) {
          writer->begin_part();
          const bool discard = part % 5 == 3;
          for (int row = 0; row < 3'000; ++row) {
            const int key = static_cast<int>(random() % keys);
            const std::string value(random() % 200 + 1, discard ? '!' : 'x');
            ASSERT_TRUE(writer->add(7, key_text(key), value));
            if (!discard) written[static_cast<std::size_t>(thread)][static_cast<std::size_t>(key)] += value.size();
          }
          if (discard)
            writer->discard_part();
          else
            ASSERT_TRUE(writer->end_part());
        }
        ASSERT_TRUE(writer->finish());
      });
    }
  }
  ASSERT_TRUE((*store)->ready({}));
  EXPECT_GT((*store)->bytes_on_disk(), 0U);
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      auto reader = (*store)->reader();
      std::mt19937 random(static_cast<unsigned>(thread));
      for (int time = 0; time < 3 * keys; ++time) {
        // In order, and then in none.
        const int key = time < keys ? time : static_cast<int>(random() % keys);
        const std::string rows = found(*reader, 7, key_text(key));
        std::uint64_t expected = 0;
        for (const auto& each : written) expected += each[static_cast<std::size_t>(key)];
        ASSERT_EQ(rows.size(), expected) << key;
        ASSERT_EQ(rows.find('!'), std::string::npos) << "a discarded row";
        ASSERT_EQ(found(*reader, 6, key_text(key)), "");
        ASSERT_EQ(found(*reader, 8, key_text(key)), "");
      }
      EXPECT_EQ(found(*reader, 7, "absent."), "");
    });
  }
}

TEST(RowStore, KeepsRowsOfAPartInTheirOrder) {
  const TestFolder folder;
  auto store = RowStore::create({.folder = folder.store()});
  ASSERT_TRUE(store);
  auto writer = (*store)->writer();
  writer->begin_part();
  std::string expected;
  for (int row = 0; row < 20'000; ++row) {
    const std::string value = std::to_string(row) + ",";
    ASSERT_TRUE(writer->add(1, row % 2 == 0 ? "even." : "odd.", value));
    if (row % 2 == 0) expected += value;
  }
  ASSERT_TRUE(writer->end_part());
  ASSERT_TRUE(writer->finish());
  ASSERT_TRUE((*store)->ready({}));
  EXPECT_EQ(found(*(*store)->reader(), 1, "even."), expected);
}

TEST(RowStore, StopsWhereNoMoreIsWanted) {
  const TestFolder folder;
  auto store = RowStore::create({.folder = folder.store()});
  ASSERT_TRUE(store);
  auto writer = (*store)->writer();
  for (int part = 0; part < 10; ++part) {
    writer->begin_part();
    ASSERT_TRUE(writer->add(1, "a.", "row"));
    ASSERT_TRUE(writer->add(1, "b.", "other"));
    ASSERT_TRUE(writer->end_part());
  }
  ASSERT_TRUE(writer->finish());
  ASSERT_TRUE((*store)->ready({}));
  auto reader = (*store)->reader();
  int calls = 0;
  ASSERT_TRUE(reader->find(1, "a.", [&](std::string_view) { return ++calls < 3; }));
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(found(*reader, 1, "a.").size(), 30U) << "it begins anew";
  EXPECT_EQ(found(*reader, 1, "b.").size(), 50U);
}

TEST(RowStore, ItsFolderIsPrivateEmptyAndRemoved) {
  const TestFolder folder;
  std::filesystem::create_directories(folder.store());
  std::ofstream(folder.store() + "/left-by-a-killed-run") << "x";
  {
    auto store = RowStore::create({.folder = folder.store()});
    ASSERT_TRUE(store) << store.error().to_string();
    struct stat about{};
    ASSERT_EQ(::stat(folder.store().c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0700U);
    EXPECT_FALSE(std::filesystem::exists(folder.store() + "/left-by-a-killed-run"));
    ASSERT_TRUE((*store)->ready({}));
    EXPECT_EQ(found(*(*store)->reader(), 1, "nothing."), "");
  }
  EXPECT_FALSE(std::filesystem::exists(folder.store()));
  EXPECT_TRUE(remove_store(folder.store())) << "nothing there is no error";
}

TEST(RowStore, SaysWhereItCannotBe) {
  const TestFolder folder;
  std::ofstream(folder.store() + "-file") << "x";
  const auto store = RowStore::create({.folder = folder.store() + "-file/store"});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::io);
}

}  // namespace
}  // namespace itemize::store
