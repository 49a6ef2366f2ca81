// For tests: the servers they run against, and a client that is libmariadb itself, none of the code under test.
#pragma once

#include <mysql.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "source/mysql/address.h"
#include "source/source.h"

namespace itemize::source::mysql {

class TestClient {
 public:
  explicit TestClient(const Address& address) {
    const unsigned tcp = MYSQL_PROTOCOL_TCP;
    mysql_optionsv(mysql_, MYSQL_OPT_PROTOCOL, &tcp);
    mysql_optionsv(mysql_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (mysql_real_connect(mysql_, address.host.c_str(), address.user.c_str(), address.password.value_or("").c_str(),
                           address.database.empty() ? nullptr : address.database.c_str(), address.port, nullptr,
                           CLIENT_MULTI_STATEMENTS) == nullptr)
      complaint_ = mysql_error(mysql_);
    else
      run("SET SESSION time_zone = '+00:00'");
  }
  ~TestClient() { mysql_close(mysql_); }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  /// Empty, or the server's complaint. Results are thrown away.
  std::string run(const std::string& sql) {
    if (!complaint_.empty()) return complaint_;
    if (mysql_real_query(mysql_, sql.data(), sql.size()) != 0) return mysql_error(mysql_);
    int next = 0;
    do {
      mysql_free_result(mysql_store_result(mysql_));
      next = mysql_next_result(mysql_);
    } while (next == 0);
    return next > 0 ? mysql_error(mysql_) : "";
  }
  /// The first column of every row.
  std::vector<std::string> column(const std::string& sql) {
    std::vector<std::string> values;
    if (!complaint_.empty() || mysql_real_query(mysql_, sql.data(), sql.size()) != 0) return values;
    MYSQL_RES* const result = mysql_store_result(mysql_);
    while (MYSQL_ROW row = result == nullptr ? nullptr : mysql_fetch_row(result)) values.emplace_back(row[0] == nullptr ? "" : row[0]);
    mysql_free_result(result);
    return values;
  }
  std::string value(const std::string& sql) {
    const std::vector<std::string> values = column(sql);
    return values.empty() ? std::string() : values.front();
  }
  bool is_mariadb() const { return mariadb_connection(mysql_) != 0; }
  unsigned long version() const { return mysql_get_server_version(mysql_); }

 private:
  MYSQL* mysql_ = mysql_init(nullptr);
  std::string complaint_;
};

/// A server that the environment names, as test/engines/with_engines sets it: <variable> is a URL of a user that may do everything.
class TestServer {
 public:
  static const TestServer& mariadb() {
    static const TestServer server("ITEMIZE_TEST_MARIADB");
    return server;
  }
  static const TestServer& mysql() {
    static const TestServer server("ITEMIZE_TEST_MYSQL");
    return server;
  }

  /// Why there is none; empty where there is one.
  std::string missing() const { return url_.empty() ? variable_ + " is not set (test/engines/with_engines)" : std::string(); }
  /// For another user and another database; the password is the same for all test users.
  /// Without TLS unless the settings say so: libmariadb reads all of the system's authorities for each connection, slow under a sanitizer.
  Options options(const std::string& database, const std::string& user = {}, const std::string& settings = "?ssl-mode=disabled") const {
    Options options;
    const std::string scheme = url_.substr(0, url_.find("://") + 3);
    const Address address = *address_from({url_});
    options.url = scheme + (user.empty() ? address.user : user) + "@" + address.place() + "/" + database + settings;
    if (const char* password = std::getenv((variable_ + "_PASSWORD").c_str())) options.password = password;
    return options;
  }
  std::unique_ptr<TestClient> connect(const std::string& database) const {
    return std::make_unique<TestClient>(*address_from(options(database)));
  }
  bool is_mariadb() const { return facts().mariadb; }
  unsigned long version() const { return facts().version; }
  bool has_binlog() const { return facts().binlog; }
  /// Several connections can be brought to one point without a lock (docs/sources/mysql.md).
  bool has_lock_free_point() const { return has_binlog() && (is_mariadb() || (facts().gtids && version() >= 50700)); }
  std::string variable(const std::string& suffix) const {
    const char* const value = std::getenv((variable_ + suffix).c_str());
    return value == nullptr ? std::string() : std::string(value);
  }

 private:
  struct Facts {
    bool mariadb = false, binlog = false, gtids = false;
    unsigned long version = 0;
  };
  const Facts& facts() const {
    if (facts_.version == 0) {
      const std::unique_ptr<TestClient> client = connect("");
      facts_ = {client->is_mariadb(), client->value("SELECT @@GLOBAL.log_bin") == "1", client->value("SELECT @@GLOBAL.gtid_mode") == "ON",
                client->version()};
    }
    return facts_;
  }
  explicit TestServer(const char* variable) : variable_(variable) {
    if (const char* const url = std::getenv(variable)) url_ = url;
  }
  std::string variable_;
  std::string url_;
  mutable Facts facts_;  ///< Asked for once, from the test's one thread.
};

}  // namespace itemize::source::mysql
