#include "source/sqlite/mark.h"

#include <sys/stat.h>

#include <array>
#include <charconv>
#include <cstring>

namespace itemize::source::sqlite {
namespace {

/// The database's header (fileformat2.html, 1.3).
struct Header {
  std::uint32_t change_counter = 0;
  bool write_ahead = false;
};

/// The head of the wal-index (walformat.html, 2.1): what readers take for the end of the log.
struct LogEnd {
  std::uint32_t frames = 0;  ///< Committed frames that are in the log; 0: the database file is the whole content.
  std::uint32_t checksum[2] = {};
  std::uint32_t salt[2] = {};
};

Result<sqlite3_file*> main_file(Connection& connection) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(connection.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr ||
      file->pMethods == nullptr)
    return fail_sqlite(connection.get(), "cannot look at the database's file");
  return file;
}

Result<Header> read_header(sqlite3* database, sqlite3_file* file) {
  std::array<unsigned char, 100> bytes{};
  const int code = file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), 0);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return fail_sqlite(database, "cannot read the header of the database");
  Header header;
  for (int index = 24; index < 28; ++index) header.change_counter = header.change_counter << 8 | bytes[static_cast<std::size_t>(index)];
  header.write_ahead = bytes[18] == 2 || bytes[19] == 2;
  return header;
}

/// None where there is no shared memory: then nobody writes a log.
bool read_log_end(sqlite3_file* file, LogEnd& end) {
  constexpr int index_region_bytes = 32 * 1024;
  constexpr std::size_t header_bytes = 48;
  if (file->pMethods->iVersion < 2 || file->pMethods->xShmMap == nullptr) return false;
  void volatile* region = nullptr;
  if (file->pMethods->xShmMap(file, 0, index_region_bytes, 0, &region) != SQLITE_OK || region == nullptr) return false;
  // The header is there twice; a writer may be between the two.
  std::array<unsigned char, header_bytes> first{};
  std::array<unsigned char, header_bytes> second{};
  for (int tries = 0; tries < 1000; ++tries) {
    std::memcpy(first.data(), const_cast<void*>(region), header_bytes);
    file->pMethods->xShmBarrier(file);
    std::memcpy(second.data(), const_cast<char*>(static_cast<volatile char*>(region)) + header_bytes, header_bytes);
    if (first == second) break;
  }
  std::memcpy(&end.frames, first.data() + 16, 4);
  std::memcpy(end.checksum, first.data() + 24, 8);
  std::memcpy(end.salt, first.data() + 32, 8);
  return true;
}

std::int64_t written_at(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return 0;
  return info.st_mtim.tv_sec * std::int64_t{1'000'000'000} + info.st_mtim.tv_nsec;
}

std::uint32_t big_endian(std::uint32_t value) { return __builtin_bswap32(value); }

}  // namespace

Result<std::string> content_mark(Connection& connection, const std::string& path) {
  sqlite3_file* const file = TRY(main_file(connection));
  const Header header = TRY(read_header(connection.get(), file));
  LogEnd log;
  const bool in_log = header.write_ahead && !connection.immutable() && read_log_end(file, log) && log.frames > 0;
  std::string mark = std::to_string(written_at(in_log ? path + "-wal" : path));
  // A checkpoint copies the log's pages, the header's counter among them, into the file: while there is a log, only the log counts.
  if (!in_log) return mark + " " + std::to_string(header.change_counter);
  for (const std::uint32_t part : {0U, big_endian(log.salt[0]), log.frames, log.checksum[0], log.checksum[1], log.salt[1]})
    mark += " " + std::to_string(part);
  return mark;
}

Result<bool> in_wal_mode(Connection& connection) {
  sqlite3_file* const file = TRY(main_file(connection));
  return TRY(read_header(connection.get(), file)).write_ahead;
}

int compare_marks(const std::string& a, const std::string& b) {
  const char* left = a.c_str();
  const char* right = b.c_str();
  while (*left != '\0' && *right != '\0') {
    std::uint64_t x = 0;
    std::uint64_t y = 0;
    left = std::from_chars(left, a.c_str() + a.size(), x).ptr;
    right = std::from_chars(right, b.c_str() + b.size(), y).ptr;
    if (x != y) return x < y ? -1 : 1;
    if (*left == ' ')
      ++left;
    else if (*left != '\0')
      break;
    if (*right == ' ')
      ++right;
    else if (*right != '\0')
      break;
  }
  return a == b ? 0 : a < b ? -1 : 1;
}

}  // namespace itemize::source::sqlite
