// Connecting: the right code and a helpful hint for every way in which it fails, and never a secret.
#include <gmock/gmock.h>

#include "source/postgres/activity.h"
#include "source/postgres/errors.h"
#include "source/postgres/testing.h"

namespace itemize::source::postgres {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class PostgresConnectionDbTest : public PostgresDbTest {
 protected:
  static Error failure(const Options& options) {
    const Result<std::unique_ptr<Source>> made = make_postgres_source(options);
    if (!made) return made.error();
    const Result<row::Catalog> catalog = (*made)->catalog();
    EXPECT_FALSE(catalog);
    return catalog ? Error{} : catalog.error();
  }
  static Options with_url(const std::string& url) {
    Options options;
    options.url = url;
    return options;
  }
  static std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : value;
  }
  /// "127.0.0.1:5432" of the server under test.
  static std::string host_and_port() {
    const std::string url = environment("ITEMIZE_TEST_POSTGRES");
    const std::size_t at = url.find('@') + 1;
    return url.substr(at, url.find('/', at) - at);
  }
};

TEST_F(PostgresConnectionDbTest, PasswordsAreAskedForAndNeverShown) {
  if (environment("ITEMIZE_TEST_POSTGRES_SCRAM").empty()) GTEST_SKIP() << "this server has no user with a password";
  Options options = with_url(environment("ITEMIZE_TEST_POSTGRES_SCRAM"));
  EXPECT_EQ(failure(options).code, ErrorCode::permission);
  EXPECT_THAT(failure(options).to_string(), AllOf(HasSubstr(host_and_port()), HasSubstr("ITEMIZE_SOURCE_PASSWORD")));
  options.password = "hush-hush";
  const Error wrong = failure(options);
  EXPECT_EQ(wrong.code, ErrorCode::permission);
  EXPECT_THAT(wrong.to_string(), AllOf(HasSubstr("password authentication failed"), Not(HasSubstr("hush-hush")), Not(HasSubstr("28P01"))));
  options.password = environment("ITEMIZE_TEST_POSTGRES_SCRAM_PASSWORD");
  EXPECT_TRUE((*make_postgres_source(options))->catalog());
}

TEST_F(PostgresConnectionDbTest, WhatIsNotThereIsNamed) {
  const Error database = failure(with_url("postgresql://itemize@" + host_and_port() + "/no_such"));
  EXPECT_EQ(database.code, ErrorCode::not_found);
  EXPECT_THAT(database.to_string(), AllOf(HasSubstr("no_such"), HasSubstr(host_and_port())));
  const Error role = failure(with_url("postgresql://nobody_here@" + host_and_port() + "/itemize"));
  EXPECT_EQ(role.code, ErrorCode::permission);
  EXPECT_THAT(role.to_string(), HasSubstr("nobody_here"));
  const Error refused = failure(with_url("postgresql://itemize@127.0.0.1:1/itemize"));
  EXPECT_EQ(refused.code, ErrorCode::unavailable);
  EXPECT_THAT(refused.to_string(), AllOf(HasSubstr("127.0.0.1:1"), HasSubstr("nothing listens there")));
  const Error host = failure(with_url("postgresql://itemize@no-such-host.invalid/itemize"));
  EXPECT_EQ(host.code, ErrorCode::not_found) << host.to_string();
  EXPECT_THAT(host.to_string(), HasSubstr("no-such-host.invalid"));
}

