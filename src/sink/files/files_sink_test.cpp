#include "sink/files/files_sink.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/checksum.h"
#include "base/file.h"

namespace itemize::sink {
namespace {

namespace fs = std::filesystem;

class FilesSinkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/itemize-files-XXXXXX";
    root_ = ::mkdtemp(name);
    folder_ = root_ + "/exports";
  }
  void TearDown() override { fs::remove_all(root_); }

  std::unique_ptr<FilesSink> make(FilesOptions options = {}) {
    if (options.owner.empty()) options.owner = "workspace-1";
    auto sink = FilesSink::make(folder_, {"shop", "other.table"}, options);
    EXPECT_TRUE(sink) << sink.error().to_string();
    return sink ? std::move(*sink) : nullptr;
  }
  std::string content(const std::string& path) const { return read_file(folder_ + "/" + path).value(); }
  std::vector<std::string> everything() const {
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      if (entry.is_regular_file()) paths.push_back(fs::relative(entry.path(), folder_).string());
    }
    std::ranges::sort(paths);
    return paths;
  }

  std::string root_, folder_;
};

/// Puts `count` items of `type` into a table of the batch, framed; returns their text.
std::string fill(item::ItemBatch& batch, std::size_t table, std::uint32_t type, int count, const std::string& value) {
  if (batch.tables.size() <= table) batch.tables.resize(table + 1);
  item::TableItems& items = batch.tables[table];
  std::string all;
  for (int i = 0; i < count; ++i) {
    const std::string text = "{\"Item\":{\"v\":{\"S\":\"" + value + std::to_string(i) + "\"}}}\n";
    item::Put put;
    put.text_begin = items.text.size();
    put.text_size = static_cast<std::uint32_t>(text.size());
    put.item_size = 10;
    put.item_type = type;
    items.text.append(text);
    items.puts.push_back(put);
    all += text;
  }
  return all;
}

TEST_F(FilesSinkTest, a_range_becomes_a_file_for_each_table_that_it_has_items_for) {
  auto sink = make();
  EXPECT_EQ(sink->framing().before, "{\"Item\":");
  EXPECT_EQ(sink->framing().after, "}\n");
  EXPECT_FALSE(sink->framing().want_keys);
  auto writer = sink->open(42, {}).value();
  item::ItemBatch batch;
  std::string expected = fill(batch, 1, 2, 3, "a");
  ASSERT_TRUE(writer->write(batch));
  EXPECT_TRUE(batch.tables[1].puts.empty());
  EXPECT_TRUE(batch.tables[1].text.empty());
  expected += fill(batch, 1, 0, 2, "b");
  ASSERT_TRUE(writer->write(batch));
  EXPECT_TRUE(fs::is_empty(folder_ + "/other.table/data")) << "nothing is seen before it is finished";
  const WriteResult result = writer->finish().value();

  EXPECT_EQ(result.items, (std::vector<std::uint64_t>{2, 0, 3}));
  EXPECT_EQ(result.bytes, 50U);
  EXPECT_EQ(result.refused, 0U);
  ASSERT_EQ(result.files.size(), 1U);
  const FileResult& file = result.files[0];
  EXPECT_EQ(file.table, 1U);
  EXPECT_EQ(file.path, "other.table/data/00000042-0000.json");
  EXPECT_EQ(file.items, 5U);
  EXPECT_EQ(file.bytes, expected.size());
  EXPECT_EQ(file.uncompressed_bytes, expected.size());
  EXPECT_EQ(file.checksum, crc32c_text(crc32c(0, expected)));
  EXPECT_EQ(content(file.path), expected);
  writer.reset();
  EXPECT_EQ(everything(), (std::vector<std::string>{".itemize-export", "other.table/data/00000042-0000.json"}));
}

TEST_F(FilesSinkTest, an_empty_range_makes_no_file) {
  auto writer = make()->open(1, {}).value();
  item::ItemBatch batch;
  ASSERT_TRUE(writer->write(batch));
  EXPECT_TRUE(writer->finish().value().files.empty());
  EXPECT_EQ(everything(), std::vector<std::string>{".itemize-export"});
}

