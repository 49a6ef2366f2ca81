#include "source/postgres/errors.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace itemize::source::postgres {
namespace {

struct Row {
  std::string_view sqlstate;  ///< Whole, or the two characters of a class.
  ErrorCode code;
  std::string_view hint;
};

// Whole codes before classes.
constexpr Row known[] = {
    {"28P01", ErrorCode::permission, "set ITEMIZE_SOURCE_PASSWORD (or PGPASSWORD, or a line in ~/.pgpass) to this user's password"},
    {"28000", ErrorCode::permission,
     "check the user's name, and what the server's pg_hba.conf allows from this machine (also with or without TLS: sslmode)"},
    {"3D000", ErrorCode::not_found, "check the database's name at the end of the URL; names are case-sensitive"},
    {"42501", ErrorCode::permission, "ask for GRANT SELECT on it, and USAGE on its schema"},
    {"42P01", ErrorCode::not_found, "it was dropped or renamed since the catalog was read: run the command again"},
    {"3F000", ErrorCode::not_found, "it was dropped or renamed since the catalog was read: run the command again"},
    {"42703", ErrorCode::conflict, "the table was altered since the catalog was read: run the command again"},
    {"42883", ErrorCode::conflict, "the type lacks what is needed to read it so; leave the column out, or cast it in a view"},
    {"42P07", ErrorCode::conflict, ""},
    {"55P03", ErrorCode::unavailable,
     "another session holds an exclusive lock (ALTER TABLE, TRUNCATE, VACUUM FULL, ...): try again when it is done"},
    {"40001", ErrorCode::unavailable,
     "a standby cancels readers that hold up its replay: raise max_standby_streaming_delay there, set hot_standby_feedback = on, or read "
     "from the primary"},
    {"57014", ErrorCode::unavailable,
     "somebody cancelled the statement on the server (pg_cancel_backend); run the command again to carry on"},
    {"57P01", ErrorCode::unavailable,
     "the server is shutting down or an administrator ended this session; run the command again to carry on"},
    {"57P02", ErrorCode::unavailable, "the server crashed and is recovering; run the command again to carry on"},
    {"57P03", ErrorCode::unavailable, "the server is starting up or recovering: try again in a moment"},
    {"53300", ErrorCode::unavailable, "the server has no connection free: lower --connections, or wait for others to leave"},
    {"53200", ErrorCode::unavailable,
     "the server is out of memory or of locks (max_locks_per_transaction): read fewer tables at once, or raise it"},
    {"22021", ErrorCode::conflict,
     "the table holds bytes that are not valid in the database's encoding; find and repair them, or read a view that leaves them out"},
    {"22P05", ErrorCode::conflict,
     "the table holds characters that have no counterpart in UTF-8; read a view that leaves them out or converts them"},
    {"58P01", ErrorCode::io, "the server has lost a file: this needs its administrator"},
    {"XX001", ErrorCode::io, "the server found damaged data: this needs its administrator (pg_amcheck tells where)"},
    {"XX002", ErrorCode::io, "the server found a damaged index: this needs its administrator (REINDEX)"},
    {"08", ErrorCode::unavailable, "run the command again to carry on"},
    {"22", ErrorCode::invalid_input, ""},
    {"28", ErrorCode::permission, ""},
    {"42", ErrorCode::invalid_input, ""},
    {"53", ErrorCode::unavailable, "the server is short of resources: try again later"},
    {"55", ErrorCode::conflict, ""},
    {"57", ErrorCode::unavailable, "run the command again to carry on"},
    {"58", ErrorCode::io, "the server has trouble with its disk: this needs its administrator"},
};

/// Verbose text without its LOCATION line and SQLSTATE, on one line.
std::string plain(std::string_view verbose, const std::string& sqlstate) {
  std::string text;
  while (!verbose.empty()) {
    const std::size_t end = verbose.find('\n');
    const std::string line(trimmed(verbose.substr(0, end)));
    // With sslmode=prefer libpq says the same of both of its attempts.
    if (!line.empty() && !line.starts_with("LOCATION:") && text.find(line) == std::string::npos) text += (text.empty() ? "" : "; ") + line;
    verbose.remove_prefix(end == std::string_view::npos ? verbose.size() : end + 1);
  }
  if (!sqlstate.empty())
    for (std::size_t at = text.find(sqlstate + ": "); at != std::string::npos; at = text.find(sqlstate + ": "))
      text.erase(at, sqlstate.size() + 2);
  return text;
}

/// What libpq itself says before the server has spoken; its words are in English unless the program sets a locale, which it does not.
Meaning meaning_of_words(const std::string& text) {
  const auto says = [&](std::string_view words) { return text.find(words) != std::string::npos; };
  if (says("could not translate host name") || says("could not look up"))
    return {ErrorCode::not_found, "check the host's name in the URL, and this machine's DNS"};
  if (says("no password supplied")) return meaning_of_sqlstate("28P01");
  if (says("password retrieved from file")) return meaning_of_sqlstate("28P01");
  if (says("certificate verify failed") || says("does not match host name") || says("root certificate"))
    return {
        ErrorCode::permission,
        "name the server's certificate authority with sslrootcert=FILE in the URL; sslmode=require encrypts without checking who answers"};
  if (says("does not support SSL"))
    return {ErrorCode::permission,
            "the server has TLS switched off: switch it on there, or say sslmode=prefer in the URL if the network is trusted"};
  if (says("SSL")) return {ErrorCode::permission, "check sslmode, sslrootcert, sslcert and sslkey in the URL"};
  if (says("Connection refused"))
    return {ErrorCode::unavailable, "nothing listens there: check host and port, whether the server runs, and its listen_addresses"};
  if (says("No such file or directory"))
    return {ErrorCode::unavailable, "no server listens on that socket: check the folder, or name a host in the URL"};
  if (says("service file") || says("definition of service"))
    return {ErrorCode::invalid_input, "check the service's name and ~/.pg_service.conf"};
  if (says("invalid port number") || says("invalid sslmode") || says("invalid integer value") || says("invalid target_session_attrs"))
    return {ErrorCode::invalid_input, "correct the parameter in the URL"};
  return {ErrorCode::unavailable, "check host and port in the URL, and that a firewall lets this machine through"};
}

}  // namespace

