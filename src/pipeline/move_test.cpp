// Whole runs in memory: workers, rejects, generations. Also under ThreadSanitizer.
#include "pipeline/move.h"

#include <gtest/gtest.h>

#include <thread>

#include "journal/database.h"
#include "pipeline/rejects.h"
#include "pipeline/retry_rejects.h"
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

testing::FakeRows numbered(int count, int bad_every = 0) {
  testing::FakeRows rows;
  for (int id = 1; id <= count; ++id) rows.emplace_back(id, bad_every > 0 && id % bad_every == 0 ? bad_text : "row " + std::to_string(id));
  return rows;
}

class MoveTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(workspace.ok()) << workspace.problem; }

  Result<MoveReport> run(const MoveOptions& options = four_threads()) {
    workspace.reopen();
    Progress progress;
    auto report = move(workspace.migration(), destination, options, progress);
    notes = progress.take_notes();
    rows_told = progress.rows;
    return report;
  }

  TestWorkspace workspace;
  FakeDestination destination;
  std::string notes;
  std::uint64_t rows_told = 0;
};

TEST_F(MoveTest, every_row_becomes_an_item_once) {
  workspace.state->rows = numbered(500);
  const auto report = run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->rows, 500U);
  EXPECT_EQ(report->items, std::vector<std::uint64_t>{500});
  EXPECT_EQ(report->positions, std::vector<std::string>{"position 1"});
  EXPECT_EQ(destination.items.size(), 500U);
  EXPECT_EQ(destination.items.at(R"({"PK":{"S":"ROW#7"}})"), R"({"PK":{"S":"ROW#7"},"id":{"N":"7"},"body":{"S":"row 7"}})");
  EXPECT_TRUE(run()->nothing_to_do);
}

TEST_F(MoveTest, an_empty_table_is_a_finished_run) {
  const auto report = run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->rows, 0U);
  EXPECT_EQ(destination.finished, 1);
}

TEST_F(MoveTest, a_lost_connection_costs_its_range_only) {
  workspace.state->rows = numbered(300, 50);
  workspace.state->failures = 3;
  const auto report = run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(workspace.state->snapshots, 1);
  EXPECT_EQ(rows_told, 300U) << "rows of a range that is read again count once";
  EXPECT_EQ(workspace.state->readers, 30 + 3);
  EXPECT_EQ(report->rows, 300U);
  EXPECT_EQ(report->rejects, 6U);
  EXPECT_EQ(lines_of(workspace.folder, "Row"), 6U);
  EXPECT_NE(notes.find("again: "), std::string::npos);
}

TEST_F(MoveTest, a_lost_snapshot_ends_the_run_and_the_next_begins_a_generation) {
  workspace.state->rows = numbered(300, 50);
  destination.writes_left = 20;
  ASSERT_FALSE(run());
  destination.writes_left = -1;
  workspace.state->rows = numbered(200, 50);
  const auto report = run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->run.generation, 2);
  EXPECT_EQ(report->rows, 200U);
  EXPECT_EQ(report->rejects, 4U);
  EXPECT_EQ(lines_of(workspace.folder, "Row"), 4U) << "none of the older generation";
  EXPECT_EQ(report->positions, std::vector<std::string>{"position 2"});
}

TEST_F(MoveTest, a_frozen_source_keeps_finished_ranges_and_their_rejects) {
  workspace.state->rows = numbered(300, 50);
  MoveOptions options = four_threads();
  options.frozen = true;
  destination.writes_left = 60;
  ASSERT_FALSE(run(options));
  const int readers = workspace.state->readers;
  destination.writes_left = -1;
  const auto report = run(options);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_LT(workspace.state->readers - readers, 30) << "finished ranges are not read again";
  EXPECT_EQ(report->run.generation, 1);
  EXPECT_EQ(report->rows, 300U);
  EXPECT_EQ(destination.items.size(), 294U);
  EXPECT_EQ(lines_of(workspace.folder, "Row"), 6U);
}

TEST_F(MoveTest, a_source_that_was_not_frozen_after_all_is_read_again) {
  workspace.state->rows = numbered(300);
  MoveOptions options = four_threads();
  options.frozen = true;
  destination.writes_left = 60;
  ASSERT_FALSE(run(options));
  destination.writes_left = -1;
  workspace.state->rows[0].second = "changed";
  const auto report = run(options);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->run.generation, 2);
  EXPECT_NE(notes.find("has changed although"), std::string::npos);
}

TEST_F(MoveTest, a_failure_at_the_end_leaves_only_the_end_to_do_and_no_reject_is_lost) {
  workspace.state->rows = numbered(100, 10);
  destination.fail_at_end = true;
  ASSERT_FALSE(run());
  ASSERT_TRUE(remove_file(Rejects::path_of(workspace.folder, "Row")));  // as if the process had died before it was made
  const int readers = workspace.state->readers;
  destination.fail_at_end = false;
  const auto report = run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(workspace.state->readers, readers);
  EXPECT_EQ(report->rejects, 10U);
  EXPECT_EQ(lines_of(workspace.folder, "Row"), 10U);
}

