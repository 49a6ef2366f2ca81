#include "pipeline/key_groups.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "pipeline/duplicate_finder.h"
#include "pipeline/key_log.h"
#include "pipeline/stale_keys.h"

namespace itemize::pipeline {
namespace {

namespace fs = std::filesystem;

class KeyGroupsTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    char name[] = "/tmp/itemize-groups-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  void TearDown() override {
    EXPECT_TRUE(fs::is_empty(folder_ + "/")) << "temporary files have no names";
    fs::remove_all(folder_);
  }
  /// Enough to spill, and with tiny memories not more files than a test needs.
  static unsigned rows() { return GetParam() < 10'000 ? 3'000 : GetParam() < 100'000 ? 10'000 : 30'000; }
  std::string folder_;
};

std::string random_key(std::mt19937& random, unsigned distinct) {
  std::string key = std::to_string(random() % distinct);
  return random() % 50 == 0 ? key + std::string(500, '#') : key;
}

TEST_P(KeyGroupsTest, agrees_with_a_map) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    std::mt19937 random(seed);
    const unsigned distinct = seed == 1 ? 3 : rows();
    KeyGroups groups({.folder = folder_, .memory = GetParam(), .notes_per_key = 2});
    std::map<std::string, std::vector<std::string>> expected;
    std::set<std::string> marked;
    for (unsigned i = 0; i < rows(); ++i) {
      const std::string key = random_key(random, distinct);
      const std::string note = std::to_string(i);
      expected[key].push_back(note);
      ASSERT_TRUE(groups.add(key, note));
    }
    for (unsigned i = 0; i < rows() / 3; ++i) {
      const std::string key = random_key(random, distinct * 2);
      marked.insert(key);
      ASSERT_TRUE(groups.mark(key));
    }
    std::set<std::string> seen;
    ASSERT_TRUE(groups.finish([&](const KeyGroup& group) -> Result<void> {
      const std::string key(group.key);
      EXPECT_TRUE(seen.insert(key).second) << key;
      const auto& notes = expected[key];
      EXPECT_EQ(group.count, notes.size());
      EXPECT_EQ(group.marked, marked.contains(key));
      EXPECT_EQ(group.notes.size(), std::min<std::size_t>(2, notes.size()));
      for (std::size_t i = 0; i < group.notes.size(); ++i) EXPECT_EQ(group.notes[i], notes[i]);
      return {};
    }));
    EXPECT_EQ(seen.size(), expected.size());
  }
}