Meaning meaning_of_sqlstate(std::string_view sqlstate) {
  for (const Row& row : known)
    if (!sqlstate.empty() && sqlstate.starts_with(row.sqlstate)) return {row.code, std::string(row.hint)};
  return {ErrorCode::internal, {}};
}

std::string sqlstate_in(std::string_view verbose) {
  const auto is_code = [](std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char byte) { return std::isdigit(byte) != 0 || (byte >= 'A' && byte <= 'Z'); });
  };
  // "FATAL:  28P01: password authentication failed": the severity may be translated, the code is not.
  for (std::size_t at = verbose.find(":  "); at != std::string_view::npos; at = verbose.find(":  ", at + 1)) {
    const std::string_view rest = verbose.substr(at + 3);
    if (rest.size() > 6 && rest[5] == ':' && is_code(rest.substr(0, 5))) return std::string(rest.substr(0, 5));
  }
  return {};
}

Error error_of_result(const PGresult* result, PGconn* connection, std::string_view what) {
  if (result == nullptr || PQstatus(connection) == CONNECTION_BAD) return error_of_loss(connection, what);
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const char* detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
  Meaning meaning = meaning_of_sqlstate(sqlstate == nullptr ? "" : sqlstate);
  std::string message = std::string(what) + ": " + (primary != nullptr ? std::string(primary) : std::string(trimmed(PQresultErrorMessage(result))));
  if (detail != nullptr) message += " (" + std::string(detail) + ")";
  if (sqlstate != nullptr) message += " [" + std::string(sqlstate) + "]";
  if (message.find("row-level security") != std::string::npos)
    meaning.hint =
        "policies hide rows of this table from this role, and a copy must not miss any: use a role with BYPASSRLS (ALTER ROLE ... "
        "BYPASSRLS) or the table's owner";
  return {meaning.code, std::move(message), std::move(meaning.hint), {}};
}

Error error_of_connect(PGconn* connection, std::string_view place) {
  const std::string verbose = PQerrorMessage(connection);
  const std::string sqlstate = sqlstate_in(verbose);
  const std::string text = plain(verbose, sqlstate);
  Meaning meaning = sqlstate.empty() ? meaning_of_words(text) : meaning_of_sqlstate(sqlstate);
  return {meaning.code,
          "cannot connect to PostgreSQL at " + std::string(place) + ": " + (text.empty() ? "no reason given" : text),
          std::move(meaning.hint),
          {}};
}

Error error_of_loss(PGconn* connection, std::string_view what) {
  const std::string verbose = connection == nullptr ? std::string() : PQerrorMessage(connection);
  const std::string sqlstate = sqlstate_in(verbose);
  Meaning meaning = sqlstate.empty() ? Meaning{} : meaning_of_sqlstate(sqlstate);
  if (meaning.code == ErrorCode::internal) meaning = {ErrorCode::unavailable, "run the command again to carry on"};
  return {meaning.code,
          std::string(what) + ": the connection to PostgreSQL was lost: " + plain(verbose, sqlstate),
          std::move(meaning.hint),
          {}};
}

}  // namespace itemize::source::postgres
