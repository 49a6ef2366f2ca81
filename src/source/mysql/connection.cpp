#include "source/mysql/connection.h"

#include <errmsg.h>
#include <mysql.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <mutex>

#include "base/closest.h"
#include "source/mysql/server_error.h"

namespace itemize::source::mysql {
namespace {

/// A connection whose peer has vanished is noticed after about two minutes, although a stream may legitimately stall for hours.
constexpr int keepalive_idle_seconds = 60;
constexpr int keepalive_interval_seconds = 15;
constexpr int keepalive_probes = 4;

/// The largest row: the protocol's own limit.
constexpr unsigned long largest_packet = 1UL << 30;

void initialise_library() {
  static std::once_flag once;
  std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
}

void keep_alive(MYSQL* mysql) {
  const auto socket = static_cast<int>(mysql_get_socket(mysql));
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &keepalive_idle_seconds, sizeof keepalive_idle_seconds);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &keepalive_interval_seconds, sizeof keepalive_interval_seconds);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &keepalive_probes, sizeof keepalive_probes);
}

void set_tls(MYSQL* mysql, const Address& address) {
  if (address.ssl_mode == SslMode::disabled || !address.socket.empty()) return;
  const auto path = [](const std::string& text) { return text.empty() ? nullptr : text.c_str(); };
  mysql_ssl_set(mysql, path(address.ssl_key), path(address.ssl_cert), nullptr, nullptr, nullptr);
  const my_bool on = 1;  // not to be set to 0: that switches TLS off altogether
  if (address.ssl_mode >= SslMode::required) mysql_optionsv(mysql, MYSQL_OPT_SSL_ENFORCE, &on);
  if (address.ssl_mode >= SslMode::verify_ca) {
    // Without a file, the system's authorities.
    if (address.ssl_ca.empty())
      mysql_optionsv(mysql, MYSQL_OPT_SSL_CAPATH, "/etc/ssl/certs");
    else
      mysql_optionsv(mysql, MYSQL_OPT_SSL_CA, address.ssl_ca.c_str());
  }
  const my_bool verify_host = address.ssl_mode == SslMode::verify_full;
  mysql_optionsv(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify_host);
}

}  // namespace

struct Connection::Handle {
  MYSQL* mysql = nullptr;
  MYSQL_STMT* statement = nullptr;

  ~Handle() {
    if (statement != nullptr) {
      // libmariadb would read all that is left; a socket that is shut has nothing left.
      if (mysql->status != MYSQL_STATUS_READY) shutdown(static_cast<int>(mysql_get_socket(mysql)), SHUT_RDWR);
      mysql_stmt_close(statement);
    }
    if (mysql != nullptr) mysql_close(mysql);
  }
  void end_stream() {
    mysql->status = MYSQL_STATUS_READY;
    statement->state = MYSQL_STMT_FETCH_DONE;
    mysql_stmt_close(statement);
    statement = nullptr;
  }
};

Connection::Connection(Address address) : address_(std::move(address)), handle_(std::make_unique<Handle>()) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const Address& address) {
  initialise_library();
  std::unique_ptr<Connection> connection(new Connection(address));
  Result<void> connected = connection->connect();
  if (!connected && connection->last_error_ == number::tls_failed && address.ssl_mode == SslMode::preferred) {
    // The server has no TLS, or none that we have in common; libmariadb does not go on without of its own accord.
    Address plain = address;
    plain.ssl_mode = SslMode::disabled;
    return open(plain);
  }
  if (!connected && connection->last_error_ == number::bad_database) {
    // The names there are, for a guess: a connection without a database can tell.
    Address elsewhere = address;
    elsewhere.database.clear();
    const std::unique_ptr<Connection> other(new Connection(elsewhere));
    if (!other->connect()) return std::unexpected(std::move(connected).error());
    const Result<std::vector<TextRow>> rows = other->query("SHOW DATABASES");
    std::vector<std::string> names;
    if (rows)
      for (const TextRow& row : *rows) names.push_back(row.at(0).value_or(""));
    if (const std::string near = closest(address.database, names); !near.empty()) connected.error().hint = "did you mean '" + near + "'?";
  }
  TRY(std::move(connected));
  TRY(connection->prepare_session());
  return connection;
}

