#include "pipeline/rejects.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "base/json.h"

namespace itemize::pipeline {
namespace {

namespace fs = std::filesystem;
const std::vector<std::string> types{"Order", "Customer"};

class RejectsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/itemize-rejects-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static Result<void> add(RejectPart& part, std::string_view type, int id, std::string_view row = {}) {
    const item::Rejection rejection{item::Reason::not_a_number, "price", "NaN is no number"};
    return part.add({type, "{\"table\":\"t\",\"key\":{\"id\":\"" + std::to_string(id) + "\"}}", row, {}, &rejection});
  }
  std::vector<std::string> ids(const std::string& type) const {
    std::vector<std::string> found;
    const auto text = read_file(Rejects::path_of(folder_, type));
    for (std::size_t begin = 0; text && begin < text->size();) {
      const std::size_t end = text->find('\n', begin);
      const auto line = json::parse(std::string_view(*text).substr(begin, end - begin)).value();
      EXPECT_EQ(line.text("item"), type);
      found.push_back(line.find("key")->text("id"));
      begin = end + 1;
    }
    std::ranges::sort(found);
    return found;
  }

  std::string folder_;
};

TEST_F(RejectsTest, a_line_tells_where_and_why) {
  Rejects rejects(folder_, 1, {}, 0);
  RejectPart part = rejects.begin(1);
  ASSERT_TRUE(add(part, "Order", 42, R"({"id":"42","price":"NaN"})"));
  ASSERT_TRUE(part.finish());
  ASSERT_TRUE(rejects.publish(types));
  const std::string path = folder_ + "/rejects/Order.jsonl";
  EXPECT_EQ(read_file(path).value(),
            R"({"item":"Order","table":"t","key":{"id":"42"},"reason":"not_a_number","attribute":"price","sentence":"NaN is no number","row":{"id":"42","price":"NaN"}})"
            "\n");
  for (const std::string& each : {path, folder_ + "/rejects/parts/1/1.jsonl"}) {
    struct stat about {};
    ASSERT_EQ(::stat(each.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U) << each;
  }
}

TEST_F(RejectsTest, publishing_twice_changes_nothing_and_needs_the_parts_only_until_the_run_is_finished) {
  Rejects rejects(folder_, 1, {}, 0);
  RejectPart part = rejects.begin(1);
  ASSERT_TRUE(add(part, "Order", 1));
  ASSERT_TRUE(add(part, "Customer", 2));
  ASSERT_TRUE(part.finish());
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(rejects.publish(types));
    EXPECT_EQ(ids("Order"), std::vector<std::string>{"1"});
    EXPECT_EQ(ids("Customer"), std::vector<std::string>{"2"});
  }
  ASSERT_TRUE(rejects.remove_parts());
  EXPECT_FALSE(path_exists(folder_ + "/rejects/parts"));
  EXPECT_EQ(ids("Order"), std::vector<std::string>{"1"});
}

TEST_F(RejectsTest, what_an_older_attempt_left_is_not_doubled) {
  {
    Rejects older(folder_, 1, {}, 0);
    RejectPart killed = older.begin(1);
    ASSERT_TRUE(add(killed, "Order", 1));
    RejectPart kept = older.begin(2);
    ASSERT_TRUE(add(kept, "Order", 2));
    ASSERT_TRUE(kept.finish());
  }
  Rejects rejects(folder_, 1, {}, 1);
  ASSERT_TRUE(rejects.keep_only(std::vector<std::int64_t>{2}));
  RejectPart part = rejects.begin(1);
  ASSERT_TRUE(add(part, "Order", 1));
  ASSERT_TRUE(part.finish());
  ASSERT_TRUE(rejects.publish(types));
  EXPECT_EQ(ids("Order"), (std::vector<std::string>{"1", "2"}));
}

TEST_F(RejectsTest, item_types_without_rejects_lose_their_file_others_keep_it) {
  for (const char* type : {"Order", "Customer", "Elsewhere"}) {
    ASSERT_TRUE(make_directories(folder_ + "/rejects", 0700));
    ASSERT_TRUE(write_file_atomically(Rejects::path_of(folder_, type), "{\"item\":\"" + std::string(type) + "\",\"key\":{\"id\":\"old\"}}\n"));
  }
  Rejects rejects(folder_, 2, {}, 0);
  RejectPart part = rejects.begin(9);
  ASSERT_TRUE(add(part, "Order", 1));
  ASSERT_TRUE(part.finish());
  ASSERT_TRUE(rejects.publish(types));
  EXPECT_EQ(ids("Order"), std::vector<std::string>{"1"});
  EXPECT_FALSE(path_exists(Rejects::path_of(folder_, "Customer")));
  EXPECT_EQ(ids("Elsewhere"), std::vector<std::string>{"old"}) << "not of this selection";
}

TEST_F(RejectsTest, the_parts_of_other_runs_are_left_alone) {
  Rejects first(folder_, 1, {}, 0);
  RejectPart part = first.begin(1);
  ASSERT_TRUE(add(part, "Order", 1));
  ASSERT_TRUE(part.finish());
  Rejects second(folder_, 2, {}, 0);
  ASSERT_TRUE(second.keep_only({}));
  ASSERT_TRUE(second.publish(types));
  ASSERT_TRUE(second.remove_parts());
  ASSERT_TRUE(first.publish(types));
  EXPECT_EQ(ids("Order"), std::vector<std::string>{"1"});
}

TEST_F(RejectsTest, a_torn_last_line_is_left_out) {
  Rejects rejects(folder_, 1, {}, 0);
  RejectPart part = rejects.begin(1);
  ASSERT_TRUE(add(part, "Order", 1));
  ASSERT_TRUE(part.finish());
  File file = File::open(rejects.part_path(1), O_WRONLY | O_APPEND).value();
  ASSERT_TRUE(file.write("{\"item\":\"Ord"));
  ASSERT_TRUE(rejects.publish(types));
  EXPECT_EQ(ids("Order"), std::vector<std::string>{"1"});
}

TEST_F(RejectsTest, too_many_stop_the_run_those_of_finished_ranges_included) {
  Rejects rejects(folder_, 1, 3, 2);
  RejectPart part = rejects.begin(1);
  ASSERT_TRUE(add(part, "Order", 1));
  const auto stopped = add(part, "Order", 2);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  EXPECT_NE(stopped.error().message.find("--max-rejects"), std::string::npos);
}

TEST_F(RejectsTest, a_range_that_is_read_again_counts_once) {
  Rejects rejects(folder_, 1, 2, 0);
  for (int attempt = 0; attempt < 3; ++attempt) {
    RejectPart part = rejects.begin(1);
    EXPECT_TRUE(add(part, "Order", 1));
    EXPECT_TRUE(add(part, "Order", 2));
    if (attempt == 2) ASSERT_TRUE(part.finish());
  }
  EXPECT_EQ(rejects.count(), 2U);
  ASSERT_TRUE(rejects.publish(types));
  EXPECT_EQ(ids("Order"), (std::vector<std::string>{"1", "2"}));
}

TEST_F(RejectsTest, an_attempt_without_rejects_takes_back_an_earlier_ones) {
  Rejects rejects(folder_, 1, {}, 0);
  {
    RejectPart part = rejects.begin(1);
    ASSERT_TRUE(add(part, "Order", 1));
  }
  RejectPart again = rejects.begin(1);
  ASSERT_TRUE(again.finish());
  ASSERT_TRUE(rejects.publish(types));
  EXPECT_EQ(ids("Order"), std::vector<std::string>{});
}

}  // namespace
}  // namespace itemize::pipeline
