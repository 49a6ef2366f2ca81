// Any bytes as a row: nothing is read that is not there, and what was read is written and read again the same.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>
#include <vector>

#include "store/row_codec.h"

using namespace itemize;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::vector<std::int32_t> places(data[0] % 16);
  std::iota(places.begin(), places.end(), 0);
  // A copy of its own, so that one byte too many is found.
  const std::unique_ptr<char[]> copy(new char[size - 1]);
  if (size > 1) std::memcpy(copy.get(), data + 1, size - 1);
  std::string_view bytes(copy.get(), size - 1);
  Arena arena;
  std::vector<row::Cell> cells(places.size() + 1);
  if (!store::read_row(bytes, places, cells.data(), arena)) return 0;
  Buffer written;
  store::append_row(std::span(cells).first(places.size()), written);
  std::string_view again = written.view();
  std::vector<row::Cell> second(places.size() + 1);
  if (!store::read_row(again, places, second.data(), arena) || !again.empty()) std::abort();
  Buffer twice;
  store::append_row(std::span(second).first(places.size()), twice);
  if (twice.view() != written.view()) std::abort();
  return 0;
}
