#include "pipeline/key_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

#include "pipeline/key_log_frame.h"

namespace itemize::pipeline {
namespace {

/// Fetches the frames of a log one after another; memory is bounded by the largest frame.
class Reader {
 public:
  static Result<Reader> open(const std::string& path) { return Reader(TRY(File::open(path, O_RDONLY))); }

  /// False at the end of the log, torn or not. The frame's payload is valid until the next call.
  Result<bool> next(KeyLogFrame& frame) {
    bytes_.remove_prefix(std::exchange(last_frame_, 0));
    for (;;) {
      if (bytes_.empty() && at_end_) return false;
      std::size_t wanted = key_log_header_size;
      if (!bytes_.empty()) {
        auto step = parse_key_log(bytes_, at_end_);
        if (!step) return damaged(std::move(step).error());
        if (std::holds_alternative<KeyLogTornEnd>(*step)) return false;
        if (auto* found = std::get_if<KeyLogFrame>(&*step)) {
          frame = *found;
          last_frame_ = key_log_header_size + frame.payload.size();
          good_size_ += last_frame_;
          return true;
        }
        wanted = std::get<KeyLogNeedsMore>(*step).bytes;
      }
      TRY(fetch(wanted));
    }
  }

  /// Bytes up to the end of the last good frame.
  std::uint64_t good_size() const { return good_size_; }
  std::unexpected<Error> damaged(Error error) const {
    error.code = ErrorCode::io;
    error.hint = "the file '" + file_.path() + "' cannot be trusted: start the load again into empty tables";
    return std::unexpected(std::move(error).with("'" + file_.path() + "' at byte " + std::to_string(good_size_)));
  }

 private:
  explicit Reader(File file) : file_(std::move(file)) {}

  /// Makes bytes_ at least `wanted` long, or sets at_end_.
  Result<void> fetch(std::size_t wanted) {
    constexpr std::size_t step = 256 * 1024;
    std::string kept(bytes_);
    while (kept.size() < wanted && !at_end_) {
      const std::size_t filled = kept.size();
      kept.resize(std::max(wanted, filled + step));
      const std::size_t got = TRY(file_.read(kept.data() + filled, kept.size() - filled));
      kept.resize(filled + got);
      at_end_ = got == 0;
    }
    storage_ = std::move(kept);
    bytes_ = storage_;
    return {};
  }

  File file_;
  std::string storage_;
  std::string_view bytes_;  // Of storage_, not yet parsed; begins with the last frame given out.
  std::size_t last_frame_ = 0;
  std::uint64_t good_size_ = 0;
  bool at_end_ = false;
};

Result<void> visit_keys(const Reader& reader, const KeyLogFrame& frame, const KeyVisitor& visit) {
  std::string_view payload = frame.payload;
  std::string_view key;
  for (;;) {
    auto more = take_key(payload, key);
    if (!more) return reader.damaged(std::move(more).error());
    if (!*more) return {};
    TRY(visit(frame.owner, key));
  }
}

}  // namespace

Result<KeyLog> KeyLog::open(const std::string& path) {
  KeyLog log(TRY(File::open(path, O_RDWR | O_CREAT | O_APPEND, 0600)));
  if (TRY(log.file_.size()) == 0) return log;
  Reader reader = TRY(Reader::open(path));
  KeyLogFrame frame;
  while (TRY(reader.next(frame))) continue;
  log.size_ = reader.good_size();
  TRY(log.file_.truncate(log.size_));
  return log;
}

Result<void> KeyLog::append(std::size_t owner, std::span<const std::string_view> keys) {
  assert(owner <= std::numeric_limits<std::uint16_t>::max());
  const auto number = static_cast<std::uint16_t>(owner);
  std::size_t begin = begin_frame(out_);
  for (const std::string_view key : keys) {
    if (out_.size() - begin > key_log_payload_target) [[unlikely]] {
      seal_frame(out_, begin, number);
      begin = begin_frame(out_);
    }
    append_key(out_, key);
  }
  seal_frame(out_, begin, number);
  return write_out();
}

Result<void> KeyLog::write_out() {
  Result<void> written = file_.write(out_.view());
  if (written) {
    size_ += out_.size();
  } else {
    // A full disk takes a part; behind it, later frames would look damaged.
    (void)file_.truncate(size_);
  }
  out_.clear();
  return written;
}

Result<void> read_keys(const std::string& path, const KeyVisitor& visit) {
  Reader reader = TRY(Reader::open(path));
  KeyLogFrame frame;
  while (TRY(reader.next(frame))) TRY(visit_keys(reader, frame, visit));
  return {};
}

}  // namespace itemize::pipeline
