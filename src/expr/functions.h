// The functions and operators that expressions may use: one readable table, found by name and argument types.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/sql_type.h"
#include "expr/value.h"

namespace itemize::expr {

/// What an implementation sees of its call.
struct Call {
  std::span<const row::Cell> arguments;  ///< Cast to the parameters' types; never NULL unless the function `sees_nulls`.
  std::span<const row::Type> types;      ///< Of the arguments.
  const row::Type& result;
  const void* prepared = nullptr;  ///< What the function's `prepare` made of its literals.

  std::string_view text(std::size_t index) const { return arguments[index].view(); }
  std::int64_t integer(std::size_t index) const { return arguments[index].i; }
  std::size_t size() const { return arguments.size(); }
};

/// A value. NULL is Cell{}; an error is frame.fail(...).
using Run = row::Cell (*)(Frame&, const Call&);
/// A text that is never NULL, appended.
using Write = void (*)(Frame&, const Call&, Buffer& out);

/// What literal arguments (a pattern, a zone, a field's name) are compiled to, once, before a row is read; or what is wrong with them.
using Prepared = std::expected<std::shared_ptr<const void>, std::string>;
using Prepare = Prepared (*)(std::span<const std::string_view> literals);

struct Function {
  std::string_view name;  ///< Lower case; operators by their sign.
  std::vector<Sql> parameters;
  Sql result;         ///< anyelement, anyarray: after the arguments'.
  Run run = nullptr;  ///< One of the two.
  Write write = nullptr;
  std::string_view help = {};  ///< One line for docs/expressions.md; empty where another row says it.
  bool variadic = false;       ///< The last parameter may repeat (also: not at all).
  bool sees_nulls = false;
  Prepare prepare = nullptr;  ///< Compiles the literals in the parameters `literals`.
  std::vector<std::size_t> literals = {};
  bool literal_only = false;  ///< Those must be literals; otherwise they are compiled for each row where they are not.
};

/// Rows of the table are written with these.
inline Function run(std::string_view name, std::vector<Sql> parameters, Sql result, Run how, std::string_view help = {}) {
  return {name, std::move(parameters), result, how, nullptr, help};
}
inline Function write(std::string_view name, std::vector<Sql> parameters, Write how, std::string_view help = {}) {
  return {name, std::move(parameters), Sql::text, nullptr, how, help};
}
inline Function with_nulls(Function function) {
  function.sees_nulls = true;
  return function;
}
inline Function repeating(Function function) {
  function.variadic = true;
  return function;
}
inline Function prepared(Function function, Prepare prepare, std::vector<std::size_t> literals, bool literal_only = false) {
  function.prepare = prepare;
  function.literals = std::move(literals);
  function.literal_only = literal_only;
  return function;
}

/// A group of functions, as the docs show them.
struct Family {
  std::string_view title;
  std::vector<Function> functions;
};
const std::vector<Family>& families();
/// All functions of that name.
std::span<const Function* const> functions_named(std::string_view name);
std::vector<std::string> function_names();

std::vector<Function> text_functions();
std::vector<Function> pattern_functions();
std::vector<Function> format_functions();
std::vector<Function> number_functions();
std::vector<Function> time_functions();
std::vector<Function> time_operators();
std::vector<Function> json_functions();
std::vector<Function> array_functions();
std::vector<Function> hash_functions();
std::vector<Function> key_functions();

}  // namespace itemize::expr
