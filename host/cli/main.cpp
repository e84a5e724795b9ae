// benchhost: everything is in the modules; this file only hands over the command line.
#include <csignal>
#include <string>
#include <vector>

#include "cli/command.h"

int main(int argc, char** argv) {
  // A reader that went away is found by the failing write, not by dying of it.
  std::signal(SIGPIPE, SIG_IGN);
  return benchhost::cli::run_command_line(std::vector<std::string>(argv + 1, argv + argc));
}
