// What the server or the client library says went wrong, as our Errors.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace itemize::source::mysql {

/// Numbers of the server's errors (MySQL's "Server Error Message Reference") and of the client library's that are acted on.
namespace number {
inline constexpr unsigned dbaccess_denied = 1044, access_denied = 1045, bad_database = 1049, no_such_table = 1146, unknown_variable = 1193,
                          lock_wait_timeout = 1205, specific_access_denied = 1227, query_interrupted = 1317,
                          table_definition_changed = 1412;
inline constexpr unsigned parse_error = 1064, server_gone = 2006, server_lost = 2013, tls_failed = 2026;
}  // namespace number

/// The kind of trouble, and what to do. `message` is what the server said; it never holds a secret.
std::unexpected<Error> fail_server(unsigned error_number, std::string_view message, std::string_view what);

/// True for an error after which the connection is of no use.
bool connection_is_lost(unsigned error_number);

}  // namespace itemize::source::mysql
