#include "source/postgres/copy_decoder.h"

#include "source/postgres/wire.h"

namespace itemize::source::postgres {
namespace {

constexpr std::string_view signature("PGCOPY\n\377\r\n\0", 11);

std::unexpected<Error> broken(std::string_view what) {
  return fail(ErrorCode::internal, "PostgreSQL's COPY sent what cannot be understood: " + std::string(what),
              "something between this program and the server may be changing the data; if not, please report it");
}

}  // namespace

Result<std::size_t> CopyDecoder::skip_header(std::string_view message) {
  constexpr std::size_t fixed = signature.size() + 8;
  if (message.size() < fixed || !message.starts_with(signature)) return broken("no header");
  const auto flags = load<std::uint32_t>(message.data() + signature.size());
  const auto extension = load<std::uint32_t>(message.data() + signature.size() + 4);
  if ((flags & 0xffff0000U) != 0) return broken("a header with unknown flags");  // the lower half may be ignored
  if (extension > message.size() - fixed) return broken("a header that does not end");
  started_ = true;
  return fixed + extension;
}

Result<void> CopyDecoder::decode(std::string_view message, row::RowBatch& batch) {
  const char* at = message.data();
  const char* const end = at + message.size();
  if (!started_) at += TRY(skip_header(message));
  while (at != end) {
    if (ended_) return broken("data after the trailer");
    if (end - at < 2) return broken("a row that does not begin");
    const auto fields = load<std::int16_t>(at);
    at += 2;
    if (fields == -1) {
      ended_ = true;
      continue;
    }
    if (fields < 0 || static_cast<std::size_t>(fields) != columns_.size()) return broken("a row with another number of columns");
    row::Cell* cell = batch.add_row();
    for (const ValueDecoder& column : columns_) {
      if (end - at < 4) [[unlikely]]
        return broken("a row that is cut off");
      const auto size = load<std::int32_t>(at);
      at += 4;
      if (size >= 0) [[likely]] {
        if (end - at < size) [[unlikely]]
          return broken("a value that is cut off");
        *cell = column.decode(column, {at, static_cast<std::size_t>(size)}, batch.arena());
        at += size;
      } else if (size != -1) {
        return broken("a value of negative size");
      }
      ++cell;
    }
  }
  return {};
}

}  // namespace itemize::source::postgres
