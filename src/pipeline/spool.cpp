#include "pipeline/spool.h"

#include <fcntl.h>

#include <cstring>
#include <type_traits>

#include "base/hash.h"

namespace itemize::pipeline {
namespace {

struct FrameHead {
  std::uint32_t packed_size = 0;
  std::uint32_t plain_size = 0;
  std::uint64_t hash = 0;
};
static_assert(std::is_trivially_copyable_v<item::Put>, "puts are written as they lie in memory: a queue never leaves its machine");

/// Larger frames are not made: a batch has at most 512 rows of at most 400 KB, and a few item types.
constexpr std::uint32_t most_frame_bytes = 1U << 31;

template <class T>
void append_value(Buffer& out, const T& value) {
  out.append(std::string_view(reinterpret_cast<const char*>(&value), sizeof value));
}

template <class T>
bool take_value(std::string_view& bytes, T& value) {
  if (bytes.size() < sizeof value) return false;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return true;
}

bool take_bytes(std::string_view& bytes, Buffer& into) {
  std::uint64_t size = 0;
  if (!take_value(bytes, size) || bytes.size() < size) return false;
  into.append(bytes.substr(0, size));
  bytes.remove_prefix(size);
  return true;
}

void append_bytes(Buffer& out, std::string_view bytes) {
  append_value(out, static_cast<std::uint64_t>(bytes.size()));
  out.append(bytes);
}

/// Whether a put's offsets lie within its buffers.
bool fits(const item::Put& put, const item::TableItems& items) {
  const auto within = [](std::uint64_t begin, std::uint64_t size, const Buffer& buffer) { return begin <= buffer.size() && size <= buffer.size() - begin; };
  return within(put.text_begin, put.text_size, items.text) && within(put.key_begin, put.key_size, items.keys) && within(put.origin_begin, put.origin_size, items.origins);
}

}  // namespace

std::string spool_folder(const std::string& state_folder) { return state_folder + "/queue"; }
std::string spool_path(const std::string& state_folder, std::int64_t range_id) { return spool_folder(state_folder) + "/" + std::to_string(range_id) + ".spool"; }

void append_batch(const item::ItemBatch& batch, Buffer& out) {
  for (std::size_t index = 0; index < batch.tables.size(); ++index) {
    const item::TableItems& table = batch.tables[index];
    if (table.puts.empty()) continue;
    append_value(out, static_cast<std::uint32_t>(index));
    append_value(out, static_cast<std::uint32_t>(table.puts.size()));
    out.append(std::string_view(reinterpret_cast<const char*>(table.puts.data()), table.puts.size() * sizeof(item::Put)));
    append_bytes(out, table.text.view());
    append_bytes(out, table.keys.view());
    append_bytes(out, table.origins.view());
  }
}

bool parse_batch(std::string_view bytes, item::ItemBatch& batch) {
  while (!bytes.empty()) {
    std::uint32_t index = 0;
    std::uint32_t puts = 0;
    if (!take_value(bytes, index) || !take_value(bytes, puts) || index >= batch.tables.size()) return false;
    item::TableItems& table = batch.tables[index];
    if (!table.puts.empty() || bytes.size() / sizeof(item::Put) < puts) return false;
    for (std::uint32_t each = 0; each < puts; ++each) take_value(bytes, table.puts.emplace_back());
    if (!take_bytes(bytes, table.text) || !take_bytes(bytes, table.keys) || !take_bytes(bytes, table.origins)) return false;
    for (const item::Put& put : table.puts)
      if (!fits(put, table)) return false;
  }
  return true;
}

Result<SpoolWriter> SpoolWriter::create(const std::string& path) {
  TRY(make_directories(parent_directory(path), 0700));
  File file = TRY(File::open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  return SpoolWriter(std::move(file), TRY(Compressor::make(Compression::zstd, 1)));
}

Result<void> SpoolWriter::write(const item::ItemBatch& batch) {
  plain_.clear();
  append_batch(batch, plain_);
  if (plain_.empty()) return {};
  if (plain_.size() > most_frame_bytes) return fail(ErrorCode::internal, "a batch of " + std::to_string(plain_.size()) + " bytes is too large for the queue");
  packed_.clear();
  packed_.reserve(sizeof(FrameHead));
  packed_.advance(sizeof(FrameHead));
  compressor_->append(plain_.view(), packed_);
  compressor_->finish(packed_);
  const std::string_view packed = packed_.view().substr(sizeof(FrameHead));
  const FrameHead head{static_cast<std::uint32_t>(packed.size()), static_cast<std::uint32_t>(plain_.size()), hash64(packed)};
  std::memcpy(packed_.data(), &head, sizeof head);
  TRY(file_.write(packed_.view()));
  bytes_ += packed_.size();
  return {};
}

Result<void> SpoolWriter::finish() {
  TRY(file_.sync());
  TRY(file_.close());
  return sync_directory(parent_directory(file_.path()));
}

Result<SpoolReader> SpoolReader::open(const std::string& path) { return SpoolReader(TRY(File::open(path, O_RDONLY))); }

std::unexpected<Error> SpoolReader::damaged() const {
  return fail(ErrorCode::io, "'" + file_.path() + "' is damaged", "it held items that were read but not yet written: run the command with --again to read them anew");
}

Result<bool> SpoolReader::read_exactly(char* bytes, std::size_t size) {
  for (std::size_t filled = 0; filled < size;) {
    const std::size_t got = TRY(file_.read(bytes + filled, size - filled));
    if (got == 0 && filled == 0) return false;
    if (got == 0) return damaged();
    filled += got;
  }
  return true;
}

Result<bool> SpoolReader::next(item::ItemBatch& batch) {
  batch.clear();
  FrameHead head;
  if (!TRY(read_exactly(reinterpret_cast<char*>(&head), sizeof head))) return false;
  if (head.packed_size > most_frame_bytes) return damaged();
  packed_.resize(head.packed_size);
  if (!TRY(read_exactly(packed_.data(), packed_.size())) || hash64(packed_) != head.hash) return damaged();
  const auto plain = decompress(Compression::zstd, packed_);
  if (!plain || plain->size() != head.plain_size || !parse_batch(*plain, batch)) return damaged();
  return true;
}

}  // namespace itemize::pipeline
