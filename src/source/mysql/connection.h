// One connection to a MySQL or MariaDB server: TLS and authentication by libmariadb, small queries, and a stream of raw row packets.
//
// libmariadb connects, authenticates and frames packets; the rows themselves are decoded by RowDecoder, which never sees a socket.
// The headers of libmariadb are included only in connection.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "source/mysql/address.h"

namespace itemize::source::mysql {

/// A column of a result as the protocol describes it ("Column Definition" in MySQL's and MariaDB's protocol documents).
struct WireField {
  std::string name;
  std::uint8_t type = 0;  ///< The protocol's type byte: 0x03 is LONG, 0xfd VAR_STRING, ...
  bool is_unsigned = false;
};

/// Texts of a small result; nullopt is NULL.
using TextRow = std::vector<std::optional<std::string>>;

/// One thread at a time. A failed call leaves the connection usable unless lost().
class Connection {
 public:
  /// Connects, authenticates, and gives the session its settings (UTC, utf8mb4, no time limits, long network time-outs).
  /// Errors: unknown host, refused, TLS, wrong password, unknown database (with a guess), no privilege.
  static Result<std::unique_ptr<Connection>> open(const Address& address);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Result<void> execute(std::string_view sql);
  /// The whole result in memory: for small ones.
  Result<std::vector<TextRow>> query(std::string_view sql);
  /// The names of the last query()'s columns.
  const std::vector<std::string>& column_names() const { return column_names_; }
  /// As execute, in two halves, so that several connections can be asked at the same moment.
  Result<void> send(std::string_view sql);
  Result<void> receive();

  /// Starts a query whose rows come through next_packet in the binary protocol, one at a time, unbuffered.
  Result<std::vector<WireField>> begin_stream(std::string_view sql);
  /// The next row's bytes, valid until the next call on this connection. False: there are no more, and the stream is over.
  Result<bool> next_packet(std::string_view& packet);
  /// True between begin_stream and its end: no other call may be made.
  bool streaming() const;
  /// Reads away what is left of a stream (after KILL QUERY, or of a short one).
  void drain();

  bool is_mariadb() const;
  /// 101119 for 10.11.19.
  unsigned long version() const;
  /// As the server says it: "10.11.19-MariaDB-0+deb12u1".
  std::string version_text() const;
  /// What KILL wants.
  unsigned long id() const;
  bool alive();
  /// The server's number of the last failure; 0 after success.
  unsigned last_error() const { return last_error_; }
  bool lost() const { return lost_; }
  const Address& address() const { return address_; }
  /// The name of the TLS cipher in use; empty where there is no TLS.
  std::string tls_cipher() const;

 private:
  struct Handle;
  explicit Connection(Address address);
  Result<void> connect();
  Result<void> prepare_session();
  std::unexpected<Error> failure(std::string_view what);

  Address address_;
  std::unique_ptr<Handle> handle_;
  std::vector<std::string> column_names_;
  unsigned last_error_ = 0;
  bool lost_ = false;
};

/// `name` with back ticks doubled.
std::string quoted(std::string_view name);
/// 'text' as a string literal under the session's sql_mode.
std::string literal(std::string_view text);

}  // namespace itemize::source::mysql
