// What the server says of itself while it runs: how busy it is, how far it is behind its own source, what has changed.
#pragma once

#include <optional>
#include <string>

#include "source/mysql/connection.h"

namespace itemize::source::mysql {

/// A number of SHOW GLOBAL STATUS. not_found, with the nearest name, for any other.
Result<double> status_figure(Connection& connection, const std::string& name);

/// Seconds by which this server is behind the one it replicates from (the slowest channel); infinite where its replication has
/// stopped; nullopt where it replicates from nobody. Errors: permission.
Result<std::optional<double>> replication_lag(Connection& connection);

/// What moves with every committed change on the whole server: the GTIDs of its binary log, or file and offset; empty where there is
/// none, or the user may not see it.
Result<std::string> change_mark(Connection& connection);

}  // namespace itemize::source::mysql
