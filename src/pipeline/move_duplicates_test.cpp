// Rows whose keys are not proven unique: collisions, and what the model's duplicates: makes of them. Also under ThreadSanitizer.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "pipeline/move.h"
#include "pipeline/rejects.h"
#include "pipeline/retry_rejects.h"
#include "pipeline/scan.h"
#include "pipeline/testing/fake_destination.h"
#include "pipeline/testing/moves.h"
#include "pipeline/testing/workspace.h"

namespace itemize::pipeline {
namespace {

using testing::bad_text;
using testing::FakeDestination;
using testing::four_threads;
using testing::lines_of;
using testing::TestWorkspace;

constexpr const char* body_model = R"(itemize: 1
source: sqlite:memory.db
target: { region: eu-west-1, endpoint: "http://127.0.0.1:1" }
tables:
  main: { partition_key: { PK: S }, billing_mode: PAY_PER_REQUEST }
items:
  Row: { table: main, from: rows, key: { PK: "BODY#{body}" }IDENTITY }
)";

std::string model_with(const std::string& identity) {
  std::string text = body_model;
  return text.replace(text.find("IDENTITY"), 8, identity);
}

testing::FakeRows with_duplicates(int count) {
  testing::FakeRows rows;
  for (int id = 1; id <= count; ++id) rows.emplace_back(id, "body " + std::to_string(id % 100 == 0 ? 0 : id));
  return rows;
}

/// Runs of a model whose keys are not proven.
struct Trial {
  Trial(const std::string& yaml, testing::FakeRows rows) : workspace(yaml) { workspace.state->rows = std::move(rows); }

  Result<MoveReport> run(const MoveOptions& options = four_threads()) {
    if (!workspace.ok()) return fail(ErrorCode::internal, workspace.problem);
    return move(workspace.migration(), destination, options, progress);
  }
  /// The source fails several times once something is being written.
  Result<MoveReport> run_in_trouble() {
    std::jthread trouble([this](std::stop_token over) {
      while (destination.begun == 0 && !over.stop_requested()) std::this_thread::yield();
      workspace.state->failures = 4;
    });
    auto report = run();
    trouble.request_stop();
    trouble.join();
    return report;
  }

  TestWorkspace workspace;
  FakeDestination destination;
  Progress progress;
};

TEST(MoveDuplicatesTest, a_collision_is_found_before_anything_is_written) {
  Trial trial(model_with(""), with_duplicates(500));
  const auto report = trial.run();
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("collision"), std::string::npos) << report.error().to_string();
  EXPECT_EQ(trial.destination.begun, 0);
}

TEST(MoveDuplicatesTest, rows_with_one_key_are_all_rejected) {
  Trial trial(model_with(", identity: row, duplicates: reject"), with_duplicates(500));
  const auto report = trial.run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->rejects, 5U);
  EXPECT_EQ(trial.destination.items.size(), 495U);
  EXPECT_EQ(lines_of(trial.workspace.folder, "Row"), 5U);
  const auto retried = retry_rejects(trial.workspace.migration(), trial.destination, {}, trial.progress);
  ASSERT_TRUE(retried) << retried.error().to_string();
  EXPECT_EQ(retried->front().unproven, 5U) << "one by one they would seem to fit";
  EXPECT_EQ(trial.destination.items.size(), 495U);
}

TEST(MoveDuplicatesTest, one_of_the_rows_with_one_key_is_kept) {
  Trial trial(model_with(", identity: row, duplicates: keep_one"), with_duplicates(500));
  const auto report = trial.run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->rejects, 0U);
  EXPECT_EQ(report->skipped, 4U);
  EXPECT_EQ(trial.destination.items.size(), 496U);
}

TEST(MoveDuplicatesTest, a_kept_row_survives_that_its_range_is_read_again) {
  Trial trial(model_with(", identity: row, duplicates: keep_one"), with_duplicates(500));
  const auto report = trial.run_in_trouble();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(trial.destination.items.size(), 496U);
  EXPECT_EQ(report->items, std::vector<std::uint64_t>{496}) << "each is counted once";
}

/// Copies of rows with numbers in their keys; the key ends with what no number can follow.
std::string numbered_model(const std::string& more) {
  std::string text = model_with(", identity: row, duplicates: number" + more);
  return text.replace(text.find("{body}"), 6, "{body}#");
}

/// `count` rows, of which those with the same remainder are alike.
testing::FakeRows copies(int count, int distinct) {
  testing::FakeRows rows;
  for (int row = 0; row < count; ++row) rows.emplace_back(row % distinct, "body " + std::to_string(row % distinct));
  return rows;
}

