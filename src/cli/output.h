// Output: text for people goes to standard output, or to standard error where --json has standard output for its document.
#pragma once

#include <cstdio>
#include <string>

#include "base/json.h"
#include "cli/command.h"

namespace itemize::cli {

class Output {
 public:
  explicit Output(const Common& common) : json_(common.json), quiet_(common.quiet) {}

  void text(const std::string& text) const { std::fputs(text.c_str(), json_ ? stderr : stdout); }
  void line(const std::string& line) const { text(line + "\n"); }
  /// Said in passing, left out with --quiet.
  void remark(const std::string& line) const {
    if (!quiet_) std::fprintf(stderr, "%s\n", line.c_str());
  }
  /// The one document of --json; nothing without it.
  void document(const json::Value& value) const {
    if (json_) std::printf("%s\n", json::to_text(value).c_str());
  }
  bool json() const { return json_; }

 private:
  bool json_;
  bool quiet_;
};

inline json::Value json_number(std::uint64_t number) { return {json::Number{std::to_string(number)}}; }
json::Value json_real(double number);

}  // namespace itemize::cli
