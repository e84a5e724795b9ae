// benchhost: everything is in the modules; this file only hands over the command line.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "cli/command.h"

namespace {

// A standard stream that the caller closed would be the number of the next file opened, and messages would go into it.
// Opened the wrong way round, it stays closed to whoever uses it.
void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) == -1) (void)open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

int main(int argc, char** argv) {
  occupy_closed_streams();
  // A reader that went away is found by the failing write, not by dying of it.
  std::signal(SIGPIPE, SIG_IGN);
  return benchhost::cli::run_command_line(std::vector<std::string>(argv + 1, argv + argc));
}
