#include "source/mysql/address.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/closest.h"
#include "base/text.h"

namespace itemize::source::mysql {
namespace {

constexpr std::string_view how_to_write =
    "write mysql://user@host:3306/database, or mysql://user@localhost/database?socket=/run/mysqld/mysqld.sock";

Result<std::string> decode(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain += text[at];
      continue;
    }
    unsigned value = 0;
    const char* const end = text.data() + std::min(at + 3, text.size());
    if (const auto [stop, error] = std::from_chars(text.data() + at + 1, end, value, 16);
        error != std::errc() || stop != text.data() + at + 3)
      return fail(ErrorCode::invalid_input, "the source's URL holds a '%' that two hexadecimal digits do not follow",
                  "write a literal percent sign as %25");
    plain += static_cast<char>(value);
    at += 2;
  }
  return plain;
}

Result<SslMode> ssl_mode_of(std::string word) {
  static constexpr std::array names{"disabled", "preferred", "required", "verify-ca", "verify-full"};
  std::ranges::transform(word, word.begin(), [](unsigned char byte) { return byte == '_' ? '-' : static_cast<char>(std::tolower(byte)); });
  if (word == "verify-identity") word = "verify-full";  // MySQL's own name for it
  for (std::size_t index = 0; index < names.size(); ++index)
    if (word == names[index]) return static_cast<SslMode>(index);
  const std::string near = closest(word, names);
  return fail(ErrorCode::invalid_input, "ssl-mode '" + word + "' is none of disabled, preferred, required, verify-ca, verify-full",
              near.empty() ? "verify-full with ssl-ca=FILE is the safe one" : "did you mean '" + near + "'?");
}

Result<void> apply_setting(Address& address, const std::string& name, const std::string& value) {
  if (name == "ssl-mode") {
    address.ssl_mode = TRY(ssl_mode_of(value));
    return {};
  }
  const std::pair<const char*, std::string*> texts[] = {
      {"ssl-ca", &address.ssl_ca}, {"ssl-cert", &address.ssl_cert}, {"ssl-key", &address.ssl_key}, {"socket", &address.socket}};
  std::vector<std::string> names{"ssl-mode"};
  for (const auto& [known, place] : texts) {
    if (name == known) {
      *place = value;
      return {};
    }
    names.emplace_back(known);
  }
  for (const char* const secret : {"password", "pwd", "passwd"})
    if (name == secret)
      return fail(ErrorCode::invalid_input, "the source's URL carries a password", "set ITEMIZE_SOURCE_PASSWORD, or use ~/.my.cnf");
  const std::string near = closest(name, names);
  return fail(ErrorCode::invalid_input, "the source's URL has an unknown setting '" + name + "'",
              near.empty() ? "settings are ssl-mode, ssl-ca, ssl-cert, ssl-key and socket" : "did you mean '" + near + "'?");
}

Result<void> parse_settings(Address& address, std::string_view query) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view setting = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = setting.find('=');
    if (equals == setting.npos)
      return fail(ErrorCode::invalid_input, "the source's URL has a setting without a value: '" + std::string(setting) + "'",
                  "write name=value");
    const std::string name = TRY(decode(setting.substr(0, equals)));
    const std::string value = TRY(decode(setting.substr(equals + 1)));
    TRY(apply_setting(address, name, value));
  }
  return {};
}

Result<void> parse_host(Address& address, std::string_view text) {
  std::string_view port;
  if (text.starts_with('[')) {  // IPv6
    const std::size_t close = text.find(']');
    if (close == text.npos)
      return fail(ErrorCode::invalid_input, "the host of the source's URL begins with '[' and never ends",
                  "write an IPv6 address as [::1]");
    address.host = std::string(text.substr(1, close - 1));
    port = text.substr(close + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    address.host = TRY(decode(text.substr(0, colon)));
    port = text.substr(colon);
  }
  if (port.empty()) return {};
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), number);
  if (port.front() != ':' || error != std::errc() || end != port.data() + port.size() || number == 0 || number > 65535)
    return fail(ErrorCode::invalid_input,
                "the port of the source's URL is no number from 1 to 65535: '" + std::string(port.substr(1)) + "'",
                std::string(how_to_write));
  address.port = number;
  return {};
}

/// The value of an option: quotes off, or a comment that follows cut.
std::string option_value(std::string_view text) {
  std::string value(trimmed(text));
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
    return value.substr(1, value.size() - 2);
  if (const std::size_t comment = value.find(" #"); comment != value.npos) value = trimmed(value.substr(0, comment));
  return value;
}

/// ~/.my.cnf, unless everyone may write to it (the mysql client ignores such a file, too).
ClientFile read_client_file() {
  const char* const home = std::getenv("HOME");
  if (home == nullptr) return {};
  const std::string path = std::string(home) + "/.my.cnf";
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0 || (info.st_mode & S_IWOTH) != 0) return {};
  std::ifstream file(path, std::ios::binary);
  return parse_client_file(std::string(std::istreambuf_iterator<char>(file), {}));
}

std::string login_name() {
  const passwd* const entry = getpwuid(geteuid());
  return entry == nullptr ? std::string("root") : std::string(entry->pw_name);
}

}  // namespace

std::string Address::place() const {
  if (!socket.empty()) return socket;
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

ClientFile parse_client_file(std::string_view text) {
  ClientFile found;
  bool in_group = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line(trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      in_group = line == "[client]" || line == "[client-mariadb]";
      continue;
    }
    const std::size_t equals = line.find('=');
    if (!in_group || equals == std::string::npos) continue;
    const std::string name(trimmed(line.substr(0, equals)));
    if (name == "user") found.user = option_value(line.substr(equals + 1));
    if (name == "password") found.password = option_value(line.substr(equals + 1));
  }
  return found;
}

Result<Address> address_from(const Options& options) {
  std::string_view rest = options.url;
  const std::size_t scheme = rest.find("://");
  if (scheme == rest.npos) return fail(ErrorCode::invalid_input, "the source's URL lacks '//' after its scheme", std::string(how_to_write));
  rest.remove_prefix(scheme + 3);
  Address address;
  address.connect_timeout = options.connect_timeout;
  const std::size_t question = std::min(rest.find('?'), rest.size());
  const std::string_view query = rest.substr(std::min(question + 1, rest.size()));
  rest = rest.substr(0, question);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view authority = rest.substr(0, slash);
  address.database = TRY(decode(rest.substr(std::min(slash + 1, rest.size()))));
  if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
    const std::string_view user = authority.substr(0, at);
    if (user.find(':') != user.npos)
      return fail(ErrorCode::invalid_input, "the source's URL carries a password", "set ITEMIZE_SOURCE_PASSWORD, or use ~/.my.cnf");
    address.user = TRY(decode(user));
    authority.remove_prefix(at + 1);
  }
  TRY(parse_host(address, authority));
  TRY(parse_settings(address, query));
  if (address.host.empty() && address.socket.empty())
    return fail(ErrorCode::invalid_input, "the source's URL names no host", std::string(how_to_write));
  const ClientFile file = read_client_file();
  if (address.user.empty()) address.user = file.user.value_or(login_name());
  address.password = options.password ? options.password : file.password;
  return address;
}

}  // namespace itemize::source::mysql
