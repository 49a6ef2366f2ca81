// The door to where items go: a live DynamoDB table, files.
//
// Data goes down as ItemBatches, each put with an opaque origin; up comes one Outcome for each refused put, counts for the
// rest, and Errors only for a bad world. A Writer is used by one thread; a Sink by all.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "item/batch.h"
#include "item/rejection.h"

namespace itemize::sink {

/// A put that the target refused for good. Views are valid during the callback only.
struct Refusal {
  std::size_t table = 0;  ///< Index in the model's tables.
  std::uint32_t item_type = 0;
  std::string_view origin;
  std::string_view key;
  std::string_view item;  ///< Framed text, as it was sent.
  item::Rejection rejection;
};
/// Called on the writer's own thread. An Error (max-rejects reached, disk full) stops the writer.
using RefusalHandler = std::function<Result<void>(const Refusal&)>;

/// A finished file of an export.
struct FileResult {
  std::size_t table = 0;
  std::string path;  ///< Relative to the export's folder.
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;  ///< As on disk.
  std::uint64_t uncompressed_bytes = 0;
  std::string checksum;  ///< Of the bytes on disk: CRC-32C as S3 writes it (base64; x-amz-checksum-crc32c).
};

/// What one writer did between open and finish.
struct WriteResult {
  std::vector<std::uint64_t> items;  ///< By item type: durable in the target.
  std::uint64_t refused = 0;
  std::uint64_t kept = 0;   ///< Items of others that stood in the way and stayed.
  std::uint64_t bytes = 0;  ///< Item bytes as DynamoDB counts them.
  double write_units = 0;   ///< WCU consumed, as DynamoDB said (0 for files).
  std::vector<FileResult> files;
};

/// Writes the items of one range.
class Writer {
 public:
  virtual ~Writer() = default;
  /// Called on the writer's own thread, some times a second, while write() waits for room: a write may wait for as long as the target
  /// takes nothing. A writer that never waits long calls nobody.
  virtual void on_wait(std::function<void()>) {}
  /// Takes the batch's contents (leaves it cleared, buffers may be swapped). Blocks while the window of requests is full.
  virtual Result<void> write(item::ItemBatch& batch) = 0;
  /// Returns when everything written is durable in the target (files: synced and renamed). The writer is used up.
  virtual Result<WriteResult> finish() = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;
  virtual item::Framing framing() const = 0;
  /// `range_id` names the output of this writer (file names); unique over the whole life of a workspace.
  virtual Result<std::unique_ptr<Writer>> open(std::uint64_t range_id, RefusalHandler on_refusal) = 0;
};

}  // namespace itemize::sink
