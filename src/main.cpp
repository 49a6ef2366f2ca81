#include "cli/main.h"

int main(int argc, char** argv) { return itemize::cli::run(argc, argv); }
