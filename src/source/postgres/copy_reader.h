// CopyReader: fetches the bytes of one COPY and has them decoded.
//
// One PQgetCopyData a row: an allocation and a copy, and one more copy into the batch's arena. Measured in the export of a table of 17
// columns (300,000 rows, 69 MB): of the program's CPU time libpq took 2 %, malloc and free 1 %, the decoding 5 %, poll and recv 10 %, in
// reads of 15 KB (the server sends 8 KB at a time). To read the socket past libpq would save little of that, and libpq's own buffer and
// TLS stand in the way.
#pragma once

#include <memory>
#include <string>

#include "source/postgres/copy_decoder.h"
#include "source/postgres/pool.h"
#include "source/source.h"

namespace itemize::source::postgres {

class CopyReader : public Reader {
 public:
  /// Starts COPY (select) TO STDOUT (FORMAT binary). `what` says what is read, for messages.
  static Result<std::unique_ptr<Reader>> start(std::shared_ptr<ConnectionPool> pool, const std::string& select, CopyDecoder decoder,
                                               std::string what);

  Result<bool> next(row::RowBatch& batch) override;

 private:
  CopyReader(std::shared_ptr<ConnectionPool> pool, std::unique_ptr<Connection> connection, CopyDecoder decoder, std::string what)
      : pool_(std::move(pool)), connection_(std::move(connection)), decoder_(std::move(decoder)), what_(std::move(what)) {}

  /// One message into the batch. False: there are no more.
  Result<bool> fetch(row::RowBatch& batch, std::size_t& bytes);
  Result<void> finish();

  std::shared_ptr<ConnectionPool> pool_;
  std::unique_ptr<Connection> connection_;  ///< None after the last row: it went back to the pool.
  CopyDecoder decoder_;
  std::string what_;
};

}  // namespace itemize::source::postgres
