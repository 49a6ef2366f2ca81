#include "source/postgres/postgres.h"

#include <cstdio>

#include "source/postgres/activity.h"
#include "source/postgres/catalog.h"
#include "source/postgres/snapshot.h"

namespace itemize::source {
namespace postgres {
namespace {

/// "16/B374D848" as a number; 0 for what is none.
std::uint64_t lsn_of(const std::string& text) {
  unsigned high = 0;
  unsigned low = 0;
  return std::sscanf(text.c_str(), "%X/%X", &high, &low) == 2 ? std::uint64_t{high} << 32 | low : 0;
}

class PostgresSource : public Source {
 public:
  PostgresSource(Address address, Options options)
      : address_(std::move(address)), options_(std::move(options)), activity_(address_, options_) {}

  Result<row::Catalog> catalog() override {
    const std::unique_ptr<Connection> connection = TRY(Connection::open(address_, options_));
    return read_catalog(*connection);
  }
  Result<std::unique_ptr<Snapshot>> snapshot(const SnapshotOptions&) override { return take_snapshot(address_, options_); }
  Result<std::vector<ChangeCounter>> change_counters() override {
    const std::unique_ptr<Connection> connection = TRY(Connection::open(address_, options_));
    return read_change_counters(*connection);
  }
  Result<double> load_figure(const std::string& name) override { return activity_.load_figure(name); }
  Result<std::optional<double>> replica_lag() override { return activity_.replica_lag(); }
  int compare(const Position& a, const Position& b) const override {
    const std::uint64_t left = lsn_of(a.value);
    const std::uint64_t right = lsn_of(b.value);
    return left < right ? -1 : left > right ? 1 : 0;
  }

 private:
  Address address_;
  Options options_;
  Activity activity_;
};

}  // namespace
}  // namespace postgres

Result<std::unique_ptr<Source>> make_postgres_source(const Options& options) {
  return std::make_unique<postgres::PostgresSource>(TRY(postgres::parse_address(options.url)), options);
}

}  // namespace itemize::source
