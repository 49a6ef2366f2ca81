// For tests: a whole migration in memory and a temporary folder: fake source, bound model, journal.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/model.h"
#include "pipeline/migration.h"
#include "pipeline/testing/fake_source.h"

namespace itemize::pipeline::testing {

inline constexpr const char* plain_model = R"(itemize: 1
source: sqlite:memory.db
target: { region: eu-west-1, endpoint: "http://127.0.0.1:1" }
tables:
  main: { partition_key: { PK: S }, billing_mode: PAY_PER_REQUEST }
items:
  Row: { table: main, from: rows, key: { PK: "ROW#{id}" } }
)";

class TestWorkspace {
 public:
  explicit TestWorkspace(const std::string& yaml = plain_model) : state(std::make_shared<FakeState>()), source_(state) {
    // In memory where it can be: a journal on a slow disk makes the tests slow, and they are not about disks.
    folder = (std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp") + std::string("/itemize-pipeline-XXXXXX");
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    catalogs_.push_back(source_.catalog().value());
    model::ParseResult parsed = model::parse_model("itemize.yaml", yaml, {});
    note(parsed.findings);
    if (!parsed.model) return;
    model_ = std::move(parsed.model);
    model::BindResult result = model::bind_model(*model_, catalogs_);
    note(result.findings);
    bound_ = std::move(result.bound);
    reopen();
  }
  ~TestWorkspace() {
    journal_.reset();
    std::filesystem::remove_all(folder);
  }
  TestWorkspace(const TestWorkspace&) = delete;

  /// As a new process finds it.
  void reopen() {
    journal_.reset();
    journal_ = std::move(journal::Journal::open(folder)).value();
  }
  Migration migration() {
    Migration migration;
    migration.bound = &*bound_;
    migration.sources = {&source_};
    migration.state_folder = folder;
    migration.journal = journal_.get();
    return migration;
  }
  bool ok() const { return bound_.has_value(); }

  std::shared_ptr<FakeState> state;
  std::string folder;
  std::string problem;   ///< Why there is no bound model.

 private:
  void note(const std::vector<model::Finding>& findings) {
    for (const model::Finding& finding : findings)
      if (finding.severity == model::Severity::error) problem += model::to_string(finding, "itemize.yaml") + "\n";
  }

  FakeSource source_;
  std::vector<row::Catalog> catalogs_;
  std::optional<model::Model> model_;
  std::optional<model::BoundModel> bound_;
  std::unique_ptr<journal::Journal> journal_;
};

}  // namespace itemize::pipeline::testing
