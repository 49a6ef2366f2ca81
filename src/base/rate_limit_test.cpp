#include "base/rate_limit.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/retry.h"

namespace itemize {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Takes `units` as often as allowed for `time`; returns what was taken.
double take_for(AdaptiveRate& rate, ManualClock& clock, std::chrono::nanoseconds time, double units, bool accept = true) {
  const auto end = clock.now() + time;
  double taken = 0;
  while (clock.now() < end) {
    const auto wait = rate.try_take(units);
    if (wait == std::chrono::nanoseconds(0)) {
      taken += units;
      if (accept) rate.accepted(units);
      clock.advance(std::chrono::microseconds(100));
    } else {
      clock.advance(std::min<std::chrono::nanoseconds>(wait, end - clock.now() + std::chrono::nanoseconds(1)));
    }
  }
  return taken;
}

TEST(AdaptiveRate, LimitsNothingUntilThrottled) {
  ManualClock clock;
  AdaptiveRate rate({}, clock);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(rate.try_take(1'000), std::chrono::nanoseconds(0));
  EXPECT_EQ(rate.rate(), 0);
}

TEST(AdaptiveRate, NeverExceedsTheMaximum) {
  for (const double maximum : {1.0, 10.0, 333.0, 40'000.0}) {
    for (const double units : {1.0, 25.0, 400.0}) {
      ManualClock clock;
      AdaptiveRate rate({.maximum = maximum}, clock);
      const double taken = take_for(rate, clock, seconds(60), units);
      EXPECT_LE(taken, maximum * 60 + 0.5 * maximum + 2 * units) << maximum << " " << units;
      if (maximum < 100'000 && units * 10'000 > maximum) {
        EXPECT_GE(taken, maximum * 60 * 0.97 - units) << maximum << " " << units;
      }
    }
  }
}

TEST(AdaptiveRate, AnIdleWhileEarnsNoMoreThanTheBurst) {
  ManualClock clock;
  AdaptiveRate rate({.maximum = 100}, clock);
  take_for(rate, clock, seconds(1), 1);
  clock.advance(seconds(3'600));
  double burst = 0;
  while (rate.try_take(1) == std::chrono::nanoseconds(0)) ++burst;
  EXPECT_LE(burst, 51);
}

TEST(AdaptiveRate, FallsWhenThrottledAndRisesAgain) {
  ManualClock clock;
  AdaptiveRate rate({.maximum = 1'000}, clock);
  take_for(rate, clock, seconds(5), 25);
  const auto sent_at = clock.now();
  EXPECT_TRUE(rate.throttled(sent_at, 1'000));
  const double fallen = rate.rate();
  EXPECT_NEAR(fallen, 800, 60);
  take_for(rate, clock, seconds(60), 25);
  EXPECT_NEAR(rate.rate(), 1'000, 1);
}

TEST(AdaptiveRate, ThrottlesOfOneWindowCountOnce) {
  ManualClock clock;
  AdaptiveRate rate({.maximum = 1'000}, clock);
  take_for(rate, clock, seconds(5), 25);
  const auto sent_at = clock.now();
  clock.advance(milliseconds(10));
  EXPECT_TRUE(rate.throttled(sent_at, 1'000));
  const double fallen = rate.rate();
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(rate.throttled(sent_at, 25));
  EXPECT_EQ(rate.rate(), fallen);
  clock.advance(milliseconds(300));
  EXPECT_TRUE(rate.throttled(clock.now(), 25));
  EXPECT_LT(rate.rate(), fallen);
}

TEST(AdaptiveRate, AFewRefusalsChangeNothing) {
  ManualClock clock;
  AdaptiveRate rate({.maximum = 10'000}, clock);
  for (int i = 0; i < 100; ++i) {
    take_for(rate, clock, milliseconds(100), 25);
    EXPECT_FALSE(rate.throttled(clock.now(), 25));
  }
  EXPECT_EQ(rate.rate(), 10'000);
}

TEST(AdaptiveRate, NeverFallsBelowTheMinimum) {
  ManualClock clock;
  AdaptiveRate rate({.minimum = 5}, clock);
  for (int i = 0; i < 200; ++i) {
    clock.advance(milliseconds(100));
    rate.throttled(clock.now(), 25);
  }
  EXPECT_GE(rate.rate(), 5);
  EXPECT_GT(take_for(rate, clock, seconds(10), 1), 40);
}

TEST(AdaptiveRate, AThrottleAtTheVeryBeginningIsNoVerdict) {
  ManualClock clock;
  AdaptiveRate rate({}, clock);
  ASSERT_EQ(rate.try_take(25), std::chrono::nanoseconds(0));
  rate.throttled(clock.now(), 25);
  clock.advance(milliseconds(1));
  take_for(rate, clock, seconds(15), 25);
  EXPECT_GT(take_for(rate, clock, seconds(1), 25), 10'000);
}

/// A server with a bucket of its own, as DynamoDB has: refuses what exceeds `capacity` a second.
struct Server {
  double capacity;
  ManualClock& clock;
  double tokens = 0;
  Clock::Instant last = clock.now();
  bool accepts(double units) {
    tokens = std::min(capacity, tokens + capacity * std::chrono::duration<double>(clock.now() - last).count());
    last = clock.now();
    if (tokens < units) return false;
    tokens -= units;
    return true;
  }
};

TEST(AdaptiveRate, FindsTheServersCapacityWithFewThrottles) {
  for (const double capacity : {50.0, 1'000.0, 40'000.0}) {
    ManualClock clock;
    AdaptiveRate rate({}, clock);
    Server server{capacity, clock};
    double accepted = 0;
    int sent = 0;
    int throttled = 0;
    const auto end = clock.now() + seconds(300);
    while (clock.now() < end) {
      const auto sent_at = clock.now();
      const auto wait = rate.try_take(25);
      if (wait > std::chrono::nanoseconds(0)) {
        clock.advance(wait);
        continue;
      }
      clock.advance(std::chrono::microseconds(50));
      ++sent;
      if (server.accepts(25)) {
        accepted += 25;
        rate.accepted(25);
      } else {
        ++throttled;
        rate.throttled(sent_at, 25);
      }
    }
    EXPECT_GT(accepted, capacity * 300 * 0.8) << capacity;
    EXPECT_LT(throttled, sent / 5) << capacity;
  }
}

TEST(AdaptiveRate, FollowsACapacityThatGrows) {
  ManualClock clock;
  AdaptiveRate rate({}, clock);
  Server server{500, clock};
  const auto run = [&](int for_seconds) {
    double accepted = 0;
    const auto end = clock.now() + seconds(for_seconds);
    while (clock.now() < end) {
      const auto sent_at = clock.now();
      if (const auto wait = rate.try_take(25); wait > std::chrono::nanoseconds(0)) {
        clock.advance(wait);
        continue;
      }
      clock.advance(std::chrono::microseconds(50));
      if (server.accepts(25)) {
        accepted += 25;
        rate.accepted(25);
      } else {
        rate.throttled(sent_at, 25);
      }
    }
    return accepted / for_seconds;
  };
  EXPECT_LT(run(60), 520);
  server.capacity = 5'000;
  run(90);
  EXPECT_GT(run(60), 3'500);
}

TEST(AdaptiveRate, AChangedMaximumHoldsAtOnce) {
  ManualClock clock;
  AdaptiveRate rate({.maximum = 1'000}, clock);
  take_for(rate, clock, seconds(2), 25);
  rate.set_maximum(100);
  EXPECT_LE(take_for(rate, clock, seconds(10), 25), 100 * 10 + 2 * 25 + 50);
  rate.set_maximum(0);
  EXPECT_EQ(rate.rate(), 0);
}

TEST(AdaptiveRate, MayBeSharedByThreads) {
  ManualClock clock;
  AdaptiveRate rate({.maximum = 1e9}, clock);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5'000; ++i) {
        rate.try_take(1);
        rate.accepted(1);
        if (i % 1'000 == t) rate.throttled(clock.now(), 25);
        if (t == 0) clock.advance(std::chrono::microseconds(10));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(rate.rate(), 0);
}

}  // namespace
}  // namespace itemize
