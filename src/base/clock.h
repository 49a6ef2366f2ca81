// Clock: time as a value that is passed in, so that waiting, expiry and rates can be tested without waiting.
#pragma once

#include <atomic>
#include <chrono>

namespace itemize {

/// Where the time comes from. Implementations are thread-safe.
class Clock {
 public:
  using Instant = std::chrono::steady_clock::time_point;  ///< For durations: never jumps.
  using Time = std::chrono::system_clock::time_point;     ///< For signatures and expiry dates: UTC, may be wrong.

  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual Time utc() const = 0;
};

/// The machine's own clock.
class SystemClock final : public Clock {
 public:
  Instant now() const override { return std::chrono::steady_clock::now(); }
  Time utc() const override { return std::chrono::system_clock::now(); }
};

/// A clock for tests: stands still until it is advanced.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start = Time(std::chrono::seconds(1'800'000'000))) : start_(start) {}
  Instant now() const override { return Instant(elapsed_.load()); }
  Time utc() const override { return start_ + std::chrono::duration_cast<Time::duration>(elapsed_.load()); }
  void advance(std::chrono::nanoseconds by) { elapsed_.store(elapsed_.load() + by); }

 private:
  Time start_;
  std::atomic<std::chrono::nanoseconds> elapsed_{std::chrono::nanoseconds(0)};
};

}  // namespace itemize
