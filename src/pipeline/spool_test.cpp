#include "pipeline/spool.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <random>

namespace itemize::pipeline {
namespace {

class SpoolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "itemize-test-spool.XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

void add(item::TableItems& items, std::string_view text, std::string_view key, std::string_view origin, std::uint32_t type) {
  item::Put put;
  put.text_begin = items.text.size();
  put.text_size = static_cast<std::uint32_t>(text.size());
  put.key_begin = items.keys.size();
  put.key_size = static_cast<std::uint32_t>(key.size());
  put.origin_begin = items.origins.size();
  put.origin_size = static_cast<std::uint32_t>(origin.size());
  put.item_size = 7;
  put.item_type = type;
  items.text.append(text);
  items.keys.append(key);
  items.origins.append(origin);
  items.puts.push_back(put);
}

/// Everything of a batch as lines.
std::string shown(const item::ItemBatch& batch) {
  std::string text;
  for (std::size_t index = 0; index < batch.tables.size(); ++index)
    for (const item::Put& put : batch.tables[index].puts) {
      const item::TableItems& items = batch.tables[index];
      text += std::to_string(index) + "|" + std::string(items.framed(put)) + "|" + std::string(items.key(put)) + "|" + std::string(items.origin(put)) + "|" + std::to_string(put.item_type) + "\n";
    }
  return text;
}

TEST_F(SpoolTest, WhatIsWrittenComesBackBatchByBatch) {
  std::mt19937 random(7);
  std::vector<std::string> expected;
  SpoolWriter writer = *SpoolWriter::create(folder_ + "/queue/1.spool");
  for (int round = 0; round < 50; ++round) {
    item::ItemBatch batch;
    batch.tables.resize(3);
    const auto puts = random() % 20;
    for (unsigned each = 0; each < puts; ++each)
      add(batch.tables[random() % 3], std::string(random() % 3000, static_cast<char>('a' + each)), "{\"id\":" + std::to_string(random()) + "}", "from", random() % 5);
    if (puts > 0) expected.push_back(shown(batch));
    ASSERT_TRUE(writer.write(batch));
  }
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(writer.bytes(), std::filesystem::file_size(folder_ + "/queue/1.spool"));

  SpoolReader reader = *SpoolReader::open(folder_ + "/queue/1.spool");
  item::ItemBatch batch;
  batch.tables.resize(3);
  for (const std::string& each : expected) {
    ASSERT_TRUE(*reader.next(batch));
    EXPECT_EQ(shown(batch), each);
  }
  EXPECT_FALSE(*reader.next(batch));
}

TEST_F(SpoolTest, OnlyItsOwnerMayReadIt) {
  SpoolWriter writer = *SpoolWriter::create(folder_ + "/queue/1.spool");
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(std::filesystem::status(folder_ + "/queue/1.spool").permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

/// Every cut and every changed byte is told, none is taken for items.
TEST_F(SpoolTest, DamageIsTold) {
  const std::string path = folder_ + "/1.spool";
  item::ItemBatch batch;
  batch.tables.resize(1);
  add(batch.tables[0], "{\"Item\":1}", "{\"id\":1}", "from", 0);
  SpoolWriter writer = *SpoolWriter::create(path);
  ASSERT_TRUE(writer.write(batch));
  ASSERT_TRUE(writer.finish());
  const std::string whole = *read_file(path);
  const auto outcome = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    SpoolReader reader = *SpoolReader::open(path);
    item::ItemBatch read;
    read.tables.resize(1);
    return reader.next(read);
  };
  for (std::size_t size = 1; size < whole.size(); ++size) EXPECT_FALSE(outcome(whole.substr(0, size))) << size;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    const auto result = outcome(changed);
    ASSERT_FALSE(result) << at;
    EXPECT_NE(result.error().hint.find("--again"), std::string::npos);
  }
}

TEST_F(SpoolTest, BytesThatAreNoBatchAreRefused) {
  item::ItemBatch batch;
  batch.tables.resize(2);
  add(batch.tables[1], "text", "key", "origin", 3);
  Buffer bytes;
  append_batch(batch, bytes);
  const auto parses = [](std::string_view text, std::size_t tables) {
    item::ItemBatch into;
    into.tables.resize(tables);
    return parse_batch(text, into);
  };
  EXPECT_TRUE(parses(bytes.view(), 2));
  EXPECT_FALSE(parses(bytes.view(), 1)) << "a table that the model does not have";
  for (std::size_t size = 1; size < bytes.size(); ++size) EXPECT_FALSE(parses(bytes.view(0, size), 2)) << size;
  const std::string twice = std::string(bytes.view()) + std::string(bytes.view());
  EXPECT_FALSE(parses(twice, 2)) << "one table twice";
}

}  // namespace
}  // namespace itemize::pipeline
