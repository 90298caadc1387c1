// The standard descriptors of our commands: standard output whose errors are noticed, and none of the three free to be
// taken by another file.
#pragma once

#include <cstdio>
#include <sstream>
#include <string_view>

namespace sonde::base {

// To be called before a command opens anything. A descriptor from 0 to 2 that is closed would become the next map or
// file, and output would go there: it is opened so that reading and writing fail with EBADF, as they would without it.
// SIGPIPE ends us, whatever our parent wished: a reader that goes away ends us quietly.
void prepare_standard_descriptors();

// Writes at once, so that what goes to standard error meanwhile stands in the right place. After the first error
// nothing more is written.
void put(std::string_view text);

// A command that goes on by itself looks at this, and ends.
bool standard_output_failed();

// Prints what a command line of CLI11 says that asked for help or the version, or was wrong; gives its exit status.
template <typename App, typename ParseError>
int put_exit(const App& app, const ParseError& error) {
  std::ostringstream asked, wrong;
  int status = app.exit(error, asked, wrong);
  put(asked.str());
  std::fputs(wrong.str().c_str(), stderr);
  return status;
}

// For the end of a command called `name`: gives `status`, or 1 when it was 0 and standard output did not take all of
// it, which is said here.
int finish_standard_output(std::string_view name, int status);

}  // namespace sonde::base