/// As the journal of a run looks on a machine that was started anew.
void forget_boot_id(const std::string& folder) {
  auto database = journal::Database::open(folder + "/journal.db", journal::Database::Access::read_write).value();
  ASSERT_TRUE(database.execute("UPDATE runs SET boot_id = 'another'"));
}

TEST_F(MoveTest, after_a_power_loss_nothing_is_kept_that_may_not_be_on_the_disk) {
  workspace.state->rows = numbered(100);
  destination.survives_power_loss = false;
  destination.fail_at_end = true;
  ASSERT_FALSE(run());
  destination.fail_at_end = false;
  forget_boot_id(workspace.folder);
  const auto report = run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->run.generation, 2);
  ASSERT_EQ(report->notes.size(), 1U);
  EXPECT_NE(report->notes[0].find("verify"), std::string::npos);
}

TEST_F(MoveTest, a_restart_costs_nothing_where_all_is_on_the_disk) {
  workspace.state->rows = numbered(100);
  destination.fail_at_end = true;
  ASSERT_FALSE(run());
  destination.fail_at_end = false;
  forget_boot_id(workspace.folder);
  const auto report = run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->run.generation, 1);
  EXPECT_TRUE(report->notes.empty());
}

TEST_F(MoveTest, too_many_rejects_stop_it) {
  workspace.state->rows = numbered(300, 3);
  MoveOptions options = four_threads();
  options.max_rejects = 5;
  const auto report = run(options);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("--max-rejects"), std::string::npos);
  EXPECT_GE(lines_of(workspace.folder, "Row"), 5U);
}

TEST_F(MoveTest, what_the_target_refuses_is_a_reject) {
  workspace.state->rows = numbered(50);
  destination.refuse = "row 13";
  const auto report = run();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->rejects, 1U);
  const std::string line = read_file(Rejects::path_of(workspace.folder, "Row")).value();
  EXPECT_NE(line.find(R"("key":{"id":"13"},"reason":"refused")"), std::string::npos) << line;
  EXPECT_NE(line.find(R"("attributes":{"PK":{"S":"ROW#13"},"body":{"S":"row 13"},"id":{"N":"13"}})"), std::string::npos) << line;
}

TEST_F(MoveTest, stopping_is_prompt_and_the_run_goes_on_later) {
  workspace.state->rows = numbered(2000);
  std::stop_source stop;
  MoveOptions options = four_threads();
  options.stop = stop.get_token();
  std::jthread user([&] { stop.request_stop(); });
  const auto stopped = run(options);
  if (!stopped) {
    EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  }
  ASSERT_TRUE(run());
  EXPECT_EQ(destination.items.size(), 2000U);
}

TEST_F(MoveTest, rejects_are_tried_again_by_key) {
  workspace.state->rows = numbered(300, 50);
  ASSERT_TRUE(run());
  workspace.state->rows[49].second = "mended";  // id 50
  std::erase_if(workspace.state->rows, [](const auto& row) { return row.first == 100; });
  workspace.reopen();
  Progress progress;
  const auto retried = retry_rejects(workspace.migration(), destination, {}, progress);
  ASSERT_TRUE(retried) << retried.error().to_string();
  ASSERT_EQ(retried->size(), 1U);
  EXPECT_EQ(retried->front().written, 1U);
  EXPECT_EQ(retried->front().gone, 1U);
  EXPECT_EQ(retried->front().still, 4U);
  EXPECT_EQ(destination.items.size(), 295U);
  EXPECT_NE(destination.items.at(R"({"PK":{"S":"ROW#50"}})").find("mended"), std::string::npos);
  EXPECT_EQ(lines_of(workspace.folder, "Row"), 4U);
  for (auto& [id, body] : workspace.state->rows) body = "mended";
  ASSERT_TRUE(retry_rejects(workspace.migration(), destination, {}, progress));
  EXPECT_FALSE(path_exists(Rejects::path_of(workspace.folder, "Row")));
  EXPECT_EQ(destination.items.size(), 299U);
}

TEST_F(MoveTest, an_interrupted_retry_loses_no_reject) {
  workspace.state->rows = numbered(300, 50);
  ASSERT_TRUE(run());
  for (auto& [id, body] : workspace.state->rows) body = "mended";
  destination.writes_left = 0;
  Progress progress;
  ASSERT_FALSE(retry_rejects(workspace.migration(), destination, {}, progress));
  EXPECT_EQ(lines_of(workspace.folder, "Row"), 6U);
  destination.writes_left = -1;
  ASSERT_TRUE(retry_rejects(workspace.migration(), destination, {}, progress));
  EXPECT_EQ(lines_of(workspace.folder, "Row"), 0U);
}

TEST_F(MoveTest, rejects_of_an_unfinished_load_are_not_tried) {
  Progress progress;
  EXPECT_EQ(retry_rejects(workspace.migration(), destination, {}, progress).error().code, ErrorCode::not_found);
  workspace.state->rows = numbered(300, 50);
  destination.writes_left = 5;
  ASSERT_FALSE(run());
  EXPECT_EQ(retry_rejects(workspace.migration(), destination, {}, progress).error().code, ErrorCode::conflict);
}

}  // namespace
}  // namespace itemize::pipeline
