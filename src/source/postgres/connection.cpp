#include "source/postgres/connection.h"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>

#include "source/postgres/errors.h"

namespace itemize::source::postgres {
namespace {

constexpr int oldest_version = 120000;

/// Drives PQconnectPoll, so that the verbose form of messages (with SQLSTATE) is on before the server says anything.
Result<void> finish_connecting(PGconn* connection, const Address& address, std::chrono::seconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED || PQstatus(connection) == CONNECTION_BAD)
      return std::unexpected(error_of_connect(connection, address.place));
    pollfd descriptor{PQsocket(connection), static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    const int ready = left <= 0 ? 0 : poll(&descriptor, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0)
      return fail(
          ErrorCode::unavailable,
          "cannot connect to PostgreSQL at " + address.place + ": no answer within " + std::to_string(timeout.count()) + " s",
          "check host and port in the URL, and that a firewall lets this machine through; connect_timeout=SECONDS in the URL waits longer");
    state = PQconnectPoll(connection);
  }
  return {};
}

std::chrono::seconds timeout_in(PGconn* connection, std::chrono::seconds fallback) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(PQconninfo(connection), PQconninfoFree);
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option)
    if (std::string_view(option->keyword) == "connect_timeout" && option->val != nullptr)
      if (const int seconds = std::atoi(option->val); seconds > 0) return std::chrono::seconds(std::max(seconds, 2));  // libpq's own least
  return fallback;
}

std::string session_settings(int version, bool raw_bytes) {
  std::string sql = std::string("SET client_encoding = '") + (raw_bytes ? "SQL_ASCII" : "UTF8") + "'";
  // Forms of values. IntervalStyle and the like matter where a type is read by its text.
  sql +=
      "; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = 3; SET bytea_output = "
      "'hex'"
      "; SET standard_conforming_strings = on; SET xmloption = 'content'";
  // A long read must not be cut off by a role's or database's defaults; waiting for a lock must be.
  sql += "; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '10s'";
  if (version >= 140000) sql += "; SET idle_session_timeout = 0";
  if (version >= 170000) sql += "; SET transaction_timeout = 0";
  // A policy that would hide rows becomes an error. Compiling a plain scan costs more than it gives.
  sql += "; SET row_security = off; SET jit = off";
  return sql;
}

void ignore_notice(void*, const PGresult*) {}

}  // namespace

std::int64_t Rows::integer(int row, int column) const {
  const std::string_view text = view(row, column);
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double Rows::real(int row, int column) const { return std::strtod(PQgetvalue(result_.get(), row, column), nullptr); }

Result<std::unique_ptr<Connection>> Connection::open(const Address& address, const Options& options) {
  // Values before the URL are defaults that it may override; those after it are ours.
  // Keepalives: a server that vanished is noticed within two minutes, not after hours.
  std::vector<const char*> names{"keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
                                 "dbname",          "application_name"};
  std::vector<const char*> values{"30", "10", "6", "120000", address.url.c_str(), "itemize"};
  if (options.password) {
    names.push_back("password");
    values.push_back(options.password->c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<Connection> made(new Connection(PQconnectStartParams(names.data(), values.data(), 1)));
  PGconn* connection = made->get();
  if (connection == nullptr) return fail(ErrorCode::internal, "no memory for a connection");
  PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
  PQsetNoticeReceiver(connection, ignore_notice, nullptr);
  TRY(finish_connecting(connection, address, timeout_in(connection, options.connect_timeout)));
  if (made->version() < oldest_version)
    return fail(ErrorCode::invalid_input,
                "the server at " + address.place + " is PostgreSQL " + made->parameter("server_version") + "; 12 and later are read",
                "upgrade it, or restore a dump into a newer one and read that");
  TRY(made->execute(session_settings(made->version(), made->parameter("server_encoding") == "SQL_ASCII"), "preparing the session"));
  return made;
}

Result<Rows> Connection::query(const std::string& sql, std::string_view what) { return query(sql, {}, what); }

Result<Rows> Connection::query(const std::string& sql, const std::vector<std::string>& parameters, std::string_view what) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  PGresult* const result = PQexecParams(get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 0);
  Rows rows(result);
  if (PQresultStatus(result) != PGRES_TUPLES_OK) return std::unexpected(error_of_result(result, get(), what));
  return rows;
}

Result<void> Connection::execute(const std::string& sql, std::string_view what) {
  PGresult* const result = PQexec(get(), sql.c_str());
  const Rows owned(result);
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return std::unexpected(error_of_result(result, get(), what));
  return {};
}

std::string Connection::parameter(const char* name) const {
  const char* value = PQparameterStatus(get(), name);
  return value == nullptr ? std::string() : value;
}

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char byte : name) {
    if (byte == '"') text += '"';
    text += byte;
  }
  return text + '"';
}

std::string quoted(std::string_view schema, std::string_view name) { return quoted(schema) + "." + quoted(name); }

std::string literal(std::string_view text) {
  std::string result = "'";
  for (const char byte : text) {
    if (byte == '\'') result += '\'';
    result += byte;
  }
  return result + "'";
}

}  // namespace itemize::source::postgres
