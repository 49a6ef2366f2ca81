// PostgreSQL in the conformance suite.
#include <libpq-fe.h>
#include <unistd.h>

#include <cstdlib>

#include "source/conformance/conformance.h"
#include "source/postgres/conformance_types.h"

namespace itemize::source::conformance {
namespace {

/// A database of its own for each test, and one connection that writes to it.
class PostgresDatabase : public Database {
 public:
  explicit PostgresDatabase(const std::string& server) : server_(server), name_("conformance_" + std::to_string(::getpid())) {
    const std::string before = on(server_, "DROP DATABASE IF EXISTS " + name_);
    const std::string made = on(server_, "CREATE DATABASE " + name_);
    EXPECT_EQ(before + made, "");
    writer_ = PQconnectdb(url().c_str());
    EXPECT_EQ(PQstatus(writer_), CONNECTION_OK) << PQerrorMessage(writer_);
    // The server forgets (synchronous_commit = off), and a position is what is flushed: it would tell two snapshots apart a moment later only.
    execute("SET synchronous_commit = on; SET client_min_messages = warning; CREATE EXTENSION hstore; CREATE EXTENSION citext");
  }
  ~PostgresDatabase() override {
    PQfinish(writer_);
    on(server_, "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  }
  Options options() const override {
    Options options;
    options.url = url();
    return options;
  }
  std::string execute(const std::string& sql) override { return run(writer_, sql); }

 private:
  std::string url() const { return server_.substr(0, server_.rfind('/') + 1) + name_; }
  static std::string run(PGconn* connection, const std::string& sql) {
    PGresult* const result = PQexec(connection, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    std::string complaint =
        status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY ? "" : PQerrorMessage(connection);
    PQclear(result);
    return complaint;
  }
  static std::string on(const std::string& url, const std::string& sql) {
    PGconn* const connection = PQconnectdb(url.c_str());
    run(connection, "SET client_min_messages = warning");
    std::string complaint = run(connection, sql);
    PQfinish(connection);
    return complaint;
  }

  std::string server_;
  std::string name_;
  PGconn* writer_ = nullptr;
};

Quirks postgres_quirks() {
  Quirks quirks;
  quirks.name = "Server";
  const char* const server = std::getenv("ITEMIZE_TEST_POSTGRES");
  quirks.missing = [server] {
    return std::string(server == nullptr ? "ITEMIZE_TEST_POSTGRES is not set: run under test/engines/with_engines" : "");
  };
  quirks.make_database = [server] { return std::make_unique<PostgresDatabase>(server); };
  quirks.schema = "public";
  quirks.change_counters_lag = true;
  quirks.types = postgres_types();
  return quirks;
}

INSTANTIATE_TEST_SUITE_P(Postgres, Conformance, testing::Values(postgres_quirks()), conformance_name);

}  // namespace
}  // namespace itemize::source::conformance
