#include "source/postgres/address.h"

#include <libpq-fe.h>

#include <map>
#include <memory>

namespace itemize::source::postgres {
namespace {

constexpr std::string_view password_hint =
    "take it out of the URL and set ITEMIZE_SOURCE_PASSWORD, or use ~/.pgpass: what stands in a model ends up in git and in process lists";

/// libpq quotes the URI's pieces in its messages. Anything that may hold a password must not be shown.
bool may_hold_password(const std::string& url) {
  const std::size_t begin = url.find("//");
  const std::size_t at = url.rfind('@');
  const bool in_authority = begin != std::string::npos && at != std::string::npos && url.find(':', begin + 2) < at;
  return in_authority || url.find("password") != std::string::npos;
}

std::string place_of(const std::map<std::string, std::string>& values) {
  const auto value = [&](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
  std::string host = value("host").empty() ? value("hostaddr") : value("host");
  if (host.empty()) host = "the local socket";
  std::string place = host;
  if (!value("port").empty() && host.find(',') == std::string::npos) place += ":" + value("port");
  if (!value("dbname").empty()) place += ", database " + value("dbname");
  return place;
}

}  // namespace

Result<Address> parse_address(const std::string& url) {
  char* reason = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(PQconninfoParse(url.c_str(), &reason), PQconninfoFree);
  const std::unique_ptr<char, void (*)(void*)> owned_reason(reason, PQfreemem);
  if (options == nullptr) {
    std::string text = reason == nullptr || may_hold_password(url) ? std::string("it cannot be parsed") : std::string(reason);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return fail(ErrorCode::invalid_input, "the source's URL is not a PostgreSQL one: " + text,
                "write postgresql://user@host:5432/database?sslmode=verify-full");
  }
  std::map<std::string, std::string> values;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr) values.emplace(option->keyword, option->val);
  if (values.contains("password")) return fail(ErrorCode::invalid_input, "the source's URL carries a password", std::string(password_hint));
  if (values.contains("sslpassword"))
    return fail(ErrorCode::invalid_input, "the source's URL carries the password of the client key",
                "use a key without one, readable only by you");
  if (values.contains("replication"))
    return fail(ErrorCode::invalid_input, "the source's URL asks for a replication connection", "leave `replication` out");
  return Address{url, place_of(values), values.contains("connect_timeout")};
}

}  // namespace itemize::source::postgres
