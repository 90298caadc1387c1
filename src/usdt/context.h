// The USDT probes of a file or of a process, and which of them were enabled for which programs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "symbols/binary.h"
#include "usdt/probe.h"

namespace sonde::usdt {

struct BinaryProbes {
  symbols::Binary binary;
  std::vector<Probe> probes;
  std::vector<std::string> complaints;
};

struct Enabled {
  size_t binary = 0;  // of Context::binaries
  size_t probe = 0;   // of its probes
  std::string program;
};

struct Context {
  int pid = -1;
  std::string label;  // "process 181", "/usr/bin/node"
  std::vector<BinaryProbes> binaries;
  std::vector<Enabled> enabled;
  std::vector<std::string> unread;  // why files of the process could not be looked into

  const Probe& probe(const Enabled& each) const { return binaries[each.binary].probes[each.probe]; }
};

Result<Context> open_path(const std::string& path, int pid);
Result<Context> open_process(int pid);

// Every binary's probe of that name, or provider and name; as Usdt::enable().
Status enable(Context& context, const std::string& probe, const std::string& program);

}  // namespace sonde::usdt
