#include "sink/files/block_writer.h"

#include <gtest/gtest.h>

#include <random>

#include "base/testing/small_disk.h"

namespace itemize::sink {
namespace {

constexpr std::size_t block = BlockWriter::block_size;

std::string random_text(std::size_t size) {
  std::mt19937_64 random(size);
  std::string text(size, '\0');
  for (char& byte : text) byte = static_cast<char>(random());
  return text;
}

class BlockWriterTest : public ::testing::Test {
 protected:
  BlockWriterTest() {
    // Under TMPDIR, where O_DIRECT usually works; tmpfs is tried by the small disks.
    std::string name = ::testing::TempDir() + "itemize-blocks-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~BlockWriterTest() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name = "file") const { return folder_ + "/" + name; }

  std::string folder_;
};

TEST_F(BlockWriterTest, files_of_every_size_hold_what_was_appended) {
  std::vector<Block> blocks;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, block - 1, block, block + 1, 3 * block, 9 * block + 4097}) {
    const std::string text = random_text(size);
    auto writer = BlockWriter::create(path(), std::move(blocks)).value();
    std::mt19937 random(7);
    for (std::size_t at = 0; at < size;) {
      const std::size_t piece = std::min<std::size_t>(size - at, random() % (2 * block));
      ASSERT_TRUE(writer->append({text.data() + at, piece}));
      at += piece;
    }
    blocks = writer->finish().value();
    EXPECT_LE(blocks.size(), 4U);
    EXPECT_EQ(read_file(path()).value(), text) << size;
  }
}

TEST_F(BlockWriterTest, blocks_go_from_file_to_file) {
  auto first = BlockWriter::create(path("a"), {}).value();
  ASSERT_TRUE(first->append(random_text(6 * block)));
  std::vector<Block> blocks = first->finish().value();
  const std::size_t made = blocks.size();
  ASSERT_GT(made, 0U);
  auto second = BlockWriter::create(path("b"), std::move(blocks)).value();
  ASSERT_TRUE(second->append("short"));
  EXPECT_EQ(second->finish().value().size(), made);
  EXPECT_EQ(read_file(path("b")).value(), "short");
}

TEST_F(BlockWriterTest, one_that_is_given_up_waits_for_its_thread) {
  for (int turn = 0; turn < 20; ++turn) {
    auto writer = BlockWriter::create(path(), {}).value();
    ASSERT_TRUE(writer->append(random_text(5 * block)));
  }
}

TEST_F(BlockWriterTest, a_folder_that_is_not_there_is_told) {
  const auto writer = BlockWriter::create(folder_ + "/missing/file", {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::not_found);
}

TEST(BlockWriterOnSmallDiskTest, a_full_disk_is_told_by_a_later_append_or_at_the_end) {
  const testing::SmallDisk disk(3 * block + 10'000);
  if (!disk.mounted()) GTEST_SKIP() << disk.reason();
  for (const std::size_t size : {3 * block + 50'000, 4 * block, 20 * block}) {
    auto writer = BlockWriter::create(disk.folder() + "/file", {}).value();
    const std::string text = random_text(size);
    Result<void> appended;
    for (std::size_t at = 0; at < size && appended; at += 100'000) appended = writer->append(std::string_view(text).substr(at, 100'000));
    const auto finished = writer->finish();
    ASSERT_FALSE(finished) << size;
    EXPECT_NE(finished.error().message.find("cannot write '" + disk.folder() + "/file'"), std::string::npos) << finished.error().message;
    EXPECT_NE(finished.error().message.find("No space left"), std::string::npos) << finished.error().message;
    if (size == 20 * block) EXPECT_FALSE(appended);
  }
}

TEST(BlockWriterOnSmallDiskTest, memory_as_a_disk_holds_what_was_appended) {
  const testing::SmallDisk disk(20 * block);
  if (!disk.mounted()) GTEST_SKIP() << disk.reason();
  const std::string text = random_text(10 * block + 5);
  auto writer = BlockWriter::create(disk.folder() + "/file", {}).value();
  ASSERT_TRUE(writer->append(text));
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(read_file(disk.folder() + "/file").value(), text);
}

}  // namespace
}  // namespace itemize::sink
