#include "base/rate_limit.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace itemize {
namespace {

// CUBIC's growth constant and the smoothing of the measured rate, from the AWS SDKs' adaptive retry specification.
constexpr double kScale = 0.4;
constexpr double kSmooth = 0.8;
constexpr double kWindowSeconds = 0.5;
/// Where the search begins if the first throttle comes before anything was measured: eight full BatchWriteItems a second. A table
/// that holds less refuses some more; one that holds more is not kept waiting long.
constexpr double kFirstRate = 200;
/// A fall is given this time to show before another one.
constexpr auto kSettle = std::chrono::milliseconds(250);
constexpr auto kLongestWait = std::chrono::milliseconds(100);

double seconds(Clock::Instant::duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

AdaptiveRate::AdaptiveRate(Options options, const Clock& clock) : clock_(clock), options_(options) {}

double AdaptiveRate::limit() const {
  if (!adaptive_) return options_.maximum;
  return options_.maximum > 0 ? std::min(adapted_, options_.maximum) : adapted_;
}

void AdaptiveRate::refill(Clock::Instant now) {
  const double rate = limit();
  const double capacity = std::max(rate * options_.burst_seconds, 1.0);
  if (!refilled_) {
    refilled_ = true;
    tokens_ = 1;  // starts without a saved-up burst, so that a cap holds from the first second
  } else {
    tokens_ += rate * seconds(now - last_refill_);
  }
  tokens_ = std::min(tokens_, capacity);
  last_refill_ = now;
}

std::chrono::nanoseconds AdaptiveRate::try_take(double units) {
  const std::lock_guard guard(lock_);
  const double rate = limit();
  if (rate <= 0) return {};
  refill(clock_.now());
  if (tokens_ > 0) {
    tokens_ -= units;
    return {};
  }
  const auto wait = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(-tokens_ / rate));
  return std::clamp<std::chrono::nanoseconds>(wait + std::chrono::microseconds(1), std::chrono::microseconds(1), kLongestWait);
}

void AdaptiveRate::measure(double accepted, double refused, Clock::Instant now) {
  if (!measuring_) {
    measuring_ = true;
    window_start_ = now;
  }
  const double elapsed = seconds(now - window_start_);
  if (elapsed >= kWindowSeconds) {
    const double current = window_accepted_ / elapsed;
    achieved_ = achieved_ == 0 ? current : current * kSmooth + achieved_ * (1 - kSmooth);
    last_accepted_ = std::exchange(window_accepted_, 0);
    last_refused_ = std::exchange(window_refused_, 0);
    window_start_ = now;
  }
  window_accepted_ += accepted;
  window_refused_ += refused;
}

double AdaptiveRate::refused_share() const {
  const double refused = last_refused_ + window_refused_;
  const double all = refused + last_accepted_ + window_accepted_;
  return all > 0 ? refused / all : 1;
}

void AdaptiveRate::grow(Clock::Instant now) {
  const double since = seconds(now - last_fall_) - seconds_to_recover_;
  const double cubic = kScale * since * since * since + rate_before_fall_;
  // Twice what is achieved at most: a source that is slow for a while must not earn the right to a flood. Never a fall, though.
  const double bound = std::max(2 * achieved_, adapted_);
  adapted_ = std::max({doubling_ ? bound : std::min(cubic, bound), adapted_, options_.minimum});
}

void AdaptiveRate::accepted(double units) {
  const std::lock_guard guard(lock_);
  const auto now = clock_.now();
  measure(units, 0, now);
  if (!adaptive_) return;
  refill(now);
  grow(now);
}

bool AdaptiveRate::throttled(Clock::Instant sent_at, double units) {
  const std::lock_guard guard(lock_);
  const auto now = clock_.now();
  measure(0, units, now);
  if (adaptive_ && sent_at <= last_fall_ + kSettle) return false;
  if (refused_share() < options_.tolerated) return false;
  double reached = achieved_ > 0 ? achieved_ : std::max(window_accepted_ / kWindowSeconds, kFirstRate);
  doubling_ = achieved_ <= 0;
  if (limit() > 0) reached = std::min(reached, limit());
  rate_before_fall_ = std::max(reached, options_.minimum);
  adapted_ = std::max(rate_before_fall_ * options_.keep, options_.minimum);
  seconds_to_recover_ = std::cbrt(rate_before_fall_ * (1 - options_.keep) / kScale);
  last_fall_ = now;
  adaptive_ = true;
  tokens_ = 0;  // neither what was saved up before the fall nor a debt from a faster time
  refilled_ = true;
  last_refill_ = now;
  return true;
}

void AdaptiveRate::set_maximum(double maximum) {
  const std::lock_guard guard(lock_);
  if (limit() > 0) refill(clock_.now());
  options_.maximum = maximum;
}

double AdaptiveRate::rate() const {
  const std::lock_guard guard(lock_);
  return limit();
}

double AdaptiveRate::achieved() const {
  const std::lock_guard guard(lock_);
  return achieved_;
}

}  // namespace itemize
