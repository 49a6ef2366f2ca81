// Which start of the machine this is: after another one, what was not synced to the disk is gone.
#pragma once

#include <string>

namespace itemize::journal {

/// Changes with every start of the machine. Empty where /proc is not there: then nothing is concluded from it.
std::string boot_id_of_machine();

}  // namespace itemize::journal
