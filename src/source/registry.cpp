#include "source/registry.h"

#include "base/closest.h"
#include "source/mysql/mysql.h"
#include "source/postgres/postgres.h"
#include "source/sqlite/sqlite.h"

namespace itemize::source {
namespace {

struct Engine {
  std::string_view scheme;
  Result<std::unique_ptr<Source>> (*make)(const Options&);
};
constexpr Engine engines[] = {
    {"postgresql", make_postgres_source},
    {"postgres", make_postgres_source},
    {"mysql", make_mysql_source},
    {"mariadb", make_mysql_source},
    {"sqlite", make_sqlite_source},
};

}  // namespace

Result<std::unique_ptr<Source>> make_source(const Options& options) {
  const std::size_t colon = options.url.find(':');
  const std::string scheme = options.url.substr(0, colon == std::string::npos ? 0 : colon);
  std::vector<std::string> schemes;
  for (const Engine& engine : engines) {
    if (engine.scheme == scheme) return engine.make(options);
    schemes.emplace_back(engine.scheme);
  }
  if (scheme.empty())
    return fail(ErrorCode::invalid_input, "the source is not a URL", "write postgresql://user@host/database, or sqlite:file.db");
  const std::string near = closest(scheme, schemes);
  return fail(ErrorCode::invalid_input, "no source is read by the scheme '" + scheme + ":'",
              near.empty() ? "this version reads postgresql://, mysql://, mariadb:// and sqlite:" : "did you mean '" + near + ":'?");
}

}  // namespace itemize::source