TEST_F(FilesSinkTest, batches_of_all_sizes_keep_their_order) {
  auto writer = make()->open(1, {}).value();
  item::ItemBatch batch;
  std::string expected;
  for (const int count : {1, 20'000, 3, 5'000, 1, 40'000, 2}) {
    expected += fill(batch, 0, 0, count, "n" + std::to_string(count) + "-");
    ASSERT_TRUE(writer->write(batch));
  }
  const auto result = writer->finish().value();
  EXPECT_EQ(content(result.files[0].path), expected);
  EXPECT_EQ(result.files[0].checksum, crc32c_text(crc32c(0, expected)));
}

TEST_F(FilesSinkTest, parts_roll_over) {
  auto writer = make({.max_part_bytes = 1000})->open(7, {}).value();
  item::ItemBatch batch;
  std::vector<std::string> expected;
  for (int i = 0; i < 3; ++i) {
    expected.push_back(fill(batch, 0, 0, 100, std::to_string(i)));
    ASSERT_TRUE(writer->write(batch));
  }
  EXPECT_TRUE(fs::is_empty(folder_ + "/shop/data")) << "all parts of a range appear together";
  const auto files = writer->finish().value().files;
  ASSERT_EQ(files.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(files[i].path, "shop/data/00000007-000" + std::to_string(i) + ".json");
    EXPECT_EQ(content(files[i].path), expected[i]);
  }
}

TEST_F(FilesSinkTest, compressed_files_hold_the_same) {
  for (const Compression compression : {Compression::gzip, Compression::zstd}) {
    auto sink = make({.compression = compression, .level = 1, .max_part_bytes = 500'000});
    for (std::uint64_t range = 1; range <= 2; ++range) {
      auto writer = sink->open(range, {}).value();
      item::ItemBatch batch;
      std::string expected, found;
      for (int i = 0; i < 30; ++i) {
        expected += fill(batch, 0, 0, 1000, std::to_string(i));
        ASSERT_TRUE(writer->write(batch));
      }
      const auto files = writer->finish().value().files;
      EXPECT_GT(files.size(), 1U);
      for (const FileResult& file : files) {
        const std::string bytes = content(file.path);
        EXPECT_TRUE(file.path.ends_with(compression == Compression::gzip ? ".json.gz" : ".json.zst"));
        EXPECT_EQ(file.bytes, bytes.size());
        EXPECT_EQ(file.checksum, crc32c_text(crc32c(0, bytes)));
        const std::string text = decompress(compression, bytes).value();
        EXPECT_EQ(file.uncompressed_bytes, text.size());
        found += text;
      }
      EXPECT_EQ(found, expected);
    }
    fs::remove_all(folder_);
  }
}

TEST_F(FilesSinkTest, a_writer_that_is_dropped_leaves_nothing) {
  auto sink = make({.max_part_bytes = 100});
  {
    auto writer = sink->open(1, {}).value();
    item::ItemBatch batch;
    for (int i = 0; i < 3; ++i) {
      fill(batch, 0, 0, 100, "x");
      ASSERT_TRUE(writer->write(batch));
    }
    EXPECT_GT(everything().size(), 1U);
  }
  EXPECT_EQ(everything(), std::vector<std::string>{".itemize-export"});
}

TEST_F(FilesSinkTest, a_finish_that_fails_takes_back_what_it_published) {
  auto sink = make({.max_part_bytes = 100});
  auto writer = sink->open(1, {}).value();
  item::ItemBatch batch;
  for (int i = 0; i < 2; ++i) {
    fill(batch, 0, 0, 100, "x");
    ASSERT_TRUE(writer->write(batch));
  }
  // A folder stands where the second part would go.
  fs::create_directories(folder_ + "/shop/data/00000001-0001.json");
  const auto failed = writer->finish();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::io);
  EXPECT_NE(failed.error().message.find("00000001-0001.json"), std::string::npos);
  EXPECT_EQ(everything(), std::vector<std::string>{".itemize-export"});
}

TEST_F(FilesSinkTest, a_folder_that_vanishes_is_an_error) {
  auto sink = make();
  fs::remove_all(folder_ + "/shop");
  auto writer = sink->open(1, {}).value();
  item::ItemBatch batch;
  fill(batch, 0, 0, 1, "x");
  const auto failed = writer->write(batch);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message.find("exports/shop/tmp"), std::string::npos) << failed.error().message;
}

TEST_F(FilesSinkTest, leftovers_go_and_finished_files_stay) {
  std::string kept, stale;
  {
    auto sink = make();
    item::ItemBatch batch;
    for (std::uint64_t range = 1; range <= 2; ++range) {
      auto writer = sink->open(range, {}).value();
      fill(batch, 0, 0, 1, "x");
      ASSERT_TRUE(writer->write(batch));
      (range == 1 ? kept : stale) = writer->finish().value().files[0].path;
    }
  }
  std::ofstream(folder_ + "/shop/tmp/00000003-0000.json") << "{";
  auto sink = make();
  ASSERT_TRUE(sink->remove_leftovers({"other.table/data/00000009-0000.json", kept}));
  EXPECT_EQ(everything(), (std::vector<std::string>{".itemize-export", kept}));
  ASSERT_TRUE(sink->remove_files({kept, stale}));
  EXPECT_EQ(everything(), std::vector<std::string>{".itemize-export"});
}

TEST_F(FilesSinkTest, removes_nothing_outside_the_export) {
  auto sink = make();
  std::ofstream(root_ + "/00000001-0000.json") << "mine";
  for (const std::string path : {"../00000001-0000.json", "shop/data/../../../00000001-0000.json", "../data/00000001-0000.json",
                                 "shop/data/notes.txt", "/etc/data/00000001-0000.json"}) {
    EXPECT_FALSE(sink->remove_files({path})) << path;
  }
  EXPECT_TRUE(fs::exists(root_ + "/00000001-0000.json"));
}

TEST_F(FilesSinkTest, refuses_folders_of_others) {
  const std::vector<std::string> tables{"shop"};
  EXPECT_EQ(FilesSink::check_folder(folder_, tables, "").value(), FolderState::absent_or_empty);
  fs::create_directories(folder_);
  std::ofstream(folder_ + "/notes.txt") << "mine";
  const auto foreign = FilesSink::make(folder_, tables, {.owner = "workspace-1"});
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::conflict);
  EXPECT_NE(foreign.error().message.find("notes.txt"), std::string::npos);
  EXPECT_EQ(everything(), std::vector<std::string>{"notes.txt"});
  fs::remove(folder_ + "/notes.txt");
  make();
  EXPECT_EQ(FilesSink::check_folder(folder_, tables, "workspace-1").value(), FolderState::ours);
  EXPECT_FALSE(FilesSink::check_folder(folder_, tables, ""));
  const auto other = FilesSink::make(folder_, tables, {.owner = "workspace-2"});
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("another workspace"), std::string::npos);
}