TEST_F(PostgresConnectionDbTest, TlsModesAreLibpqs) {
  const std::string authority = environment("ITEMIZE_TEST_POSTGRES_CA");
  if (authority.empty()) GTEST_SKIP() << "this server has no TLS";
  const std::string base = environment("ITEMIZE_TEST_POSTGRES");
  const auto tls = [](const std::string& url) -> std::string {
    const auto connection = Connection::open(*parse_address(url), with_url(url));
    if (!connection) return connection.error().to_string();
    return (*(*connection)->query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", "asking")).text(0, 0);
  };
  EXPECT_EQ(tls(base + "?sslmode=require"), "t");
  EXPECT_EQ(tls(base + "?sslmode=disable"), "f");
  EXPECT_EQ(tls(base + "?sslmode=verify-full&sslrootcert=" + authority), "t");
  EXPECT_THAT(tls(base + "?sslmode=verify-ca&sslrootcert=/nowhere/root.crt"), HasSubstr("sslrootcert"));
  const Error unverified = failure(with_url(base + "?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"));
  EXPECT_EQ(unverified.code, ErrorCode::permission) << unverified.to_string();
}

TEST_F(PostgresConnectionDbTest, RolesDefaultsDoNotCutReadsShort) {
  run("DROP ROLE IF EXISTS itemize_hasty; CREATE ROLE itemize_hasty LOGIN; ALTER ROLE itemize_hasty SET statement_timeout = '1s'; ALTER "
      "ROLE itemize_hasty SET idle_in_transaction_session_timeout = '1s'; "
      "ALTER ROLE itemize_hasty SET TimeZone = 'Asia/Tokyo'; ALTER ROLE itemize_hasty SET DateStyle = 'German'; ALTER ROLE itemize_hasty "
      "SET bytea_output = 'escape'");
  options_.url.replace(options_.url.find("itemize@"), 8, "itemize_hasty@");
  const auto hasty = connect();
  for (const auto& [name, value] :
       {std::pair{"statement_timeout", "0"}, std::pair{"idle_in_transaction_session_timeout", "0"}, std::pair{"TimeZone", "UTC"},
        std::pair{"DateStyle", "ISO, YMD"}, std::pair{"bytea_output", "hex"}, std::pair{"row_security", "off"},
        std::pair{"lock_timeout", "10s"}, std::pair{"client_encoding", "UTF8"}, std::pair{"application_name", "itemize"}})
    EXPECT_EQ((*hasty->query(std::string("SHOW ") + name, "asking")).text(0, 0), value) << name;
  run("DROP ROLE itemize_hasty");
}

TEST_F(PostgresConnectionDbTest, OtherEncodingsAreConvertedOrLeftAlone) {
  for (const std::string encoding : {"LATIN1", "SQL_ASCII"}) {
    const std::string database = "itemize_" + std::string(encoding == "LATIN1" ? "latin1" : "ascii");
    run("DROP DATABASE IF EXISTS " + database);
    run("CREATE DATABASE " + database + " TEMPLATE template0 ENCODING '" + encoding + "' LC_COLLATE 'C' LC_CTYPE 'C'");
    Options options = options_;
    options.url = "postgresql://itemize@" + host_and_port() + "/" + database;
    {
      const auto connection = *Connection::open(*parse_address(options.url), options);
      // In LATIN1 the e with an acute accent; in SQL_ASCII a byte that means nothing.
      ASSERT_TRUE(connection->execute("CREATE TABLE words (w text)", "making"));
      ASSERT_TRUE(connection->execute(
          encoding == "LATIN1" ? "INSERT INTO words VALUES ('caf\u00e9')" : "INSERT INTO words VALUES (E'caf\\xe9')", "filling"));
      const auto origin = *make_postgres_source(options);
      const auto taken = *origin->snapshot({});
      const row::Catalog all = *origin->catalog();
      EXPECT_THAT(read_all(*taken, *all.find("", "words"), {"w"}), testing::ElementsAre(encoding == "LATIN1" ? "caf\u00e9" : "caf\xe9"));
    }
    run("DROP DATABASE " + database);
  }
}

TEST_F(PostgresConnectionDbTest, LoadIsToldToThoseWhoMayKnow) {
  const auto origin = source();
  EXPECT_EQ(*origin->load_figure("active_sessions"), 0);
  EXPECT_GE(*origin->load_figure("sessions"), 0);
  EXPECT_EQ(*origin->load_figure("longest_transaction_seconds"), 0);
  const auto unknown = origin->load_figure("active_session");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
  EXPECT_THAT(unknown.error().hint, HasSubstr("did you mean active_sessions?"));
  EXPECT_EQ(*origin->replica_lag(), std::nullopt) << "there are no replicas";
}

TEST_F(PostgresConnectionDbTest, CountersChangeWithTheTable) {
  run("CREATE TABLE counted (id int); CREATE TABLE still (id int); INSERT INTO counted VALUES (1); INSERT INTO still VALUES (1)");
  const auto origin = source();
  const auto counter = [&](const std::string& name) {
    if (admin_->version() >= 150000) run("SELECT pg_stat_force_next_flush()");
    const std::vector<ChangeCounter> counters = *origin->change_counters();
    for (const ChangeCounter& each : counters)
      if (each.schema == schema_ && each.table == name) return each.value;
    return std::string();
  };
  if (admin_->version() < 150000) GTEST_SKIP() << "before version 15 a session's counters cannot be flushed at will";
  const std::string before = counter("counted");
  const std::string still = counter("still");
  EXPECT_NE(before, "");
  EXPECT_EQ(counter("counted"), before);
  run("UPDATE counted SET id = 2");
  const std::string updated = counter("counted");
  EXPECT_NE(updated, before);
  run("TRUNCATE counted");
  EXPECT_NE(counter("counted"), updated);
  EXPECT_EQ(counter("still"), still);
}

}  // namespace
}  // namespace itemize::source::postgres
