#include "source/mysql/server_error.h"

namespace itemize::source::mysql {
namespace {

struct Kind {
  ErrorCode code;
  std::string_view hint;
};

Kind kind_of(unsigned error_number) {
  switch (error_number) {
    case 1040:
      return {ErrorCode::unavailable, "the server has no connection left: ask for fewer with --connections, or raise its max_connections"};
    case 1203:
    case 1226:
      return {ErrorCode::unavailable, "this user has no connection left: ask for fewer with --connections, or raise its limit"};
    case number::access_denied:
    case 1698:
      return {ErrorCode::permission,
              "check the user and ITEMIZE_SOURCE_PASSWORD (or the [client] group of ~/.my.cnf), and from which hosts the user may connect"};
    case number::dbaccess_denied:
      return {ErrorCode::permission, "GRANT SELECT ON database.* TO the user (docs/sources/mysql.md)"};
    case 1130:
      return {ErrorCode::permission,
              "the server lets no one in from this machine: create the user for this host (CREATE USER name@'host')"};
    case 1251:
    case 2059:
    case 2061:
    case 2012:
      return {ErrorCode::permission,
              "the user's authentication plugin wants something that is missing here: see docs/sources/mysql.md on authentication"};
    case 1820:
    case 1862:
      return {ErrorCode::permission, "the user's password has expired: give it a new one with ALTER USER"};
    case 3118:
    case 4151:
      return {ErrorCode::permission, "the account is locked: ALTER USER ... ACCOUNT UNLOCK"};
    case 1142:
    case 1143:
    case number::specific_access_denied:
    case 1370:
    case 1345:
      return {ErrorCode::permission, "see the list of GRANT statements in docs/sources/mysql.md"};
    case number::bad_database:
      return {ErrorCode::not_found, "check the database's name at the end of the source's URL"};
    case number::no_such_table:
      return {ErrorCode::not_found, "the table was dropped or renamed since the catalog was read"};
    case 1054:
      return {ErrorCode::not_found, "the column was dropped or renamed since the catalog was read"};
    case 1356:
      return {ErrorCode::not_found, "the view refers to something that is gone, or its definer may not read it"};
    case number::table_definition_changed:
      return {ErrorCode::conflict, "the table was altered after the snapshot was taken: begin again when ALTER TABLE is done"};
    case number::lock_wait_timeout:
      return {ErrorCode::unavailable, "another transaction holds the lock that was waited for: try again when it has ended"};
    case 1053:
    case 1152:
    case 1158:
    case 1159:
    case 1160:
    case 1161:
    case 1184:
    case number::server_gone:
    case number::server_lost:
    case 2055:
      return {ErrorCode::unavailable,
              "the connection was cut (server stopped, connection killed, network lost): run the same command again"};
    case number::query_interrupted:
    case 1927:
    case 1928:
    case 3024:
    case 1969:
      return {ErrorCode::unavailable, "someone (or a rule of the server's) ended the query: run the same command again"};
    case 2002:
    case 2003:
      return {ErrorCode::unavailable, "check the host and port, that the server runs, and that a firewall lets this machine through"};
    case 2005:
      return {ErrorCode::not_found, "no such host: check the source's URL and this machine's DNS"};
    case 2026:
      return {ErrorCode::permission,
              "TLS failed: check ssl-mode and ssl-ca in the source's URL (ssl-mode=disabled only where the network is trusted)"};
    default:
      return {ErrorCode::internal, ""};
  }
}

}  // namespace

bool connection_is_lost(unsigned error_number) {
  switch (error_number) {
    case 1053:
    case 1152:
    case 1158:
    case 1159:
    case 1160:
    case 1161:
    case 1184:
    case 1927:
    case number::server_gone:
    case number::server_lost:
    case 2026:
    case 2055:
      return true;
    default:
      return false;
  }
}

std::unexpected<Error> fail_server(unsigned error_number, std::string_view message, std::string_view what) {
  const Kind kind = kind_of(error_number);
  return fail(kind.code, std::string(what) + ": " + std::string(message) + " (error " + std::to_string(error_number) + ")",
              std::string(kind.hint));
}

}  // namespace itemize::source::mysql
