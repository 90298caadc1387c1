// sonde: the command.
#include "cmd/commands.h"

int main(int argc, char** argv) { return sonde::cmd::run_command(argc, argv); }
