// sonde-dwarf: which source an address comes from. For sonde's symbols, over a socket (--serve); by hand, like
// addr2line(1).
#include <fcntl.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <CLI/CLI.hpp>

#include "base/standard_output.h"
#include "dwarf/debug_info.h"
#include "dwarf/serve.h"
#include "sonde/symbols.h"

namespace sonde::dwarf {
namespace {

struct Arguments {
  std::string file;
  std::vector<std::string> addresses;
  int socket = -1;
};

int complain(const std::string& what) {
  std::fprintf(stderr, "sonde-dwarf: error: %s\n", what.c_str());
  return 1;
}

bool parse_address(std::string_view text, uint64_t& address) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), address, 16);
  return error == std::errc() && end == text.data() + text.size();
}

std::string place_of(const Frame& frame) {
  if (frame.file.empty()) return "??:0";
  return fmt::format("{}:{}{}", frame.file, frame.line, frame.column ? fmt::format(":{}", frame.column) : "");
}

void print(uint64_t address, const Result<std::vector<Frame>>& frames) {
  if (!frames) {
    base::put(fmt::format("{:#x}: ?? ({})\n", address, frames.error().what));
    return;
  }
  std::string lead = fmt::format("{:#x}: ", address);
  for (const Frame& frame : *frames) {
    base::put(
        fmt::format("{}{} at {}\n", lead, frame.function.empty() ? "??" : demangle(frame.function), place_of(frame)));
    lead = " (inlined by) ";
  }
}

int look_up(const Arguments& arguments) {
  base::Fd file(::open(arguments.file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.valid()) return complain(fmt::format("{}: {}", arguments.file, std::strerror(errno)));
  Result<DebugInfo> info = DebugInfo::open(std::move(file), base::Fd());
  if (!info) return complain(fmt::format("{}: {}", arguments.file, info.error().what));
  for (const std::string& text : arguments.addresses) {
    uint64_t address = 0;
    if (!parse_address(text, address)) return complain(fmt::format("'{}' is no address in hexadecimal", text));
    print(address, info->frames(address));
  }
  return 0;
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app{
      "Prints which functions, inlined ones first, and which lines of the source addresses of an ELF file come from."};
  app.add_option("FILE", arguments.file, "an ELF file with DWARF: a program's own, or its separate debug file");
  app.add_option("ADDR", arguments.addresses, "addresses as nm(1) prints them, in hexadecimal");
  app.add_option("--serve", arguments.socket, "answer questions on this socket")->group("");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return base::put_exit(app, error);
  }
  if (arguments.socket >= 0) return serve(arguments.socket);
  if (arguments.file.empty()) {
    std::fprintf(stderr, "sonde-dwarf: error: no file given\nhint: sonde-dwarf -h lists what it takes\n");
    return 2;
  }
  return look_up(arguments);
}

}  // namespace
}  // namespace sonde::dwarf

int main(int argc, char** argv) {
  sonde::base::prepare_standard_descriptors();
  return sonde::base::finish_standard_output("sonde-dwarf", sonde::dwarf::run(argc, argv));
}
