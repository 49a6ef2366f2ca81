// Findings: every mistake of one model file, collected in one run.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/model.h"

namespace itemize::model {

class Findings {
 public:
  void error(Place place, std::string path, std::string message, std::string hint = {});
  void warning(Place place, std::string path, std::string message, std::string hint = {});
  void note(Place place, std::string path, std::string message, std::string hint = {});
  bool has_error() const { return has_error_; }
  std::size_t count() const { return list_.size(); }
  /// In the file's order, each once; the collector is empty afterwards.
  std::vector<Finding> take();

 private:
  void add(Severity severity, Place place, std::string path, std::string message, std::string hint);
  std::vector<Finding> list_;
  std::unordered_set<std::string> said_;
  bool has_error_ = false;
};

/// "did you mean 'x'?", or empty where nothing is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);
std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates);
/// did_you_mean(), or `otherwise` where nothing is near.
std::string did_you_mean_or(std::string_view name, std::span<const std::string> candidates, std::string otherwise);

/// "'x'", with control characters and all beyond 60 bytes left out: safe for one line of a terminal.
std::string quote(std::string_view text);
/// "a, b and c"; the first `most` where there are more.
std::string list_words(std::span<const std::string> words, std::size_t most = 12);

}  // namespace itemize::model
