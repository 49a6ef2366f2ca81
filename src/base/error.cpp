#include "base/error.h"

#include <cerrno>
#include <cstring>

namespace itemize {

std::string Error::to_string() const {
  std::string text;
  for (auto level = context.rbegin(); level != context.rend(); ++level) text += *level + ": ";
  text += message;
  if (!hint.empty()) text += "\n  " + hint;
  return text;
}

std::unexpected<Error> fail_errno(std::string_view what_failed) {
  const int number = errno;
  std::string hint;
  if (number == ENOSPC || number == EDQUOT) hint = "free some space and run the same command again; finished work is kept";
  if (number == EROFS || number == EACCES || number == EPERM) hint = "check the folder's owner and permissions";
  return fail(ErrorCode::io, std::string(what_failed) + ": " + std::strerror(number), std::move(hint));
}

}  // namespace itemize
