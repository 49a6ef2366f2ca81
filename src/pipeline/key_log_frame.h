// The bytes of a key log: frames, each with checksums, so that a torn end is told from damage. No I/O here.
//
//   frame = header (24 bytes) payload
//   header = payload size u32, owner u16, 0 u16, hash of the payload u64, hash of the 16 bytes before u64
//   payload = (size u32, bytes)...
//
// Numbers stand in the machine's own order: a log never leaves its machine.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "base/buffer.h"
#include "base/error.h"

namespace itemize::pipeline {

constexpr std::size_t key_log_header_size = 24;
/// Of one frame's payload, as the writer makes them (one key may exceed it) and as a reader accepts them.
constexpr std::size_t key_log_payload_target = 1 << 20;
constexpr std::size_t key_log_payload_limit = 64 << 20;

/// One whole frame. Views are into the bytes that were parsed.
struct KeyLogFrame {
  std::uint16_t owner = 0;
  std::string_view payload;
};

struct KeyLogNeedsMore {
  std::size_t bytes = 0;
};                        ///< So many bytes at least make the next step possible.
struct KeyLogTornEnd {};  ///< What follows was being written when the writer died.
using KeyLogStep = std::variant<KeyLogFrame, KeyLogNeedsMore, KeyLogTornEnd>;

/// The frame at the beginning of `bytes`. `at_end`: nothing follows them in the file. invalid_input where the log is damaged,
/// that is, where anything but its very end is wrong.
Result<KeyLogStep> parse_key_log(std::string_view bytes, bool at_end);

/// Takes the first key off a payload; nothing when it is used up, invalid_input where it is malformed.
Result<bool> take_key(std::string_view& payload, std::string_view& key);

/// Appends room for a header; after the payload has been appended behind it, seal_frame() fills it in.
std::size_t begin_frame(Buffer& out);
void append_key(Buffer& out, std::string_view key);
void seal_frame(Buffer& out, std::size_t begin, std::uint16_t owner);

}  // namespace itemize::pipeline
