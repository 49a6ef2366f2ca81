#include "pipeline/key_log_frame.h"

#include <algorithm>
#include <cstring>

#include "base/hash.h"

namespace itemize::pipeline {
namespace {

struct Header {
  std::uint32_t payload_size = 0;
  std::uint16_t owner = 0;
  std::uint16_t zero = 0;
  std::uint64_t payload_hash = 0;
  std::uint64_t header_hash = 0;
};
static_assert(sizeof(Header) == key_log_header_size);

std::uint64_t hash_of(const Header& header) {
  return hash64({reinterpret_cast<const char*>(&header), key_log_header_size - sizeof(header.header_hash)});
}

std::unexpected<Error> fail_damaged() { return fail(ErrorCode::invalid_input, "the key log is damaged"); }

/// What a power loss can leave behind the last synced byte: the file's length without its content.
bool all_zero(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char byte) { return byte == 0; });
}

}  // namespace

Result<KeyLogStep> parse_key_log(std::string_view bytes, bool at_end) {
  if (bytes.size() < key_log_header_size) {
    if (at_end) return KeyLogTornEnd{};
    return KeyLogNeedsMore{key_log_header_size};
  }
  Header header;
  std::memcpy(&header, bytes.data(), key_log_header_size);
  if (header.header_hash != hash_of(header)) {
    // A header goes to the kernel in one piece with its hash: a wrong one is damage, unless nothing at all came to the disk.
    if (!all_zero(bytes.substr(0, key_log_header_size))) return fail_damaged();
    if (!at_end) return KeyLogNeedsMore{bytes.size() + 1};
    if (all_zero(bytes)) return KeyLogTornEnd{};
    return fail_damaged();
  }
  if (header.payload_size > key_log_payload_limit) return fail_damaged();
  const std::size_t frame_size = key_log_header_size + header.payload_size;
  if (bytes.size() < frame_size) {
    if (at_end) return KeyLogTornEnd{};
    return KeyLogNeedsMore{frame_size};
  }
  const std::string_view payload = bytes.substr(key_log_header_size, header.payload_size);
  if (hash64(payload) != header.payload_hash) {
    const bool nothing_behind = bytes.size() == frame_size;
    if (nothing_behind && !at_end) return KeyLogNeedsMore{frame_size + 1};
    if (nothing_behind) return KeyLogTornEnd{};
    return fail_damaged();
  }
  return KeyLogFrame{header.owner, payload};
}

Result<bool> take_key(std::string_view& payload, std::string_view& key) {
  if (payload.empty()) return false;
  std::uint32_t size = 0;
  if (payload.size() < sizeof size) return fail_damaged();
  std::memcpy(&size, payload.data(), sizeof size);
  payload.remove_prefix(sizeof size);
  if (payload.size() < size) return fail_damaged();
  key = payload.substr(0, size);
  payload.remove_prefix(size);
  return true;
}

std::size_t begin_frame(Buffer& out) {
  const std::size_t begin = out.size();
  out.reserve(key_log_header_size);
  out.advance(key_log_header_size);
  return begin;
}

void append_key(Buffer& out, std::string_view key) {
  const auto size = static_cast<std::uint32_t>(key.size());
  char* place = out.reserve(sizeof size + key.size());
  std::memcpy(place, &size, sizeof size);
  if (!key.empty()) std::memcpy(place + sizeof size, key.data(), key.size());
  out.advance(sizeof size + key.size());
}

void seal_frame(Buffer& out, std::size_t begin, std::uint16_t owner) {
  const std::size_t payload_size = out.size() - begin - key_log_header_size;
  Header header;
  header.payload_size = static_cast<std::uint32_t>(payload_size);
  header.owner = owner;
  header.payload_hash = hash64(out.view(begin + key_log_header_size, payload_size));
  header.header_hash = hash_of(header);
  std::memcpy(out.data() + begin, &header, key_log_header_size);
}

}  // namespace itemize::pipeline