/// The keys that so many copies of each row must have.
std::set<std::string> keys_of_copies(int count, int distinct) {
  std::set<std::string> keys;
  for (int row = 0; row < count; ++row) {
    const std::string number = row / distinct == 0 ? "" : "#" + std::to_string(row / distinct + 1);
    keys.insert(R"({"PK":{"S":"BODY#body )" + std::to_string(row % distinct) + "#" + number + R"("}})");
  }
  return keys;
}

std::set<std::string> keys_of(const FakeDestination& destination) {
  std::set<std::string> keys;
  for (const auto& [key, item] : destination.items) keys.insert(key);
  return keys;
}

TEST(MoveDuplicatesTest, copies_get_numbers) {
  Trial trial(numbered_model(""), copies(500, 70));
  const auto report = trial.run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->rejects, 0U);
  EXPECT_EQ(report->items, std::vector<std::uint64_t>{500});
  EXPECT_EQ(keys_of(trial.destination), keys_of_copies(500, 70));
  EXPECT_EQ(trial.destination.items.at(R"({"PK":{"S":"BODY#body 3##7"}})"),
            R"({"PK":{"S":"BODY#body 3##7"},"id":{"N":"3"},"body":{"S":"body 3"}})");
  EXPECT_NE(trial.progress.take_notes().find("430 rows are copies"), std::string::npos);
}

TEST(MoveDuplicatesTest, a_range_that_is_read_again_has_the_same_numbers) {
  Trial trial(numbered_model(""), copies(500, 7));
  const auto report = trial.run_in_trouble();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(keys_of(trial.destination), keys_of_copies(500, 7));
  EXPECT_EQ(report->items, std::vector<std::uint64_t>{500}) << "each is counted once";
}

TEST(MoveDuplicatesTest, numbers_go_on_where_a_frozen_source_keeps_finished_ranges) {
  Trial trial(numbered_model(""), copies(300, 7));
  MoveOptions options = four_threads();
  options.frozen = true;
  trial.destination.writes_left = 60;
  ASSERT_FALSE(trial.run(options));
  trial.destination.writes_left = -1;
  trial.workspace.reopen();
  const auto report = trial.run(options);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->run.generation, 1);
  EXPECT_EQ(keys_of(trial.destination), keys_of_copies(300, 7));
}

TEST(MoveDuplicatesTest, rows_that_are_not_alike_get_no_numbers) {
  Trial trial(numbered_model(""), copies(300, 100));
  trial.workspace.state->rows[7].first = 1000;  // one of three rows with "body 7"
  const auto report = trial.run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->rejects, 3U);
  EXPECT_EQ(trial.destination.items.size(), 297U);
  const std::string rejects = read_file(Rejects::path_of(trial.workspace.folder, "Row")).value();
  EXPECT_NE(rejects.find("not alike"), std::string::npos) << rejects;
}

TEST(MoveDuplicatesTest, rows_are_alike_where_their_items_are) {
  Trial trial(numbered_model(", columns: [body]"), with_duplicates(500));
  const auto report = trial.run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->rejects, 0U);
  EXPECT_EQ(trial.destination.items.size(), 500U);
  EXPECT_TRUE(trial.destination.items.contains(R"({"PK":{"S":"BODY#body 0##5"}})"));
}

TEST(MoveDuplicatesTest, a_number_must_fit_into_the_key) {
  Trial trial(numbered_model(""), {});
  const std::string longest(2048 - 5 - 1 - 2, 'x');  // between "BODY#" and "#", and "#9" behind
  for (int copy = 0; copy < 10; ++copy) trial.workspace.state->rows.emplace_back(1, longest);
  const auto report = trial.run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->rejects, 1U);
  EXPECT_EQ(trial.destination.items.size(), 9U);
  const std::string rejects = read_file(Rejects::path_of(trial.workspace.folder, "Row")).value();
  EXPECT_NE(rejects.find(R"("reason":"key_too_large")"), std::string::npos) << rejects;
}

TEST(ScanTest, says_what_a_duplicates_policy_makes_of_rows) {
  struct Case {
    const char* policy;
    std::uint64_t items, numbered, skipped, rejected;
  };
  for (const Case& each : {Case{"number", 300, 200, 0, 0}, Case{"keep_one", 100, 0, 200, 0}, Case{"reject", 0, 0, 0, 300}}) {
    TestWorkspace workspace(numbered_model("").replace(numbered_model("").find("number"), 6, each.policy));
    ASSERT_TRUE(workspace.ok()) << workspace.problem;
    workspace.state->rows = copies(300, 100);
    const Migration migration = workspace.migration();
    const auto snapshots = take_snapshots(migration, {}).value();
    Progress progress;
    const auto report = scan(migration, snapshots, workspace.folder, {.threads = 4}, progress);
    ASSERT_TRUE(report) << report.error().to_string();
    EXPECT_EQ(report->collisions, 0U);
    EXPECT_EQ(report->items[0].items, each.items) << each.policy;
    EXPECT_EQ(report->items[0].numbered, each.numbered) << each.policy;
    EXPECT_EQ(report->items[0].skipped, each.skipped) << each.policy;
    EXPECT_EQ(report->items[0].rejected(), each.rejected) << each.policy;
  }
}

TEST(ScanTest, counts_what_a_load_would_find) {
  TestWorkspace workspace(model_with(""));
  ASSERT_TRUE(workspace.ok()) << workspace.problem;
  workspace.state->rows = with_duplicates(500);
  workspace.state->rows.emplace_back(501, bad_text);
  const Migration migration = workspace.migration();
  const auto snapshots = take_snapshots(migration, {}).value();
  ScanOptions options;
  options.threads = 4;
  Progress progress;
  const auto report = scan(migration, snapshots, workspace.folder, options, progress);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->rows, 501U);
  EXPECT_EQ(report->items[0].items, 500U);
  EXPECT_EQ(report->items[0].rejected(), 1U);
  EXPECT_EQ(report->collisions, 1U);
  ASSERT_EQ(report->examples.size(), 1U);
  EXPECT_EQ(report->examples[0].rows, 5U);
  EXPECT_EQ(report->examples[0].occurrences.size(), 5U);
}

}  // namespace
}  // namespace itemize::pipeline
