#include "base/retry.h"

#include <algorithm>

namespace itemize {

std::chrono::milliseconds Backoff::ceiling(unsigned attempt) const {
  if (attempt == 0) return std::chrono::milliseconds(0);
  const unsigned doublings = std::min(attempt - 1, 30U);  // 2^30 times any sensible first wait is above any sensible longest
  const auto grown = first.count() * (std::int64_t{1} << doublings);
  return std::chrono::milliseconds(std::min<std::int64_t>(grown, longest.count()));
}

Jitter::Jitter(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {
  if (state_ == 0) state_ = 1;
}

std::uint64_t Jitter::next() {
  state_ ^= state_ >> 12;
  state_ ^= state_ << 25;
  state_ ^= state_ >> 27;
  return state_ * 0x2545F4914F6CDD1DULL;
}

std::chrono::milliseconds Jitter::wait(const Backoff& backoff, unsigned attempt) {
  const auto ceiling = static_cast<std::uint64_t>(backoff.ceiling(attempt).count());
  return std::chrono::milliseconds(next() % (ceiling + 1));
}

}  // namespace itemize
