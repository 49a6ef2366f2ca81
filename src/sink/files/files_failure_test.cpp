// The files sink when the world is bad: full disks, folders that may not be written, kill -9.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "base/file.h"
#include "base/testing/small_disk.h"
#include "sink/files/files_sink.h"
#include "sink/files/manifest.h"

namespace itemize::sink {
namespace {

namespace fs = std::filesystem;

std::size_t file_count(const std::string& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename() != ".itemize-export") ++count;
  }
  return count;
}

/// Hard to compress, so that compressed files fill a disk as well.
void fill_batch(item::ItemBatch& batch, int items, unsigned seed) {
  std::mt19937_64 random(seed);
  batch.tables.resize(1);
  for (int i = 0; i < items; ++i) {
    std::string text = "{\"Item\":{\"v\":{\"N\":\"";
    for (int j = 0; j < 10; ++j) text += std::to_string(random());
    text += "\"}}}\n";
    batch.tables[0].puts.push_back({.text_begin = batch.tables[0].text.size(), .text_size = static_cast<std::uint32_t>(text.size())});
    batch.tables[0].text.append(text);
  }
}

class FilesOnSmallDiskTest : public ::testing::TestWithParam<Compression> {};

TEST_P(FilesOnSmallDiskTest, a_full_disk_is_told_and_nothing_half_done_stays) {
  const testing::SmallDisk disk(2'000'000);
  if (!disk.mounted()) GTEST_SKIP() << disk.reason();
  const std::string folder = disk.folder() + "/exports";
  auto sink = FilesSink::make(folder, {"shop"}, {.compression = GetParam(), .level = 1, .max_part_bytes = 300'000, .owner = "w"}).value();
  item::ItemBatch batch;
  auto attempt = [&](std::uint64_t range, int batches) -> Result<WriteResult> {
    auto writer = TRY(sink->open(range, {}));
    for (int i = 0; i < batches; ++i) {
      batch.clear();
      fill_batch(batch, 1000, static_cast<unsigned>(i));
      TRY(writer->write(batch));
    }
    return writer->finish();
  };
  const auto refused = attempt(1, 100);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::io);
  EXPECT_NE(refused.error().message.find("shop/tmp/00000001-"), std::string::npos) << refused.error().to_string();
  EXPECT_NE(refused.error().hint.find("free some space"), std::string::npos) << refused.error().to_string();
  EXPECT_EQ(file_count(folder), 0U);

  const auto smaller = attempt(1, 2);
  ASSERT_TRUE(smaller) << "the space is free again: " << smaller.error().to_string();
  EXPECT_EQ(file_count(folder), smaller->files.size());

  ManifestInfo info{.files = smaller->files};
  ASSERT_TRUE(write_manifest(folder, "shop", info));
  disk.fill();
  info.model_hash.assign(10'000, 'x');
  const auto full = write_manifest(folder, "shop", info);
  ASSERT_FALSE(full);
  EXPECT_EQ(read_file(folder + "/shop/manifest.json").value().find("xxx"), std::string::npos) << "the old one stands";
}

INSTANTIATE_TEST_SUITE_P(Compressions, FilesOnSmallDiskTest, ::testing::Values(Compression::none, Compression::gzip, Compression::zstd),
                         [](const auto& which) { return std::string(compression_name(which.param)); });

class FilesFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/itemize-files-XXXXXX";
    root_ = ::mkdtemp(name);
    ::chmod(root_.c_str(), 0755);
    folder_ = root_ + "/exports";
  }
  void TearDown() override { fs::remove_all(root_); }
  std::string root_, folder_;
};

TEST_F(FilesFolderTest, folders_that_may_not_be_written_are_told) {
  if (::getuid() != 0) GTEST_SKIP() << "needs root, to be two users";
  EXPECT_TRUE(testing::as_nobody([&] {
    const auto refused = FilesSink::make(folder_, {"shop"}, {.owner = "w"});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find(folder_), std::string::npos);
    EXPECT_NE(refused.error().hint.find("permissions"), std::string::npos) << refused.error().to_string();
  }));
  auto sink = FilesSink::make(folder_, {"shop"}, {.owner = "w"}).value();
  EXPECT_TRUE(testing::as_nobody([&] {
    auto writer = sink->open(1, {}).value();
    item::ItemBatch batch;
    fill_batch(batch, 1, 1);
    const auto refused = writer->write(batch);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().hint.find("permissions"), std::string::npos) << refused.error().to_string();
  }));
}

// Whatever was told finished is whole; whatever else is in data/ is whole too, because it was renamed when complete.
TEST_F(FilesFolderTest, kill_nine_leaves_only_whole_files_in_sight) {
  item::ItemBatch expected;
  fill_batch(expected, 2000, 7);
  for (int attempt = 0; attempt < 5; ++attempt) {
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto sink = FilesSink::make(folder_, {"shop"}, {.owner = "w"}).value();
      for (std::uint64_t range = static_cast<std::uint64_t>(attempt) * 100'000;; ++range) {
        auto writer = sink->open(range, {}).value();
        item::ItemBatch batch;
        fill_batch(batch, 2000, 7);
        writer->write(batch).value();
        writer->finish().value();
        if (::write(told[1], &range, sizeof range) != sizeof range) ::_exit(1);
      }
    }
    std::uint64_t last = 0;
    for (int i = 0; i < 3 + attempt; ++i) ASSERT_EQ(::read(told[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(told[1]);
    while (::read(told[0], &last, sizeof last) == sizeof last) {
    }
    ::close(told[0]);

    std::vector<std::string> finished;
    for (std::uint64_t range = static_cast<std::uint64_t>(attempt) * 100'000; range <= last; ++range) {
      std::string number = std::to_string(range);
      finished.push_back("shop/data/" + std::string(8 - number.size(), '0') + number + "-0000.json");
    }
    for (const auto& entry : fs::directory_iterator(folder_ + "/shop/data")) {
      EXPECT_EQ(read_file(entry.path()).value(), expected.tables[0].text.view());
    }
    auto sink = FilesSink::make(folder_, {"shop"}, {.owner = "w"}).value();
    ASSERT_TRUE(sink->remove_leftovers(finished));
    EXPECT_EQ(file_count(folder_), finished.size());
    for (const std::string& path : finished) EXPECT_TRUE(fs::exists(folder_ + "/" + path));
    ASSERT_TRUE(sink->remove_files(finished));
  }
}

}  // namespace
}  // namespace itemize::sink
