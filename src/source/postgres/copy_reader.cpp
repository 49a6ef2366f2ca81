#include "source/postgres/copy_reader.h"

#include "source/postgres/errors.h"

namespace itemize::source::postgres {

Result<std::unique_ptr<Reader>> CopyReader::start(std::shared_ptr<ConnectionPool> pool, const std::string& select, CopyDecoder decoder,
                                                  std::string what) {
  std::unique_ptr<Connection> connection = TRY(pool->take());
  PGresult* const result = PQexec(connection->get(), ("COPY (" + select + ") TO STDOUT (FORMAT binary)").c_str());
  const Rows owned(result);
  if (PQresultStatus(result) != PGRES_COPY_OUT) return std::unexpected(error_of_result(result, connection->get(), what));
  return std::unique_ptr<Reader>(new CopyReader(std::move(pool), std::move(connection), std::move(decoder), std::move(what)));
}

Result<bool> CopyReader::next(row::RowBatch& batch) {
  batch.clear(decoder_.columns());
  std::size_t bytes = 0;
  while (connection_ != nullptr && batch.rows() < row::RowBatch::max_rows && bytes < row::RowBatch::target_bytes)
    if (!TRY(fetch(batch, bytes))) TRY(finish());
  return !batch.empty();
}

Result<bool> CopyReader::fetch(row::RowBatch& batch, std::size_t& bytes) {
  char* data = nullptr;
  const int size = PQgetCopyData(connection_->get(), &data, 0);
  if (size == -1) return false;
  if (size < 0) {
    Error error = error_of_loss(connection_->get(), what_);
    connection_.reset();
    return std::unexpected(std::move(error));
  }
  const std::string_view message = batch.arena().copy({data, static_cast<std::size_t>(size)});
  PQfreemem(data);
  bytes += message.size();
  TRY_WITH(what_, decoder_.decode(message, batch));
  return true;
}

/// The statement's own end: what was sent before it counts only if it succeeded.
Result<void> CopyReader::finish() {
  std::unique_ptr<Connection> connection = std::move(connection_);
  PGresult* const result = PQgetResult(connection->get());
  const Rows owned(result);
  if (PQresultStatus(result) != PGRES_COMMAND_OK) return std::unexpected(error_of_result(result, connection->get(), what_));
  while (PGresult* const more = PQgetResult(connection->get())) PQclear(more);
  if (!decoder_.ended()) return fail(ErrorCode::internal, what_ + ": PostgreSQL's COPY ended without its trailer", "please report it");
  pool_->give(std::move(connection));
  return {};
}

}  // namespace itemize::source::postgres
