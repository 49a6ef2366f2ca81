// Address: the connection URI as libpq reads it, checked before anything connects.
#pragma once

#include <string>

#include "base/error.h"

namespace itemize::source::postgres {

struct Address {
  std::string url;    ///< As given; handed to libpq whole, so that each of its parameters works (sslmode, service, target_session_attrs).
  std::string place;  ///< For messages: "db.example:5432, database shop".
  bool has_connect_timeout = false;
};

/// Errors: not a libpq URI, an unknown parameter, a password in it. The message never shows a part that could be the password.
Result<Address> parse_address(const std::string& url);

}  // namespace itemize::source::postgres
