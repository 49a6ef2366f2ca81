// LiveDestination: `load`, into live DynamoDB tables.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "aws/session.h"
#include "pipeline/destination.h"
#include "sink/live/live_sink.h"

namespace itemize::pipeline {

/// --rate: WCU a second for each table, or a share of what the table is made for.
struct WriteRate {
  double units = 0;
  double percent = 0;
};

struct LiveDestinationOptions {
  std::shared_ptr<aws::Session> session;
  std::optional<WriteRate> rate;
  /// So long after a request whose outcome is unknown it may still be carried out; see DESIGN.md, "Replay".
  std::chrono::milliseconds grace{30'000};
  std::stop_token stop;
};

class LiveDestination : public Destination {
 public:
  static Result<std::unique_ptr<LiveDestination>> make(const Migration& migration, LiveDestinationOptions options);
  /// How the sink stands; zeros before begin().
  virtual sink::LiveProgress live_progress() const = 0;
  virtual void set_rate(const WriteRate& rate) = 0;
};

}  // namespace itemize::pipeline
