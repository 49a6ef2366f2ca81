// MySQL and MariaDB as sources. See docs/sources/mysql.md.
#pragma once

#include <memory>

#include "source/source.h"

namespace itemize::source {

/// `options.url` is mysql://[user@]host[:port][/database][?ssl-mode=..&ssl-ca=..&socket=..] (or mariadb://: the server's own greeting
/// decides which it is). Does not connect. Errors: a malformed URL, an unknown setting, a password in the URL.
Result<std::unique_ptr<Source>> make_mysql_source(const Options& options);

}  // namespace itemize::source
