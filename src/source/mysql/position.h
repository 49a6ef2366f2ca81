// BinlogPosition: a point in the binary log, of MySQL's and of MariaDB's kind, as one text that can be ordered.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace itemize::source::mysql {

/// A plain value; all parts that the server could tell. to_text/from_text round-trip.
struct BinlogPosition {
  std::string file;          ///< "mariadb-bin.000007"; empty where it is not known.
  std::uint64_t offset = 0;  ///< Within the file.
  std::string gtid;          ///< MySQL: a GTID set "uuid:1-5,..."; MariaDB: "0-1-5,1-1-7".
  std::int64_t at = 0;       ///< Microseconds since 1970 by the server's clock: the order where there is no binary log.
  /// False: changes after this point may be in the snapshot already, and the other way round only by file and offset.
  bool exact = true;

  bool empty() const { return file.empty() && gtid.empty(); }
  std::string to_text() const;
  static Result<BinlogPosition> from_text(std::string_view text);
};

/// Negative, zero or positive as a is before, at or after b. By file and offset where both have them, else by GTID, else by time.
int compare(const BinlogPosition& a, const BinlogPosition& b);

/// MySQL's "uuid:1-3:5,uuid2:7" (also with tags, "uuid:tag:1"): source (and tag) to disjoint, sorted, closed intervals.
using GtidSet = std::map<std::string, std::vector<std::pair<std::uint64_t, std::uint64_t>>>;
std::optional<GtidSet> parse_gtid_set(std::string_view text);
bool contains(const GtidSet& whole, const GtidSet& part);

}  // namespace itemize::source::mysql