TEST_P(KeyGroupsTest, one_key_for_all_rows_stays_one_entry) {
  KeyGroups groups({.folder = folder_, .memory = GetParam(), .notes_per_key = 3});
  for (int i = 0; i < 200'000; ++i) ASSERT_TRUE(groups.add("PROFILE", std::to_string(i)));
  int groups_seen = 0;
  ASSERT_TRUE(groups.finish([&](const KeyGroup& group) -> Result<void> {
    ++groups_seen;
    EXPECT_EQ(group.count, 200'000U);
    EXPECT_EQ(group.notes.size(), 3U);
    EXPECT_EQ(group.notes[2], "2");
    return {};
  }));
  EXPECT_EQ(groups_seen, 1);
}

TEST_P(KeyGroupsTest, copies_are_counted_by_place) {
  std::mt19937 random(5);
  KeyGroups groups({.folder = folder_, .memory = GetParam(), .notes_per_key = 1});
  struct Expected {
    std::set<std::uint64_t> contents;
    std::map<std::uint32_t, std::uint64_t> places;
    bool without = false;
  };
  std::map<std::string, Expected> expected;
  for (unsigned i = 0; i < rows(); ++i) {
    const std::string key = std::to_string(random() % (rows() / 8));
    Expected& each = expected[key];
    if (random() % 100 == 0) {
      each.without = true;
      ASSERT_TRUE(groups.add(key, "note"));
      continue;
    }
    const Copy copy{random() % 50 == 0 ? random() : std::uint64_t{7}, static_cast<std::uint32_t>(random() % 5)};
    each.contents.insert(copy.content);
    ++each.places[copy.place];
    ASSERT_TRUE(groups.add(key, "note", copy));
  }
  std::size_t alike = 0;
  ASSERT_TRUE(groups.finish([&](const KeyGroup& group) -> Result<void> {
    const Expected& each = expected[std::string(group.key)];
    EXPECT_EQ(group.alike, !each.without && each.contents.size() == 1) << group.key;
    if (!group.alike) {
      EXPECT_TRUE(group.places.empty());
      return {};
    }
    ++alike;
    std::map<std::uint32_t, std::uint64_t> places;
    for (const CopiesAt& at : group.places) {
      EXPECT_TRUE(places.empty() || places.rbegin()->first < at.place) << "by place";
      places[at.place] = at.count;
    }
    EXPECT_EQ(places, each.places);
    return {};
  }));
  EXPECT_GT(alike, 10U);
}

TEST_P(KeyGroupsTest, duplicates_agree_with_a_map) {
  std::mt19937 random(11);
  DuplicateFinder finder({.folder = folder_, .memory = GetParam(), .origins = 3});
  std::map<std::pair<std::size_t, std::string>, std::vector<std::pair<std::uint32_t, std::string>>> expected;
  for (unsigned i = 0; i < rows(); ++i) {
    const std::size_t table = random() % 3;
    const std::string key = std::to_string(random() % (rows() * 3 / 4));
    const std::uint32_t type = random() % 5;
    const std::string origin = i % 7 == 0 ? "" : "row " + std::to_string(i);
    expected[{table, key}].emplace_back(type, origin);
    ASSERT_TRUE(finder.add(table, key, type, origin));
  }
  std::erase_if(expected, [](const auto& entry) { return entry.second.size() < 2; });
  std::size_t found = 0;
  const auto total = finder.finish([&](const Duplicate& duplicate) -> Result<void> {
    ++found;
    const auto place = expected.find({duplicate.table, std::string(duplicate.key)});
    EXPECT_NE(place, expected.end()) << duplicate.key;
    if (place == expected.end()) return {};
    EXPECT_EQ(duplicate.count, place->second.size());
    EXPECT_EQ(duplicate.occurrences.size(), std::min<std::size_t>(3, place->second.size()));
    for (std::size_t i = 0; i < duplicate.occurrences.size(); ++i) {
      EXPECT_EQ(duplicate.occurrences[i].item_type, place->second[i].first);
      EXPECT_EQ(duplicate.occurrences[i].origin, place->second[i].second);
    }
    return {};
  });
  EXPECT_EQ(total.value(), expected.size());
  EXPECT_EQ(found, expected.size());
}

// Tiny memories spill at once and to several depths; the large one never does.
INSTANTIATE_TEST_SUITE_P(Memories, KeyGroupsTest, ::testing::Values(6'000UL, 40'000UL, 400'000UL, 64UL << 20));

class StaleKeysTest : public KeyGroupsTest {
 protected:
  void TearDown() override { fs::remove_all(folder_); }
};

TEST_P(StaleKeysTest, are_those_that_only_older_logs_hold) {
  std::mt19937 random(5);
  using TableKey = std::pair<std::size_t, std::string>;
  std::vector<CountedLog> older, current;
  std::set<TableKey> expected, newest;
  for (int file = 0; file < 6; ++file) {
    const bool is_current = file >= 4;
    const std::string path = folder_ + "/" + std::to_string(file);
    (is_current ? current : older).push_back({path, {}});
    KeyLog log = KeyLog::open(path).value();
    for (int batch = 0; batch < static_cast<int>(rows() / 300); ++batch) {
      const std::size_t table = random() % 3;
      std::vector<std::string> keys;
      for (int i = 0; i < 50; ++i) keys.push_back(random_key(random, rows()));
      for (const auto& key : keys) (is_current ? newest : expected).emplace(table, key);
      const std::vector<std::string_view> views(keys.begin(), keys.end());
      ASSERT_TRUE(log.append(table, views));
    }
  }
  std::erase_if(expected, [&](const TableKey& key) { return newest.contains(key); });
  std::set<TableKey> found;
  const auto total = find_stale_keys(older, current, {.folder = folder_, .memory = GetParam(), .batch = 25},
                                     [&](std::size_t table, std::span<const std::string_view> keys) -> Result<void> {
                                       EXPECT_LE(keys.size(), 25U);
                                       for (const auto key : keys) EXPECT_TRUE(found.emplace(table, key).second);
                                       return {};
                                     });
  ASSERT_TRUE(total) << total.error().to_string();
  EXPECT_EQ(*total, expected.size());
  EXPECT_EQ(found, expected);
  EXPECT_GT(expected.size(), 50U);
}

TEST_P(StaleKeysTest, count_by_owner_and_are_one_by_table) {
  // Owners 0 and 1 are of table 7, owner 2 of table 8.
  KeyLog old_log = KeyLog::open(folder_ + "/old").value();
  const std::vector<std::string_view> keys{"a", "b", "c"};
  for (const std::size_t owner : {0, 1, 2}) ASSERT_TRUE(old_log.append(owner, std::span(keys).subspan(owner == 1 ? 2 : 0)));
  KeyLog new_log = KeyLog::open(folder_ + "/new").value();
  ASSERT_TRUE(new_log.append(1, std::span(keys).first(1)));
  const std::vector<CountedLog> older{{folder_ + "/old", [](std::size_t owner) { return owner != 1; }}};
  const std::vector<CountedLog> current{{folder_ + "/new", {}}, {folder_ + "/old", [](std::size_t owner) { return owner == 1; }}};
  std::set<std::pair<std::size_t, std::string>> found;
  const StaleKeysOptions options{
      .folder = folder_, .memory = GetParam(), .batch = 25, .table_of = [](std::size_t owner) { return owner == 2 ? 8U : 7U; }};
  const auto total =
      find_stale_keys(older, current, options, [&](std::size_t table, std::span<const std::string_view> stale) -> Result<void> {
        for (const auto key : stale) found.emplace(table, key);
        return {};
      });
  ASSERT_TRUE(total) << total.error().to_string();
  EXPECT_EQ(found, (std::set<std::pair<std::size_t, std::string>>{{7, "b"}, {8, "a"}, {8, "b"}, {8, "c"}}));
}

INSTANTIATE_TEST_SUITE_P(Memories, StaleKeysTest, ::testing::Values(6'000UL, 40'000UL, 64UL << 20));

TEST(KeyGroupsErrorTest, a_missing_folder_is_told) {
  KeyGroups groups({.folder = "/nonexistent/folder", .memory = 1});
  const auto result = groups.add("a");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().to_string().find("/nonexistent/folder"), std::string::npos);
}

}  // namespace
}  // namespace itemize::pipeline
