// AdaptiveRate: how many units a second (write capacity units, say) may be spent, shared by all who spend them.
#pragma once

#include <chrono>
#include <mutex>

#include "base/clock.h"

namespace itemize {

/// A token bucket whose rate rises until it is told "throttled", and falls then.
///
/// Until the first throttle nothing is limited but by `maximum`. The curve is CUBIC, as in the AWS SDKs' adaptive retry mode:
/// after a throttle the rate falls to `keep` of what was really achieved, climbs back fast, lingers near the old rate, and then
/// probes beyond it. A first throttle before anything was measured says little: from there the rate doubles until the next.
/// It does not fall again for requests that left before the last fall or in the quarter of a second after it, nor while less than
/// `tolerated` of the last second's units is refused: a few refusals are the price of using all there is, and some have other causes.
/// Thread-safe.
class AdaptiveRate {
 public:
  struct Options {
    double maximum = 0;    ///< Units a second never to be exceeded; 0: none.
    double minimum = 1;    ///< The rate never falls below this.
    double keep = 0.8;     ///< Share of the achieved rate that is kept at a throttle. Throttles of DynamoDB cost little: 0.8, not TCP's 0.7.
    double tolerated = 0.05; ///< Share of refused units that changes nothing.
    double burst_seconds = 0.5;  ///< Unused units are saved up for this long.
  };
  AdaptiveRate(Options options, const Clock& clock);

  /// Takes `units` and returns zero, or takes nothing and returns how long to wait before asking again (at most 100 ms, so that a
  /// rising rate is noticed). More units than the bucket holds are allowed if it is not empty: the debt is paid before the next.
  std::chrono::nanoseconds try_take(double units);
  /// `units` were accepted by the target.
  void accepted(double units);
  /// The target refused `units` of a request that left at `sent_at`. True: the rate fell.
  bool throttled(Clock::Instant sent_at, double units);
  /// Changes the cap while running ("control rate=500"); 0: none.
  void set_maximum(double maximum);

  /// The present limit in units a second; 0: unlimited.
  double rate() const;
  /// Units a second accepted of late (smoothed).
  double achieved() const;

 private:
  double limit() const;                    // under lock_
  void refill(Clock::Instant now);         // under lock_
  void measure(double accepted, double refused, Clock::Instant now);
  double refused_share() const;
  void grow(Clock::Instant now);

  const Clock& clock_;
  mutable std::mutex lock_;
  Options options_;
  bool adaptive_ = false;                  // a throttle was seen: adapted_ counts
  bool doubling_ = false;                  // the old rate is not known: no curve back to it
  double adapted_ = 0;
  double rate_before_fall_ = 0;
  double seconds_to_recover_ = 0;
  Clock::Instant last_fall_{};
  double tokens_ = 0;
  Clock::Instant last_refill_{};
  bool refilled_ = false;
  double achieved_ = 0;
  double window_accepted_ = 0;             // this half-second's, and the one's before
  double window_refused_ = 0;
  double last_accepted_ = 0;
  double last_refused_ = 0;
  Clock::Instant window_start_{};
  bool measuring_ = false;
};

}  // namespace itemize
