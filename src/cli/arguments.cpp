#include "cli/arguments.h"

#include <CLI/CLI.hpp>

namespace itemize::cli {
namespace {

/// The placeholder stands in the help text in place of the library's own type and default.
CLI::Option* shown(CLI::Option* option, const std::string& placeholder) {
  if (!placeholder.empty()) option->option_text(placeholder);
  return option;
}

}  // namespace

void Arguments::flag(const std::string& names, bool& value, const std::string& help) { app_.add_flag(names, value, help); }

void Arguments::text(const std::string& names, std::string& value, const std::string& placeholder, const std::string& help) {
  shown(app_.add_option(names, value, help), placeholder);
}

void Arguments::one_of(const std::string& names, std::string& value, const std::vector<std::string>& choices, const std::string& placeholder, const std::string& help) {
  shown(app_.add_option(names, value, help)->check(CLI::IsMember(choices)), placeholder);
}

void Arguments::required(const std::string& names, std::string& value, const std::string& placeholder, const std::string& help) {
  shown(app_.add_option(names, value, help)->required(), placeholder);
}

void Arguments::texts(const std::string& names, std::vector<std::string>& values, const std::string& placeholder, const std::string& help, bool required) {
  shown(app_.add_option(names, values, help)->required(required), placeholder)->expected(names[0] == '-' ? 1 : -1);
  if (names[0] == '-') app_.get_option(names)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->expected(1, 1 << 20)->allow_extra_args(false);
}

void Arguments::list(const std::string& names, std::vector<std::string>& values, const std::string& placeholder, const std::string& help) {
  shown(app_.add_option(names, values, help)->delimiter(','), placeholder);
}

void Arguments::number(const std::string& names, int& value, int least, int most, const std::string& placeholder, const std::string& help) {
  shown(app_.add_option(names, value, help)->check(CLI::Range(least, most)), placeholder);
}

void Arguments::number(const std::string& names, std::optional<int>& value, const std::string& placeholder, const std::string& help) {
  shown(app_.add_option(names, value, help), placeholder);
}

void Arguments::number(const std::string& names, std::optional<std::uint64_t>& value, const std::string& placeholder, const std::string& help) {
  shown(app_.add_option(names, value, help), placeholder);
}

void Arguments::number(const std::string& names, double& value, double least, double most, const std::string& placeholder, const std::string& help) {
  shown(app_.add_option(names, value, help)->check(CLI::Range(least, most)), placeholder);
}

void Arguments::size(const std::string& names, std::uint64_t& value, const std::string& placeholder, const std::string& help) {
  shown(app_.add_option(names, value, help)->transform(CLI::AsSizeValue(false))->check(CLI::PositiveNumber), placeholder);
}

void Arguments::size(const std::string& names, std::optional<std::uint64_t>& value, const std::string& placeholder, const std::string& help) {
  shown(app_.add_option(names, value, help)->transform(CLI::AsSizeValue(false)), placeholder);
}

void Arguments::on_run(int& status, std::function<int()> run) {
  app_.callback([&status, run = std::move(run)] { status = run(); });
}

}  // namespace itemize::cli
