#include "source/mysql/reader.h"

#include <algorithm>

#include "source/mysql/key_sql.h"
#include "source/mysql/server_error.h"

namespace itemize::source::mysql {
namespace {

/// A row goes from the socket's buffer into the arena in one copy, and its cells point there.
class MysqlReader : public Reader {
 public:
  MysqlReader(std::shared_ptr<Pool> pool, std::unique_ptr<Connection> connection, RowDecoder decoder, std::size_t columns,
              std::string table)
      : pool_(std::move(pool)),
        connection_(std::move(connection)),
        decoder_(std::move(decoder)),
        columns_(columns),
        table_(std::move(table)) {}
  ~MysqlReader() override { pool_->give_back(std::move(connection_)); }

  Result<bool> next(row::RowBatch& batch) override {
    batch.clear(columns_);
    std::size_t bytes = 0;
    while (connection_->streaming() && batch.rows() < row::RowBatch::max_rows && bytes < row::RowBatch::target_bytes) {
      std::string_view packet;
      if (!TRY_WITH("table " + table_, connection_->next_packet(packet))) break;
      row::Cell* const cells = batch.add_row();
      if (columns_ == 0) continue;
      if (!decoder_.decode(batch.arena().copy(packet), cells, batch.arena()))
        return fail(ErrorCode::internal, "table " + table_ + ": the server sent a row that is not of the columns it announced");
      bytes += packet.size() + columns_ * sizeof(row::Cell);
    }
    return !batch.empty();
  }

 private:
  std::shared_ptr<Pool> pool_;
  std::unique_ptr<Connection> connection_;
  RowDecoder decoder_;
  std::size_t columns_;
  std::string table_;
};

Result<std::string> select_of(const Range& range, const row::Table& table, const std::vector<std::string>& columns,
                              const std::vector<std::string>& key_forms) {
  std::string list;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + quoted(column);
  for (const std::string& column : key_forms) {
    const std::optional<std::size_t> index = table.column(column);
    if (!index) return fail(ErrorCode::not_found, "table " + table.display_name() + " has no column '" + column + "'");
    list += (list.empty() ? "" : ", ") + key_form_expression(table.columns[*index]);
  }
  if (list.empty()) list = "1";
  // The optimiser might think another index, or none, the better way to a range of the primary key.
  const bool by_primary = range.kind == RangeKind::keys && !table.unique_keys.empty() && table.unique_keys.front().primary;
  return "SELECT " + list + " FROM " + table_name(table) + (by_primary ? " FORCE INDEX (PRIMARY)" : "") + TRY(where_of(range, table));
}

Result<RowDecoder> decoder_for(const std::vector<WireField>& fields, const row::Table& table, const std::vector<std::string>& columns,
                               std::size_t key_forms) {
  std::vector<ColumnDecoder> decoders;
  for (std::size_t index = 0; index < columns.size(); ++index) {
    const std::optional<std::size_t> column = table.column(columns[index]);
    if (!column || index >= fields.size())
      return fail(ErrorCode::not_found, "table " + table.display_name() + " has no column '" + columns[index] + "'");
    decoders.push_back(decoder_of(fields[index].type, fields[index].is_unsigned, table.columns[*column].type));
  }
  row::Type weights;
  weights.kind = row::TypeKind::bytes;
  for (std::size_t index = columns.size(); index < columns.size() + key_forms && index < fields.size(); ++index)
    decoders.push_back(decoder_of(fields[index].type, false, weights));
  return RowDecoder(std::move(decoders));
}

}  // namespace

Result<std::unique_ptr<Reader>> open_reader(std::shared_ptr<Pool> pool, const Range& range, const row::Table& table,
                                            const std::vector<std::string>& columns, const std::vector<std::string>& key_forms) {
  const std::string sql = TRY_WITH("table " + table.display_name(), select_of(range, table, columns, key_forms));
  std::unique_ptr<Connection> connection = TRY(pool->take());
  Result<std::vector<WireField>> fields = connection->begin_stream(sql);
  Result<RowDecoder> decoder =
      fields ? decoder_for(*fields, table, columns, key_forms.size()) : Result<RowDecoder>(std::unexpected(std::move(fields).error()));
  if (!decoder) {
    pool->give_back(std::move(connection));
    return std::unexpected(std::move(decoder).error().with("table " + table.display_name()));
  }
  return std::make_unique<MysqlReader>(std::move(pool), std::move(connection), *std::move(decoder), columns.size() + key_forms.size(),
                                       table.display_name());
}

}  // namespace itemize::source::mysql
