#include "journal/boot_id.h"

#include "base/file.h"

namespace itemize::journal {

std::string boot_id_of_machine() {
  std::string text = read_file("/proc/sys/kernel/random/boot_id", 4096).value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace itemize::journal