TEST_F(FilesSinkTest, refuses_foreign_files_among_the_data) {
  make();
  std::ofstream(folder_ + "/README") << "beside the data: nobody reads it";
  EXPECT_TRUE(FilesSink::make(folder_, {"shop"}, {.owner = "workspace-1"}));
  std::ofstream(folder_ + "/shop/data/README") << "mine";
  const auto refused = FilesSink::make(folder_, {"shop"}, {.owner = "workspace-1"});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("shop/data/README"), std::string::npos);
}

TEST_F(FilesSinkTest, refuses_names_that_are_no_tables_and_levels_that_are_none) {
  for (const std::string name : {"..", "a", "../../etc", "a/b/c", "tab le", "näme"}) {
    const auto refused = FilesSink::make(folder_, {name}, {.owner = "w"});
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
  }
  EXPECT_FALSE(FilesSink::make(folder_, {"shop"}, {.compression = Compression::gzip, .level = 9, .owner = "w"}));
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(FilesSinkTest, writers_work_side_by_side) {
  auto sink = make({.compression = Compression::zstd, .level = 1});
  std::vector<std::thread> threads;
  for (std::uint64_t worker = 0; worker < 4; ++worker) {
    threads.emplace_back([&, worker] {
      for (std::uint64_t i = 0; i < 5; ++i) {
        auto writer = sink->open(worker * 100 + i, {}).value();
        item::ItemBatch batch;
        const std::string text = fill(batch, 0, 0, 2000, std::to_string(worker) + "-");
        ASSERT_TRUE(writer->write(batch));
        EXPECT_EQ(decompress(Compression::zstd, content(writer->finish().value().files[0].path)).value(), text);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(everything().size(), 21U);
}

}  // namespace
}  // namespace itemize::sink
