// Error and Result: how "a bad world" (network, permission, disk, model) is reported everywhere.
//
// A row that cannot become an item is not an Error but an item::Rejection; a programmer's mistake is an assertion.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace itemize {

/// What kind of trouble it is; decides what a caller may do about it (retry, refresh, give up), never what is printed.
enum class ErrorCode {
  invalid_input,  ///< The model, an option or a file is wrong; the user must change it.
  not_found,      ///< A table, column, file or host that was named does not exist.
  permission,     ///< Authentication or authorisation failed.
  unavailable,    ///< A server cannot be reached or dropped us; trying again may help.
  throttled,      ///< The target asked for less; trying again later helps.
  conflict,       ///< The state of the world contradicts the request (table has other keys, folder in use, not empty).
  io,             ///< A local file or disk operation failed.
  cancelled,      ///< The user stopped the run.
  internal,       ///< Should not happen; a bug to report.
};

/// One failure: what is wrong (message), what to do (hint, may be empty) and where, innermost context first.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  std::string hint;
  std::vector<std::string> context;

  /// The same error with one more level of context ("reading table shop.orders").
  Error with(std::string where) && {
    context.push_back(std::move(where));
    return std::move(*this);
  }
  /// For people: "outer: inner: message" and, on a second line, the hint. Never contains a secret.
  std::string to_string() const;
};

template <class T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorCode::io, "cannot write x", "free some space");`
inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(hint), {}});
}

/// strerror of errno as an io Error: "cannot open 'x': No such file or directory".
std::unexpected<Error> fail_errno(std::string_view what_failed);

}  // namespace itemize

/// `T value = TRY(call());` gives the value or returns the Error to the caller. A GNU statement expression (g++, clang).
#define TRY(...) ITEMIZE_TRY(ITEMIZE_JOIN(try_result_, __COUNTER__), , __VA_ARGS__)

/// As TRY, adding one level of context to a failure.
#define TRY_WITH(where, ...) ITEMIZE_TRY(ITEMIZE_JOIN(try_result_, __COUNTER__), .with(where), __VA_ARGS__)

// The name is new for each use, so that one may stand inside another.
#define ITEMIZE_TRY(name, with_context, ...)                                           \
  __extension__({                                                                      \
    auto name = (__VA_ARGS__);                                                         \
    if (!name) return std::unexpected(std::move(name).error() with_context);           \
    ::itemize::detail::unwrap(std::move(name));                                        \
  })
#define ITEMIZE_JOIN(a, b) ITEMIZE_JOIN_NOW(a, b)
#define ITEMIZE_JOIN_NOW(a, b) a##b

namespace itemize::detail {
template <class T>
T unwrap(std::expected<T, Error>&& result) {
  return *std::move(result);
}
inline void unwrap(std::expected<void, Error>&&) {}
}  // namespace itemize::detail