Result<void> Connection::connect() {
  MYSQL* const mysql = handle_->mysql = mysql_init(nullptr);
  if (mysql == nullptr) return fail(ErrorCode::internal, "no memory for a connection");
  const auto timeout = static_cast<unsigned>(address_.connect_timeout.count());
  mysql_optionsv(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
  mysql_optionsv(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  const unsigned local_infile = 0;  // a server must not be able to ask for our files
  mysql_optionsv(mysql, MYSQL_OPT_LOCAL_INFILE, &local_infile);
  mysql_optionsv(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &largest_packet);
  const unsigned protocol = address_.socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
  mysql_optionsv(mysql, MYSQL_OPT_PROTOCOL, &protocol);
  mysql_optionsv(mysql, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "itemize");
  set_tls(mysql, address_);
  const bool by_socket = !address_.socket.empty();
  const MYSQL* const connected = mysql_real_connect(
      mysql, by_socket ? nullptr : address_.host.c_str(), address_.user.c_str(), address_.password ? address_.password->c_str() : "",
      address_.database.empty() ? nullptr : address_.database.c_str(), address_.port, by_socket ? address_.socket.c_str() : nullptr, 0);
  if (connected == nullptr) {
    std::string what = "cannot connect to " + address_.place() + " as '" + address_.user + "'";
    if (!address_.password) what += " (no password given)";
    return failure(what);
  }
  if (!by_socket) keep_alive(mysql);
  return {};
}

Result<void> Connection::prepare_session() {
  // TIMESTAMP in UTC; text in UTF-8; a plain sql_mode, so that literals mean the same everywhere and zero dates can be compared;
  // a reader may stall for hours behind a slow target: the server would drop it after net_write_timeout (60 s by default).
  TRY(
      execute("SET SESSION time_zone = '+00:00', sql_mode = '', net_write_timeout = 31536000, net_read_timeout = 31536000, wait_timeout = "
              "31536000, "
              "sql_select_limit = DEFAULT, sql_big_selects = 1, autocommit = 1"));
  TRY(execute("SET NAMES utf8mb4"));
  TRY(execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
  // Each only where the server knows it.
  static constexpr std::string_view optional_settings[] = {
      "max_execution_time = 0",        // MySQL 5.7.8+: SELECT is ended after so many milliseconds
      "max_statement_time = 0",        // MariaDB's
      "idle_transaction_timeout = 0",  // MariaDB 10.3+: ends transactions that wait for their reader
      "idle_readonly_transaction_timeout = 0",
      "information_schema_stats_expiry = 0",    // MySQL 8+: sizes of now, not of yesterday
      "range_optimizer_max_mem_size = 0",       // MySQL 5.7.9+: a long list of keys must not become a full scan
      "in_predicate_conversion_threshold = 0",  // MariaDB 10.3+: nor a subquery
      "optimizer_max_sel_arg_weight = 0",       // MariaDB 10.5.9+: nor a cut range
  };
  for (const std::string_view setting : optional_settings) {
    Result<void> done = execute("SET SESSION " + std::string(setting));
    if (!done && lost_) return done;
  }
  last_error_ = 0;
  return {};
}

std::unexpected<Error> Connection::failure(std::string_view what) {
  MYSQL_STMT* const statement = handle_->statement;
  const bool of_statement = statement != nullptr && mysql_stmt_errno(statement) != 0;
  last_error_ = of_statement ? mysql_stmt_errno(statement) : mysql_errno(handle_->mysql);
  const std::string message = of_statement ? mysql_stmt_error(statement) : mysql_error(handle_->mysql);
  if (connection_is_lost(last_error_)) lost_ = true;
  return fail_server(last_error_, message, what);
}

Result<void> Connection::send(std::string_view sql) {
  last_error_ = 0;
  if (mysql_send_query(handle_->mysql, sql.data(), sql.size()) != 0) return failure(address_.place());
  return {};
}

Result<void> Connection::receive() {
  if (mysql_read_query_result(handle_->mysql) != 0) return failure(address_.place());
  if (MYSQL_RES* const unwanted = mysql_store_result(handle_->mysql)) mysql_free_result(unwanted);
  return {};
}

Result<void> Connection::execute(std::string_view sql) {
  TRY(send(sql));
  return receive();
}

Result<std::vector<TextRow>> Connection::query(std::string_view sql) {
  last_error_ = 0;
  if (mysql_real_query(handle_->mysql, sql.data(), sql.size()) != 0) return failure(address_.place());
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(handle_->mysql), mysql_free_result);
  if (result == nullptr) {
    if (mysql_errno(handle_->mysql) != 0) return failure(address_.place());
    return std::vector<TextRow>();
  }
  const unsigned columns = mysql_num_fields(result.get());
  column_names_.clear();
  for (unsigned column = 0; column < columns; ++column) column_names_.emplace_back(mysql_fetch_field_direct(result.get(), column)->name);
  std::vector<TextRow> rows;
  while (MYSQL_ROW values = mysql_fetch_row(result.get())) {
    const unsigned long* const sizes = mysql_fetch_lengths(result.get());
    TextRow& row = rows.emplace_back(columns);
    for (unsigned column = 0; column < columns; ++column)
      if (values[column] != nullptr) row[column].emplace(values[column], sizes[column]);
  }
  return rows;
}

Result<std::vector<WireField>> Connection::begin_stream(std::string_view sql) {
  last_error_ = 0;
  handle_->statement = mysql_stmt_init(handle_->mysql);
  if (handle_->statement == nullptr) return failure(address_.place());
  const auto give_up = [this] {
    auto error = failure(address_.place());
    mysql_stmt_close(handle_->statement);
    handle_->statement = nullptr;
    return error;
  };
  if (mysql_stmt_prepare(handle_->statement, sql.data(), sql.size()) != 0 || mysql_stmt_execute(handle_->statement) != 0) return give_up();
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> metadata(mysql_stmt_result_metadata(handle_->statement),
                                                                          mysql_free_result);
  if (metadata == nullptr) return give_up();
  std::vector<WireField> fields;
  for (unsigned column = 0; column < mysql_num_fields(metadata.get()); ++column) {
    const MYSQL_FIELD& field = *mysql_fetch_field_direct(metadata.get(), column);
    fields.push_back({field.name, static_cast<std::uint8_t>(field.type), (field.flags & UNSIGNED_FLAG) != 0});
  }
  return fields;
}

Result<bool> Connection::next_packet(std::string_view& packet) {
  const unsigned long size = mysql_net_read_packet(handle_->mysql);
  if (size == packet_error) {
    auto error = failure("reading rows from " + address_.place());
    handle_->end_stream();
    return error;
  }
  const auto* const bytes = handle_->mysql->net.read_pos;
  // A row begins with 0x00; the packet that ends the rows with 0xfe.
  if (size > 0 && bytes[0] == 0xfe && size < 9) {
    handle_->end_stream();
    return false;
  }
  packet = {reinterpret_cast<const char*>(bytes), size};
  return true;
}

bool Connection::streaming() const { return handle_->statement != nullptr; }

void Connection::drain() {
  std::string_view packet;
  while (streaming()) {
    const Result<bool> more = next_packet(packet);
    if (!more || !*more) return;
  }
}

bool Connection::is_mariadb() const { return mariadb_connection(handle_->mysql) != 0; }
unsigned long Connection::version() const { return mysql_get_server_version(handle_->mysql); }
std::string Connection::version_text() const { return mysql_get_server_info(handle_->mysql); }
unsigned long Connection::id() const { return mysql_thread_id(handle_->mysql); }

bool Connection::alive() {
  if (!lost_ && mysql_ping(handle_->mysql) != 0) lost_ = true;
  return !lost_;
}

std::string Connection::tls_cipher() const {
  const char* const cipher = mysql_get_ssl_cipher(handle_->mysql);
  return cipher == nullptr ? std::string() : std::string(cipher);
}

std::string quoted(std::string_view name) {
  std::string text = "`";
  for (const char byte : name) {
    text += byte;
    if (byte == '`') text += '`';
  }
  return text + '`';
}

std::string literal(std::string_view text) {
  std::string quoted_text = "'";
  for (const char byte : text) {
    if (byte == '\'' || byte == '\\') quoted_text += '\\';
    if (byte == '\0')
      quoted_text += "\\0";
    else
      quoted_text += byte;
  }
  return quoted_text + '\'';
}

}  // namespace itemize::source::mysql
