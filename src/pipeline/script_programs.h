// Programs of the user's that scripts of the model run (`script: { exec: ... }`): one process for each worker, kept from range to range.
#pragma once

#include <string>

#include "transform/line_program.h"

namespace itemize::pipeline {

/// What transform::Program is given to start them. A process runs in the model's folder; what it writes to its standard error goes to
/// script-ITEM.log in `state_folder`, where there is such a folder, else to ours. It sees the end of its input when it is not needed any
/// more, and has two seconds then.
///
/// A process that ends, or is silent for longer than the script's time-out, is started anew, and the rows that it has not answered are
/// given to it again one by one: the row that makes a fresh process fail is to blame, no other. Three such rows one after another, with
/// no answer in between, are an Error: then it is the program.
transform::OpenProgram script_programs(std::string state_folder);

}  // namespace itemize::pipeline
