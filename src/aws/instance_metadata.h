// The EC2 instance metadata service, version 2 (sessions; version 1 is not used: it is off on hardened instances).
#pragma once

#include <string>

#include "aws/credentials.h"

namespace itemize::aws {

/// Asks for paths under /latest/. Empty text: no such service here, or switched off.
class InstanceMetadata {
 public:
  explicit InstanceMetadata(const Environment& environment);
  std::string get(const std::string& path);

 private:
  bool start();

  std::string endpoint_;         // empty: switched off
  std::string token_;
  std::chrono::milliseconds timeout_{1'000};
  std::unique_ptr<HttpClient> client_;
};

/// The instance's region; empty if there is none to be had.
std::string instance_region(const Environment& environment);

}  // namespace itemize::aws
