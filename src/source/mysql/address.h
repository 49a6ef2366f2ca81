// Address: where a MySQL or MariaDB server is and how to speak to it, from a URL.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/error.h"
#include "source/source.h"

namespace itemize::source::mysql {

/// As the mysql client's --ssl-mode.
enum class SslMode : std::uint8_t {
  disabled,     ///< Never TLS.
  preferred,    ///< TLS where the server has it; the certificate is not looked at.
  required,     ///< TLS or no connection; the certificate is not looked at.
  verify_ca,    ///< The certificate must be signed by an authority in ssl-ca (or the system's).
  verify_full,  ///< And be for the host that was named.
};

struct Address {
  std::string host;  ///< Empty with a socket.
  unsigned port = 3306;
  std::string socket;  ///< A Unix socket's path; empty: TCP.
  std::string user;
  std::optional<std::string> password;
  std::string database;  ///< The default schema; may be empty.
  SslMode ssl_mode = SslMode::preferred;
  std::string ssl_ca;
  std::string ssl_cert;
  std::string ssl_key;
  std::chrono::seconds connect_timeout{15};

  /// "host:port" or the socket, for messages.
  std::string place() const;
};

/// The URL's parts; user and password from options and ~/.my.cnf where the URL has none.
Result<Address> address_from(const Options& options);

/// What the [client] group of an option file says of these two.
struct ClientFile {
  std::optional<std::string> user;
  std::optional<std::string> password;
};
/// Parses the text of a my.cnf: groups [client] and [client-mariadb]; quotes and comments as the mysql client reads them.
ClientFile parse_client_file(std::string_view text);

}  // namespace itemize::source::mysql
