#include "sink/files/manifest.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "base/file.h"
#include "base/json.h"
#include "sink/files/files_sink.h"

namespace itemize::sink {
namespace {

namespace fs = std::filesystem;

ManifestInfo example() {
  return {.itemize_version = "0.1.0",
          .generated_at = 1'767'225'600'000'012,
          .model_hash = "ab\"c",
          .run = 3,
          .generation = 2,
          .key = {{"PK", 'S'}, {"SK", 'N'}},
          .compression = Compression::gzip,
          .positions = {{"shop", "0/16B3748"}},
          .item_types = {{"Customer", 5}, {"Order", 0}},
          .files = {{.table = 0, .path = "shop/data/00000001-0000.json.gz", .items = 2, .bytes = 10, .uncompressed_bytes = 100, .checksum = "4waSgw=="},
                    {.table = 0, .path = "shop/data/00000002-0000.json.gz", .items = 3, .bytes = 18446744073709551605ULL, .uncompressed_bytes = 1, .checksum = "AAAAAA=="}}};
}

TEST(ManifestTest, says_what_the_files_hold) {
  const json::Value document = json::parse(manifest_text("shop", example())).value();
  EXPECT_EQ(document.text("format"), "itemize export");
  EXPECT_EQ(document.integer("format_version"), 1);
  EXPECT_EQ(document.text("itemize_version"), "0.1.0");
  EXPECT_EQ(document.text("generated_at"), "2026-01-01T00:00:00.000012Z");
  EXPECT_EQ(document.text("table"), "shop");
  EXPECT_EQ(document.text("model_hash"), "ab\"c");
  EXPECT_EQ(document.text("input_compression_type"), "GZIP");
  EXPECT_EQ(document.text("input_format"), "DYNAMODB_JSON");
  EXPECT_EQ(document.text("checksum_algorithm"), "CRC32C");
  EXPECT_EQ(document.integer("items"), 5);
  EXPECT_EQ(document.integer("uncompressed_bytes"), 101);
  EXPECT_EQ(document.find("item_types")->integer("Customer"), 5);
  EXPECT_EQ(document.find("positions")->text("shop"), "0/16B3748");
  const json::Array& key = *document.find("key_schema")->array();
  ASSERT_EQ(key.size(), 2U);
  EXPECT_EQ(key[1].text("AttributeName"), "SK");
  EXPECT_EQ(key[1].text("AttributeType"), "N");
  EXPECT_EQ(key[0].text("KeyType"), "HASH");
  EXPECT_EQ(key[1].text("KeyType"), "RANGE");
  const json::Array& files = *document.find("files")->array();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].text("path"), "data/00000001-0000.json.gz");
  EXPECT_EQ(files[0].text("checksum"), "4waSgw==");
  EXPECT_EQ(files[1].integer("items"), 3);
}

TEST(ManifestTest, an_empty_table_has_one_too) {
  const json::Value document = json::parse(manifest_text("shop", {})).value();
  EXPECT_TRUE(document.find("files")->array()->empty());
  EXPECT_EQ(document.integer("items"), 0);
}

TEST(ManifestTest, file_lists_come_back_as_they_were) {
  const ManifestInfo info = example();
  const auto files = files_from_json(files_to_json(info.files)).value();
  ASSERT_EQ(files.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(files[i].table, info.files[i].table);
    EXPECT_EQ(files[i].path, info.files[i].path);
    EXPECT_EQ(files[i].items, info.files[i].items);
    EXPECT_EQ(files[i].bytes, info.files[i].bytes);
    EXPECT_EQ(files[i].uncompressed_bytes, info.files[i].uncompressed_bytes);
    EXPECT_EQ(files[i].checksum, info.files[i].checksum);
  }
  EXPECT_TRUE(files_from_json("").value().empty());
  EXPECT_TRUE(files_from_json(files_to_json({})).value().empty());
  for (const std::string_view bad : {"{}", "[1]", "[{}]", "[{\"table\":-1}]", "["}) EXPECT_FALSE(files_from_json(bad)) << bad;
}

TEST(ManifestTest, stands_only_while_it_is_true) {
  char name[] = "/tmp/itemize-manifest-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  const std::string manifest = folder + "/shop/manifest.json";
  {
    auto sink = FilesSink::make(folder, {"shop"}, {.owner = "w"}).value();
    ASSERT_TRUE(write_manifest(folder, "shop", {}));
    EXPECT_TRUE(fs::exists(manifest));
    EXPECT_FALSE(fs::exists(folder + "/shop/tmp"));
    ASSERT_TRUE(sink->remove_leftovers({}));
    EXPECT_TRUE(fs::exists(manifest)) << "nothing was removed";

    auto writer = sink->open(1, {}).value();
    EXPECT_FALSE(fs::exists(manifest)) << "data/ is about to change";
    item::ItemBatch batch;
    batch.tables.resize(1);
    batch.tables[0].text.append("{\"Item\":{}}\n");
    batch.tables[0].puts.push_back({.text_size = 12});
    ASSERT_TRUE(writer->write(batch)) << "tmp/ is made again";
    const auto files = writer->finish().value().files;
    ASSERT_TRUE(write_manifest(folder, "shop", {.files = files}));
    ASSERT_TRUE(sink->remove_leftovers({files[0].path}));
    EXPECT_TRUE(fs::exists(manifest));
    ASSERT_TRUE(sink->remove_files({files[0].path}));
    EXPECT_FALSE(fs::exists(manifest));
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace itemize::sink
