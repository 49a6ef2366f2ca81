// Any bytes as a key log: the parser must end, stay within them, and accept what the writer would make.
#include <cstdint>
#include <cstdlib>

#include "pipeline/key_log_frame.h"

using namespace itemize;
using namespace itemize::pipeline;

namespace {

std::size_t walk(std::string_view bytes, bool reseal) {
  std::size_t keys = 0;
  while (!bytes.empty()) {
    auto step = parse_key_log(bytes, true);
    if (!step) break;
    if (std::holds_alternative<KeyLogTornEnd>(*step)) break;
    auto* frame = std::get_if<KeyLogFrame>(&*step);
    if (frame == nullptr) std::abort();  // With at_end there is never more to come.
    if (frame->payload.size() + key_log_header_size > bytes.size()) std::abort();
    std::string_view payload = frame->payload;
    std::string_view key;
    for (;;) {
      auto more = take_key(payload, key);
      if (!more || !*more) break;
      ++keys;
    }
    if (reseal) {
      Buffer again;
      const std::size_t begin = begin_frame(again);
      again.append(frame->payload);
      seal_frame(again, begin, frame->owner);
      if (!parse_key_log(again.view(), true)) std::abort();
    }
    bytes.remove_prefix(key_log_header_size + frame->payload.size());
  }
  return keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  walk(bytes, true);
  // The hashes keep most inputs out: the same bytes again as the payload of sealed frames.
  if (size > 1) {
    Buffer sealed;
    const std::size_t begin = begin_frame(sealed);
    sealed.append(bytes.substr(1));
    seal_frame(sealed, begin, data[0]);
    walk(sealed.view(), false);
  }
  return 0;
}
