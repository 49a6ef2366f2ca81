// One PostgreSQL connection. The only files that include libpq are in this folder.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "source/postgres/address.h"
#include "source/source.h"

namespace itemize::source::postgres {

/// Rows of a statement, as text.
class Rows {
 public:
  explicit Rows(PGresult* result) : result_(result, PQclear) {}
  int count() const { return PQntuples(result_.get()); }
  bool is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  std::string_view view(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
  }
  std::string text(int row, int column) const { return std::string(view(row, column)); }
  std::int64_t integer(int row, int column) const;
  double real(int row, int column) const;
  bool boolean(int row, int column) const { return view(row, column) == "t"; }

 private:
  std::unique_ptr<PGresult, void (*)(PGresult*)> result_;
};

/// Connected, in a session whose settings make every value's text and binary form the same everywhere:
/// UTC, ISO dates, UTF-8 (or untouched bytes, where the database is SQL_ASCII), no time-outs but for locks, no rows hidden by policies.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const Address& address, const Options& options);

  Result<Rows> query(const std::string& sql, std::string_view what);
  /// With $1, $2, ... as text.
  Result<Rows> query(const std::string& sql, const std::vector<std::string>& parameters, std::string_view what);
  /// One or several statements without rows.
  Result<void> execute(const std::string& sql, std::string_view what);

  PGconn* get() const { return connection_.get(); }
  int version() const { return PQserverVersion(connection_.get()); }  ///< 150018 for 15.18.
  bool usable() const { return PQstatus(connection_.get()) == CONNECTION_OK && PQtransactionStatus(connection_.get()) != PQTRANS_UNKNOWN; }
  std::string parameter(const char* name) const;

 private:
  explicit Connection(PGconn* connection) : connection_(connection, PQfinish) {}
  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

/// "name" with quotes doubled.
std::string quoted(std::string_view name);
std::string quoted(std::string_view schema, std::string_view name);
/// 'text' with quotes doubled; right because the session has standard_conforming_strings on.
std::string literal(std::string_view text);

}  // namespace itemize::source::postgres
