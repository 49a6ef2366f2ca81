#include <gmock/gmock.h>

#include <chrono>
#include <set>
#include <thread>

#include "source/postgres/plan.h"
#include "source/postgres/testing.h"

namespace itemize::source::postgres {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class PostgresSnapshotDbTest : public PostgresDbTest {
 protected:
  std::unique_ptr<Snapshot> snapshot() {
    if (source_ == nullptr) source_ = source();
    Result<std::unique_ptr<Snapshot>> taken = source_->snapshot({});
    EXPECT_TRUE(taken) << taken.error().to_string();
    return *std::move(taken);
  }
  std::int64_t number(const std::string& sql) { return (*admin_->query(sql, "asking")).integer(0, 0); }
  std::unique_ptr<Source> source_;
};

TEST_F(PostgresSnapshotDbTest, RangesTogetherAreTheTableAtOnePoint) {
  run("CREATE TABLE numbers (id bigint PRIMARY KEY, note text); INSERT INTO numbers SELECT g, 'row ' || g FROM generate_series(1, 5000) g");
  const row::Table numbers = table("numbers");
  const auto taken = snapshot();
  run("DELETE FROM numbers WHERE id % 2 = 0; UPDATE numbers SET note = 'late'; INSERT INTO numbers SELECT g, 'late' FROM "
      "generate_series(5001, 9000) g");
  const auto ranges = *taken->plan(numbers, 50'000);
  EXPECT_GT(ranges.size(), 3U);
  std::multiset<std::string> rows;
  for (const Range& range : ranges)
    for (const std::string& line : read(*taken, *Range::from_json(range.to_json()), numbers, {"note", "id"})) rows.insert(line);
  EXPECT_EQ(rows.size(), 5000U);
  for (int id = 1; id <= 5000; ++id) EXPECT_EQ(rows.count("row " + std::to_string(id) + "|" + std::to_string(id)), 1U) << id;
  EXPECT_TRUE(taken->alive());
}

TEST_F(PostgresSnapshotDbTest, KeyIntervalsCoverTheTable) {
  run("CREATE TABLE pairs (a text COLLATE \"C\", b numeric, note text, PRIMARY KEY (a, b)); "
      "INSERT INTO pairs SELECT 'it''s ' || g % 7, g / 4.0, repeat('x', 100) FROM generate_series(1, 3000) g; ANALYZE pairs");
  const row::Table pairs = table("pairs");
  const auto taken = snapshot();
  TypeCatalog types;
  const Relation relation = *read_relation(*admin_, types, schema_, "pairs");
  const auto ranges = *plan_relation(*admin_, relation, pairs, 40'000, SplitBy::keys);
  run("DELETE FROM pairs");
  EXPECT_GT(ranges.size(), 4U);
  std::set<std::string> rows;
  std::size_t count = 0;
  for (const Range& range : ranges) {
    EXPECT_EQ(range.kind, RangeKind::keys);
    const auto lines = read(*taken, *Range::from_json(range.to_json()), pairs, {"a", "b"});
    EXPECT_LT(lines.size(), 1500U) << "about equal parts";
    count += lines.size();
    rows.insert(lines.begin(), lines.end());
  }
  EXPECT_EQ(count, 3000U);
  EXPECT_THAT(rows, SizeIs(3000));
}

TEST_F(PostgresSnapshotDbTest, PartitionsAreReadLeafByLeaf) {
  run("CREATE TABLE events (id int, at date, note text) PARTITION BY RANGE (at); CREATE TABLE \"events 2023\" PARTITION OF events FOR "
      "VALUES FROM ('2023-01-01') TO ('2024-01-01'); "
      "CREATE TABLE events_2024 (note text, at date, id int); ALTER TABLE events ATTACH PARTITION events_2024 FOR VALUES FROM "
      "('2024-01-01') TO ('2025-01-01'); "
      "CREATE TABLE events_rest PARTITION OF events DEFAULT PARTITION BY LIST (id); CREATE TABLE events_rest_1 PARTITION OF events_rest "
      "DEFAULT; "
      "INSERT INTO events SELECT g, date '2023-01-01' + g, 'n' || g FROM generate_series(0, 1499) g");
  const row::Catalog all = catalog();
  EXPECT_EQ(all.find(schema_, "events_2024"), nullptr) << "a partition is no table of its own";
  const row::Table events = table("events");
  EXPECT_EQ(events.kind, row::TableKind::partitioned);
  const auto taken = snapshot();
  const auto lines = read_all(*taken, events, {"id", "note"}, 1 << 20);
  EXPECT_THAT(lines, SizeIs(1500));
  EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(), 1500U);
  Range some;
  some.schema = schema_;
  some.table = "events";
  some.kind = RangeKind::rows;
  some.key_columns = {"id"};
  some.row_keys = {{"1"}, {"800"}, {"99999"}};
  EXPECT_THAT(read(*taken, some, events, {"id"}), testing::UnorderedElementsAre("1", "800"));
}

TEST_F(PostgresSnapshotDbTest, PartitionsThatMayNotBeNamedAreReadThroughTheirParent) {
  run("CREATE TABLE parts (id int, note text) PARTITION BY HASH (id); CREATE TABLE parts_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, "
      "REMAINDER 0); "
      "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1); INSERT INTO parts SELECT g, repeat('x', 200) FROM "
      "generate_series(1, 2000) g; "
      "DROP ROLE IF EXISTS itemize_parent_only; CREATE ROLE itemize_parent_only LOGIN; GRANT USAGE ON SCHEMA " +
      schema_ + " TO itemize_parent_only; GRANT SELECT ON parts TO itemize_parent_only");
  options_.url.replace(options_.url.find("itemize@"), 8, "itemize_parent_only@");
  const row::Table parts = table("parts");
  const auto taken = snapshot();
  EXPECT_THAT(read_all(*taken, parts, {"id"}, 100'000), SizeIs(2000));
  if (admin_->version() >= 140000) {
    EXPECT_GT(taken->plan(parts, 100'000)->size(), 2U);
  }
  run("DROP OWNED BY itemize_parent_only; DROP ROLE itemize_parent_only");
}

TEST_F(PostgresSnapshotDbTest, InheritanceParentsHoldTheirOwnRowsOnly) {
  run("CREATE TABLE base (id int); CREATE TABLE child (extra text) INHERITS (base); INSERT INTO base VALUES (1); INSERT INTO child VALUES "
      "(2, 'x')");
  const auto taken = snapshot();
  EXPECT_THAT(read_all(*taken, table("base"), {"id"}), ElementsAre("1"));
  EXPECT_THAT(read_all(*taken, table("child"), {"id", "extra"}), ElementsAre("2|x"));
}

TEST_F(PostgresSnapshotDbTest, ViewsAndMaterialisedViewsAreRead) {
  run("CREATE TABLE things (id int PRIMARY KEY, note text); INSERT INTO things SELECT g, 'n' || g FROM generate_series(1, 500) g; CREATE "
      "VIEW odd AS SELECT id, note FROM things WHERE id % 2 = 1; "
      "CREATE MATERIALIZED VIEW frozen AS SELECT * FROM odd; DELETE FROM things WHERE id > 100");
  const auto taken = snapshot();
  EXPECT_THAT(read_all(*taken, table("odd"), {"id"}), SizeIs(50));
  EXPECT_THAT(read_all(*taken, table("frozen"), {"id"}, 4000), SizeIs(250));
}

TEST_F(PostgresSnapshotDbTest, RowsAreFoundByTheTextOfTheirKeys) {
  run("CREATE TABLE keyed (u uuid, t timestamptz(3), d numeric(10,2), b bytea, s text, PRIMARY KEY (u, t, d, b, s)); "
      "INSERT INTO keyed SELECT md5(g::text)::uuid, timestamptz '2024-01-01 00:00:00+00' + g * interval '1.5 s', g / 8.0, "
      "decode(lpad(to_hex(g), 4, '0'), 'hex'), 'it''s \\ ' || g FROM generate_series(1, 50) g");
  const row::Table keyed = table("keyed");
  const auto taken = snapshot();
  const auto lines = read_all(*taken, keyed, all_columns(keyed));
  ASSERT_THAT(lines, SizeIs(50));
  Range some;
  some.schema = schema_;
  some.table = "keyed";
  some.kind = RangeKind::rows;
  some.key_columns = all_columns(keyed);
  for (const int index : {3, 17}) {
    std::vector<std::string> key;
    std::string rest = lines[static_cast<std::size_t>(index)];
    for (int part = 0; part < 4; ++part) {
      key.push_back(rest.substr(0, rest.find('|')));
      rest.erase(0, rest.find('|') + 1);
    }
    key.push_back(rest);
    some.row_keys.push_back(key);
  }
  EXPECT_THAT(read(*taken, some, keyed, all_columns(keyed)), testing::UnorderedElementsAre(lines[3], lines[17]));
  some.row_keys.clear();
  EXPECT_THAT(read(*taken, some, keyed, {"s"}), IsEmpty());
}

TEST_F(PostgresSnapshotDbTest, WhatWasTruncatedOrDroppedIsAnErrorAndNeverEmpty) {
  run("CREATE TABLE emptied (id int); INSERT INTO emptied VALUES (1); CREATE TABLE dropped (id int); INSERT INTO dropped VALUES (1); "
      "CREATE VIEW behind AS SELECT id FROM emptied; "
      "CREATE TABLE whole (id int) PARTITION BY LIST (id); CREATE TABLE whole_1 PARTITION OF whole FOR VALUES IN (1); INSERT INTO whole "
      "VALUES (1)");
  const row::Table emptied = table("emptied");
  const row::Table dropped = table("dropped");
  const row::Table behind = table("behind");
  const row::Table whole = table("whole");
  const auto taken = snapshot();
  run("TRUNCATE emptied; DROP TABLE dropped; ALTER TABLE whole DETACH PARTITION whole_1");
  EXPECT_THAT(read_all(*taken, emptied, {"id"}), ElementsAre(HasSubstr("truncated, rewritten or dropped after it was taken")));
  EXPECT_THAT(read_all(*taken, behind, {"id"}), ElementsAre(HasSubstr("truncated, rewritten or dropped after it was taken")));
  EXPECT_THAT(read_all(*taken, whole, {"id"}), ElementsAre(HasSubstr("detached after it was taken")));
  EXPECT_THAT(read_all(*taken, dropped, {"id"}), ElementsAre(HasSubstr("error: ")));
  EXPECT_TRUE(taken->alive()) << "a table that cannot be read does not end the snapshot";
}

TEST_F(PostgresSnapshotDbTest, APlannedTableCannotBeTruncatedUntilTheSnapshotEnds) {
  run("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)");
  const row::Table kept = table("kept");
  auto taken = snapshot();
  ASSERT_TRUE(taken->plan(kept, 1 << 20));
  run("SET lock_timeout = '100ms'");
  EXPECT_FALSE(admin_->execute("TRUNCATE kept", "truncating"));
  EXPECT_FALSE(admin_->execute("DROP TABLE kept", "dropping"));
  run("INSERT INTO kept VALUES (2)");
  EXPECT_THAT(read_all(*taken, kept, {"id"}), ElementsAre("1"));
  taken.reset();
  run("SET lock_timeout = '10s'; TRUNCATE kept");
}

TEST_F(PostgresSnapshotDbTest, ALockedTableIsAClearError) {
  run("CREATE TABLE busy (id int)");
  const row::Table busy = table("busy");
  options_.url += "%20-clock_timeout%3D10s";
  const auto taken = snapshot();
  const auto other = connect();
  ASSERT_TRUE(other->execute("BEGIN; LOCK TABLE " + schema_ + ".busy IN ACCESS EXCLUSIVE MODE", "locking"));
  const auto begin = std::chrono::steady_clock::now();
  const auto ranges = taken->plan(busy, 1 << 20);
  ASSERT_FALSE(ranges);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
  EXPECT_EQ(ranges.error().code, ErrorCode::unavailable) << ranges.error().to_string();
  EXPECT_THAT(ranges.error().to_string(), HasSubstr("another session holds an exclusive lock"));
  ASSERT_TRUE(other->execute("ROLLBACK", "unlocking"));
  EXPECT_TRUE(taken->plan(busy, 1 << 20)) << "the snapshot has survived";
}

TEST_F(PostgresSnapshotDbTest, ALostConnectionIsUnavailable) {
  run("CREATE TABLE many (id int, note text); INSERT INTO many SELECT g, repeat('x', 500) FROM generate_series(1, 200000) g");
  const row::Table many = table("many");
  const auto taken = snapshot();
  Range whole;
  whole.schema = schema_;
  whole.table = "many";
  auto reader = *taken->open(whole, many, {"id", "note"});
  row::RowBatch batch;
  ASSERT_TRUE(*reader->next(batch));
  EXPECT_EQ(number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'itemize' AND state = 'active' "
                   "AND pid <> pg_backend_pid()"),
            1);
  Result<bool> more = true;
  while (more && *more) more = reader->next(batch);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::unavailable) << more.error().to_string();
  EXPECT_TRUE(taken->alive());
  EXPECT_THAT(read(*taken, whole, many, {"id"}), SizeIs(200000)) << "another connection carries on";
  number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'itemize' AND pid <> pg_backend_pid()");
  for (int tries = 0; tries < 50 && taken->alive(); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(taken->alive());
}

TEST_F(PostgresSnapshotDbTest, AReaderThatIsGivenUpEndsItsStatement) {
  run("CREATE TABLE long_one (id int, note text); INSERT INTO long_one SELECT g, repeat('x', 1000) FROM generate_series(1, 50000) g");
  const row::Table long_one = table("long_one");
  const auto taken = snapshot();
  Range whole;
  whole.schema = schema_;
  whole.table = "long_one";
  auto reader = *taken->open(whole, long_one, {"note"});
  row::RowBatch batch;
  ASSERT_TRUE(*reader->next(batch));
  reader.reset();
  std::int64_t active = 1;
  for (int tries = 0; tries < 100 && active > 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    active =
        number("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'itemize' AND state = 'active' AND pid <> pg_backend_pid()");
  }
  EXPECT_EQ(active, 0);
}

TEST_F(PostgresSnapshotDbTest, ThePositionIsBeforeWhatTheSnapshotDoesNotSee) {
  run("CREATE TABLE ticks (id int)");
  const auto writer = connect();
  ASSERT_TRUE(writer->execute("BEGIN; INSERT INTO " + schema_ + ".ticks VALUES (1)", "writing"));
  const auto begin = std::chrono::steady_clock::now();
  const auto taken = snapshot();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << "an idle transaction is not waited for";
  ASSERT_TRUE(writer->execute("COMMIT", "writing"));
  const auto later = snapshot();
  EXPECT_LE(source_->compare(taken->position(), later->position()), 0);
  EXPECT_EQ(source_->compare(later->position(), later->position()), 0);
  EXPECT_GT(source_->compare({"1/0"}, {"0/FFFFFFFF"}), 0);
  EXPECT_LE(taken->taken_at(), later->taken_at());
  EXPECT_FALSE(taken->token().empty());
}

TEST_F(PostgresSnapshotDbTest, AColumnThatChangedItsTypeIsAConflict) {
  run("CREATE TABLE changing (id int, note varchar(10)); INSERT INTO changing VALUES (1, 'a')");
  const row::Table before = table("changing");
  run("ALTER TABLE changing ALTER note TYPE text; ALTER TABLE changing RENAME id TO number");
  const auto taken = snapshot();
  EXPECT_THAT(read_all(*taken, before, {"note"}), ElementsAre(HasSubstr("has the type text now, and had character varying(10)")));
  EXPECT_THAT(read_all(*taken, before, {"id"}), ElementsAre(HasSubstr("'id' is not there any more")));
}

}  // namespace
}  // namespace itemize::source::postgres
