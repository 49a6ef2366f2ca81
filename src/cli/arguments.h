// Arguments: how a verb declares its options. The command-line library's headers are expensive and stay in arguments.cpp and main.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace itemize::cli {

/// The options of one verb. `names` as in "-n,--number", or a word without dashes for what needs no name. Values are stored before the
/// verb runs, and must live until then.
class Arguments {
 public:
  explicit Arguments(CLI::App& app) : app_(app) {}

  void flag(const std::string& names, bool& value, const std::string& help);
  void text(const std::string& names, std::string& value, const std::string& placeholder, const std::string& help);
  void one_of(const std::string& names, std::string& value, const std::vector<std::string>& choices, const std::string& placeholder, const std::string& help);
  void required(const std::string& names, std::string& value, const std::string& placeholder, const std::string& help);
  /// Several: the option repeated, or for a word without dashes all that follow.
  void texts(const std::string& names, std::vector<std::string>& values, const std::string& placeholder, const std::string& help, bool required = false);
  /// Several, with commas between them.
  void list(const std::string& names, std::vector<std::string>& values, const std::string& placeholder, const std::string& help);
  void number(const std::string& names, int& value, int least, int most, const std::string& placeholder, const std::string& help);
  void number(const std::string& names, std::optional<int>& value, const std::string& placeholder, const std::string& help);
  void number(const std::string& names, std::optional<std::uint64_t>& value, const std::string& placeholder, const std::string& help);
  void number(const std::string& names, double& value, double least, double most, const std::string& placeholder, const std::string& help);
  /// Bytes: "8mb", "64kb", "1gb", plain numbers.
  void size(const std::string& names, std::uint64_t& value, const std::string& placeholder, const std::string& help);
  void size(const std::string& names, std::optional<std::uint64_t>& value, const std::string& placeholder, const std::string& help);
  /// What the verb does; `run` gives the exit status.
  void on_run(int& status, std::function<int()> run);

 private:
  CLI::App& app_;
};

}  // namespace itemize::cli
