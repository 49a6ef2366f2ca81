// Value by value: what our reader makes of every type's awkward values is what an independent driver reads.
#include "source/conformance/conformance.h"
#include "source/conformance/independent.h"

namespace itemize::source::conformance {
namespace {

TEST_P(Conformance, EveryValueIsWhatAnIndependentDriverReads) {
  std::vector<std::string> tables;
  for (const TypeCase& type : quirks().types) {
    if (!type.setup.empty()) run(type.setup);
    tables.push_back("values_" + std::to_string(tables.size()));
    run("CREATE TABLE " + tables.back() + " (id " + quirks().integer_type + " PRIMARY KEY, v " + type.declared + ")");
    run("INSERT INTO " + tables.back() + " VALUES (0, NULL)");
    for (std::size_t index = 0; index < type.literals.size(); ++index)
      run("INSERT INTO " + tables.back() + " VALUES (" + std::to_string(index + 1) + ", " + type.literals[index] + ")");
  }
  const Result<IndependentValues> independent = read_independently(database_->options().url, tables);
  if (!independent && independent.error().code == ErrorCode::not_found) GTEST_SKIP() << independent.error().to_string();
  ASSERT_TRUE(independent) << independent.error().to_string();

  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  std::size_t compared = 0;
  for (std::size_t number = 0; number < tables.size(); ++number) {
    const TypeCase& type = quirks().types[number];
    SCOPED_TRACE(type.declared);
    const Rows rows = read_whole(*open, table(tables[number]));
    EXPECT_EQ(rows.size(), type.literals.size() + 1);
    for (const std::vector<std::string>& row : rows) {
      const auto other = independent->find({tables[number], row[0]});
      ASSERT_NE(other, independent->end()) << "the other driver has no row " << row[0];
      const std::size_t index = std::stoul(row[0]);
      EXPECT_EQ(row[1], other->second) << "written as " << (index == 0 ? "NULL" : type.literals[index - 1]);
      ++compared;
    }
  }
  EXPECT_EQ(compared, independent->size());
}

}  // namespace
}  // namespace itemize::source::conformance
