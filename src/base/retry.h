// Retry: how long to wait before the next attempt.
#pragma once

#include <chrono>
#include <cstdint>

namespace itemize {

/// Exponential growth between two bounds.
struct Backoff {
  std::chrono::milliseconds first{50};
  std::chrono::milliseconds longest{20'000};

  /// The longest wait before attempt `attempt` (1 is the first repetition): first * 2^(attempt-1), at most `longest`.
  std::chrono::milliseconds ceiling(unsigned attempt) const;
};

/// A small random generator (xorshift64*), one for each thread that waits. Not for secrets.
class Jitter {
 public:
  explicit Jitter(std::uint64_t seed);
  /// "Full jitter" (AWS Architecture Blog, "Exponential Backoff And Jitter"): uniform in [0, backoff.ceiling(attempt)], so that
  /// clients that failed together do not come back together.
  std::chrono::milliseconds wait(const Backoff& backoff, unsigned attempt);
  std::uint64_t next();

 private:
  std::uint64_t state_;
};

}  // namespace itemize
