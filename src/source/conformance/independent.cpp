#include "source/conformance/independent.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

namespace itemize::source::conformance {
namespace {

namespace fs = std::filesystem;

/// The repository's folder: above this program, which was built in it, or above the current folder.
fs::path repository() {
  std::error_code ignored;
  for (const fs::path& start : {fs::read_symlink("/proc/self/exe", ignored).parent_path(), fs::current_path(ignored)})
    for (fs::path folder = start; folder.has_relative_path(); folder = folder.parent_path())
      if (fs::exists(folder / "test" / "read_values.py", ignored)) return folder;
  return {};
}

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char byte : text) quoted += byte == '\'' ? std::string("'\\''") : std::string(1, byte);
  return quoted + "'";
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) bytes += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
  return bytes;
}

}  // namespace

Result<IndependentValues> read_independently(const std::string& url, const std::vector<std::string>& tables) {
  const char* python = std::getenv("ITEMIZE_TEST_PYTHON");
  if (python == nullptr) return fail(ErrorCode::not_found, "ITEMIZE_TEST_PYTHON is not set", "run under test/engines/with_engines");
  const fs::path home = repository();
  if (home.empty()) return fail(ErrorCode::not_found, "test/read_values.py is not above this program");
  std::string command = shell_quoted(python) + " " + shell_quoted((home / "test" / "read_values.py").string()) + " " + shell_quoted(url);
  for (const std::string& table : tables) command += " " + shell_quoted(table);
  std::string output;
  FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return fail_errno("cannot run Python");
  std::array<char, 65536> block{};
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), pipe)) output.append(block.data(), got);
  if (const int status = ::pclose(pipe); status != 0) return fail(ErrorCode::invalid_input, "read_values.py failed: " + output);

  // A line a value: table, id, and "text" with its bytes in hexadecimal or "is" with the reason why there is none.
  IndependentValues values;
  for (std::size_t begin = 0; begin < output.size();) {
    const std::size_t end = output.find('\n', begin);
    const std::string line = output.substr(begin, end - begin);
    begin = end == std::string::npos ? output.size() : end + 1;
    std::array<std::string, 4> fields;
    std::size_t from = 0;
    for (std::string& field : fields) {
      const std::size_t tab = line.find('\t', from);
      field = line.substr(from, tab - from);
      from = tab == std::string::npos ? line.size() : tab + 1;
    }
    values[{fields[0], fields[1]}] = fields[2] == "text" ? from_hex(fields[3]) : "<" + fields[3] + ">";
  }
  return values;
}

}  // namespace itemize::source::conformance
