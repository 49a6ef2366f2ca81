#pragma once

namespace itemize::cli {

/// The whole program: parses the command line, runs one verb, gives the exit status.
int run(int argc, char** argv);

}  // namespace itemize::cli
