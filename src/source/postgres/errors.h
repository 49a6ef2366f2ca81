// What PostgreSQL and libpq say, as Errors: the right code, and a hint that helps.
#pragma once

#include <libpq-fe.h>

#include <string>
#include <string_view>

#include "base/error.h"

namespace itemize::source::postgres {

/// A failed statement. `what` says what was tried ("reading shop.orders").
Error error_of_result(const PGresult* result, PGconn* connection, std::string_view what);
/// A connection that could not be made; its messages were asked for in the verbose form, which carries the SQLSTATE.
Error error_of_connect(PGconn* connection, std::string_view place);
/// A connection that broke while in use.
Error error_of_loss(PGconn* connection, std::string_view what);

/// The code and the hint for an SQLSTATE (PostgreSQL's appendix A).
struct Meaning {
  ErrorCode code = ErrorCode::internal;
  std::string hint;
};
Meaning meaning_of_sqlstate(std::string_view sqlstate);
/// The SQLSTATE in libpq's verbose text ("FATAL:  28P01: password ..."), or empty.
std::string sqlstate_in(std::string_view verbose);

}  // namespace itemize::source::postgres
